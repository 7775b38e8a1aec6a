"""A phone reduced to its lamps: registers, subscribes, takes every NOTIFY, over a socket of its own."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import re
import secrets
from typing import Self

from .exchange import PhoneError

_BODY = "\r\n\r\n"


class LampPhone(asyncio.DatagramProtocol):
    """``async with LampPhone("anna", password, "127.0.0.1:5060") as phone``: registered, unless ``registers`` is false.

    ``notified`` holds the bodies of all NOTIFY requests so far, which are answered with 200.
    """

    def __init__(self, user: str, password: str, where: str, *, registers: bool = True) -> None:
        self.user, self.where, self.registers = user, where, registers
        self.notified: list[str] = []
        self._new = asyncio.Event()
        self._password = password
        self._peer = (where.rpartition(":")[0], int(where.rpartition(":")[2]))
        self._cseq = itertools.count(1)
        self._answers: dict[str, asyncio.Future[str]] = {}

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self._port = self._transport.get_extra_info("sockname")[1]
        if self.registers:
            await self.register()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._transport.close()

    async def register(self) -> None:
        """Say where this phone is; raises PhoneError when refused."""
        await self._ask("REGISTER", f"sip:{self.where}", f"sip:{self.user}@{self.where}", "Expires: 300")

    async def watch(self, target: str, event: str) -> None:
        """Subscribe to a lamp (event ``dialog``) or to messages (``message-summary``); raises PhoneError when refused."""
        accept = "application/dialog-info+xml" if event == "dialog" else "application/simple-message-summary"
        uri = f"sip:{target}@{self.where}"
        await self._ask("SUBSCRIBE", uri, uri, f"Event: {event}\r\nAccept: {accept}\r\nExpires: 300")

    async def sees(self, text: str, deadline: float = 10, *, since: int = 0) -> str:
        """Wait for a NOTIFY whose body holds ``text``, after the first ``since``; gives the body."""
        try:
            async with asyncio.timeout(deadline):
                while not (found := next((one for one in self.notified[since:] if text in one), "")):
                    self._new.clear()
                    await self._new.wait()
                return found
        except TimeoutError:
            raise PhoneError(
                f"{self.user} was not notified of {text!r} within {deadline:g} s: {self.notified}"
            ) from None

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer requests, hand answers to whoever waits."""
        text = data.decode("utf-8", "replace")
        if text.startswith("SIP/2.0"):
            cseq = re.search(r"^CSeq: *(\d+)", text, re.MULTILINE | re.IGNORECASE)
            waiting = self._answers.get(cseq[1] if cseq else "")
            if waiting is not None and not waiting.done():
                waiting.set_result(text)
            return
        if text.startswith("NOTIFY"):
            self.notified.append(text.partition(_BODY)[2])
            self._new.set()
        heads = [line for line in text.split("\r\n") if re.match(r"(Via|From|To|Call-ID|CSeq):", line, re.IGNORECASE)]
        heads = [
            f"{line};tag=lamp" if line.lower().startswith("to:") and ";tag=" not in line else line for line in heads
        ]
        self._transport.sendto("\r\n".join(["SIP/2.0 200 OK", *heads, "Content-Length: 0", "", ""]).encode(), addr)

    async def _ask(self, method: str, uri: str, to: str, more: str) -> None:
        dialog = secrets.token_hex(8)
        answer = await self._send(method, uri, to, more, dialog, "")
        if answer.startswith("SIP/2.0 401"):
            answer = await self._send(method, uri, to, more, dialog, self._authorization(answer, method, uri))
        if not answer.startswith("SIP/2.0 200"):
            raise PhoneError(f"{method} of {self.user} for {to}: {answer.splitlines()[0]}")

    async def _send(self, method: str, uri: str, to: str, more: str, dialog: str, authorization: str) -> str:
        cseq = str(next(self._cseq))
        own = f"sip:{self.user}@{self.where}"
        contact = f"<sip:{self.user}@127.0.0.1:{self._port}>"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch=z9hG4bK{secrets.token_hex(6)};rport",
            f"From: <{own}>;tag={dialog[:6]}",
            f"To: <{to}>",
            f"Call-ID: {dialog}",
            f"CSeq: {cseq} {method}",
            f"Contact: {contact}",
            "Max-Forwards: 70",
            more,
            *([authorization] if authorization else []),
            "Content-Length: 0",
            "",
            "",
        ]
        waiting = self._answers[cseq] = asyncio.get_running_loop().create_future()
        self._transport.sendto("\r\n".join(lines).encode(), self._peer)
        try:
            async with asyncio.timeout(5):
                return await waiting
        except TimeoutError:
            raise PhoneError(f"no answer to {method} of {self.user}") from None

    def _authorization(self, answer: str, method: str, uri: str) -> str:
        asked = dict(
            re.findall(
                r'(\w+)="?([^",\r\n]+)"?', re.search(r"WWW-Authenticate: *Digest (.*)", answer, re.IGNORECASE)[1]
            )
        )
        one = _md5(f"{self.user}:{asked['realm']}:{self._password}")
        two = _md5(f"{method}:{uri}")
        rest = f"{asked['nonce']}:00000001:lamp:auth" if "qop" in asked else asked["nonce"]
        response = _md5(f"{one}:{rest}:{two}")
        qop = ', qop=auth, nc=00000001, cnonce="lamp"' if "qop" in asked else ""
        opaque = f', opaque="{asked["opaque"]}"' if "opaque" in asked else ""
        return (
            f'Authorization: Digest username="{self.user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", '
            f'uri="{uri}", response="{response}", algorithm=MD5{qop}{opaque}'
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
