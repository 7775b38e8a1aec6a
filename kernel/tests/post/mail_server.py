"""A real mail server on the loopback that can be told what to answer to whom."""

from __future__ import annotations

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default
from typing import cast

import attrs
from aiosmtpd.smtp import SMTP, Envelope, Session

from switchhook.config.settings import Mail


@attrs.define
class MailServer:
    """``answers`` to a recipient's address, before the mail is told: a reply, ``hang`` or ``close``."""

    port: int = 0
    answers: dict[str, str] = attrs.field(factory=dict)
    received: list[tuple[str, EmailMessage]] = attrs.field(factory=list)
    hanging: asyncio.Event = attrs.field(factory=asyncio.Event)
    hung: asyncio.Event = attrs.field(factory=asyncio.Event)

    @property
    def settings(self) -> Mail:
        return Mail(host="127.0.0.1", port=self.port, tls="none", sender="portal@example.org", timeout=1)

    @property
    def to(self) -> list[str]:
        return [to for to, _ in self.received]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer == "close":
            server.transport.close()
        elif answer == "hang":
            self.hung.set()
            await self.hanging.wait()
            answer = "250 OK"
        envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = cast(EmailMessage, email.message_from_bytes(cast(bytes, envelope.content), policy=default))
        self.received.append((envelope.rcpt_tos[0], message))
        return "250 2.0.0 Ok: queued as 4F2A"


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    served = MailServer()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(served, hostname="mail.example", loop=loop), "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        served.hanging.set()
        server.close()
        await asyncio.sleep(0)
