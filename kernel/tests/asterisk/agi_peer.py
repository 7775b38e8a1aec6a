"""A peer that speaks AGI as Asterisk does, or as badly as somebody else, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType

from switchhook.asterisk.quoting import agi_read

SECRET = "s3cret-of-this-boot"
#: Only catches a freeze; nothing here takes a tenth of it.
PATIENCE = 20.0

HEADERS = {
    "agi_network": "yes",
    "agi_network_script": "call",
    "agi_request": "agi://127.0.0.1:4573/call",
    "agi_channel": "PJSIP/trunk-00000001",
    "agi_language": "de",
    "agi_type": "PJSIP",
    "agi_uniqueid": "sh1-1764000000.12",
    "agi_version": "22.10.1",
    "agi_callerid": "+4930123456",
    "agi_calleridname": "Frau Müller",
    "agi_callingpres": "0",
    "agi_callingani2": "0",
    "agi_callington": "0",
    "agi_callingtns": "0",
    "agi_dnid": "4930990",
    "agi_rdnis": "unknown",
    "agi_context": "call",
    "agi_extension": "4930990",
    "agi_priority": "7",
    "agi_enhanced": "0.0",
    "agi_accountcode": "",
    "agi_threadid": "140",
}


def environment(*args: str, secret: str = SECRET, **changed: str) -> bytes:
    """The environment block as Asterisk sends it; ``changed`` headers without their ``agi_``."""
    headers = HEADERS | {f"agi_{name}": value for name, value in changed.items()}
    headers |= {f"agi_arg_{number}": value for number, value in enumerate((secret, *args), 1)}
    return "".join(f"{name}: {value}\n" for name, value in headers.items()).encode() + b"\n"


class AgiPeer:
    """One socket to an AGI server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int, block: bytes | None = None) -> AgiPeer:
        """Connect and introduce a call; an empty ``block`` says nothing."""
        peer = cls(*await asyncio.open_connection("127.0.0.1", port))
        peer.say(environment("1", "4930990") if block is None else block)
        return peer

    async def __aenter__(self) -> AgiPeer:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        await self.leave()

    def say(self, text: str | bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(text.encode() if isinstance(text, str) else text)

    async def command(self) -> list[str]:
        """The next command's words as Asterisk reads them; an empty list when the server has closed."""
        line = await asyncio.wait_for(self.reader.readline(), PATIENCE)
        return [word.decode() for word in agi_read(line.removesuffix(b"\n"))]

    async def answer(self, *replies: str) -> list[str]:
        """Take a command, send each reply as a line, and give the command."""
        words = await self.command()
        self.say("".join(f"{reply}\n" for reply in replies))
        return words

    async def closed(self) -> bytes:
        """Wait until the server closes, and give what it still said."""
        try:
            return await asyncio.wait_for(self.reader.read(), PATIENCE)
        except ConnectionError:
            return b""

    async def leave(self) -> None:
        """Close the socket."""
        self.writer.close()
        try:
            await asyncio.wait_for(self.writer.wait_closed(), PATIENCE)
        except ConnectionError:
            return


@asynccontextmanager
async def calling(port: int, block: bytes | None = None) -> AsyncIterator[AgiPeer]:
    """A connected peer that leaves at the end."""
    async with await AgiPeer.connect(port, block) as peer:
        yield peer
