"""A real mail server on the loopback that keeps what it gets."""

from __future__ import annotations

import asyncio
import email
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default
from typing import cast

import attrs
from aiosmtpd.smtp import SMTP, Envelope, Session


@attrs.define
class Sink:
    """Mails in the order they came; ``port`` is where it listens."""

    port: int = 0
    arrived: asyncio.Condition = attrs.field(factory=asyncio.Condition)
    mails: list[EmailMessage] = attrs.field(factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        async with self.arrived:
            self.mails.append(
                cast(EmailMessage, email.message_from_bytes(cast(bytes, envelope.content), policy=default))
            )
            self.arrived.notify_all()
        return "250 OK"

    async def to(self, address: str, deadline: float = 20) -> EmailMessage:
        """The first mail to ``address``, waited for."""

        def found() -> list[EmailMessage]:
            return [one for one in self.mails if one["To"].addresses[0].addr_spec == address]

        async with asyncio.timeout(deadline), self.arrived:
            await self.arrived.wait_for(found)
        return found()[0]


def text_of(mail: EmailMessage) -> str:
    """What a mail says."""
    body = mail.get_body(("plain",))
    assert body is not None
    return cast(str, body.get_content())


def link_of(text: str) -> str:
    """The link at which a password is set."""
    (link,) = re.findall(r"http://\S+/set-password/\S+", text)
    return cast(str, link)


@asynccontextmanager
async def sink(kept: Sink | None = None) -> AsyncIterator[Sink]:
    """A mail server of its own, which does as ``kept`` does."""
    kept, loop = kept or Sink(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(kept, hostname="mail.example", loop=loop), "127.0.0.1", 0)
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        server.close()
        await asyncio.sleep(0)  # what it served is told of the end
