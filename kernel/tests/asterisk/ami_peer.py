"""A fake Asterisk manager on a real socket: it answers like 22.10.1, and misbehaves on request."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import attrs

#: Longer than anything here may take on a busy machine.
DEADLINE = 20.0

Answer = Callable[["PeerConnection", "Asked"], bytes]


def message(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def event(name: str, **fields: str) -> bytes:
    return message(f"Event: {name}", *(f"{header}: {value}" for header, value in fields.items()))


@attrs.frozen
class Asked:
    """An action as it came over the wire, header lines in order."""

    lines: tuple[str, ...]

    @property
    def action(self) -> str:
        return self.header("Action")

    def header(self, name: str) -> str:
        return next((line.partition(": ")[2] for line in self.lines if line.startswith(f"{name}: ")), "")

    def answer(self, *lines: str, response: str = "Success") -> bytes:
        return message(f"Response: {response}", f"ActionID: {self.header('ActionID')}", *lines)

    def refusal(self, text: str) -> bytes:
        return self.answer(f"Message: {text}", response="Error")

    def listing(self, item: str, items: Sequence[dict[str, str]], end: str) -> bytes:
        action_id = self.header("ActionID")
        return b"".join(
            [
                self.answer("EventList: start", "Message: will follow"),
                *(event(item, ActionID=action_id, **fields) for fields in items),
                event(end, ActionID=action_id, EventList="Complete", ListItems=str(len(items))),
            ]
        )


@attrs.define(eq=False)
class PeerConnection:
    writer: asyncio.StreamWriter
    challenge: str = attrs.field(factory=lambda: str(secrets.randbelow(10**9)))

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def cut(self) -> None:
        """Reset the connection, as a crashed host does."""
        self.writer.transport.abort()


@attrs.define(eq=False)
class AmiPeer:
    """Everything asked is in ``asked``; ``answers`` decide by action, and silence is ``b""``."""

    secret: str = "secret"
    booted: bool = True
    frozen: bool = False
    started: str = "10:00:00"
    channels: list[dict[str, str]] = attrs.field(factory=list)
    greeting: bytes = b"Asterisk Call Manager/11.0.0\r\n"
    asked: list[Asked] = attrs.field(factory=list)
    connections: list[PeerConnection] = attrs.field(factory=list)
    answers: dict[str, Answer] = attrs.field(factory=dict)
    _changed: asyncio.Condition = attrs.field(factory=asyncio.Condition)
    _server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def connection(self) -> PeerConnection:
        return self.connections[-1]

    def asked_for(self, action: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.action == action]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something that came over the wire makes ``condition`` true."""
        async with asyncio.timeout(DEADLINE), self._changed:
            await self._changed.wait_for(condition)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = PeerConnection(writer)
        self.connections.append(connection)
        await self._tell()
        connection.send(self.greeting)
        try:
            while True:
                block = await reader.readuntil(b"\r\n\r\n")
                asked = Asked(tuple(block.decode().removesuffix("\r\n\r\n").split("\r\n")))
                self.asked.append(asked)
                if not self.frozen:
                    connection.send(self.answers.get(asked.action, self._answer)(connection, asked))
                await self._tell()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.transport.abort()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _answer(self, connection: PeerConnection, asked: Asked) -> bytes:
        match asked.action:
            case "Challenge":
                return asked.answer(f"Challenge: {connection.challenge}")
            case "Login":
                return self._log_in(connection, asked)
            case "CoreStatus":
                return asked.answer("CoreStartupDate: 2026-01-01", f"CoreStartupTime: {self.started}")
            case "CoreShowChannels":
                return asked.listing("CoreShowChannel", self.channels, "CoreShowChannelsComplete")
            case _:
                return asked.answer("Message: fine")

    def _log_in(self, connection: PeerConnection, asked: Asked) -> bytes:
        key = hashlib.md5((connection.challenge + self.secret).encode()).hexdigest()
        if (asked.header("AuthType"), asked.header("Key")) != ("MD5", key):
            return asked.refusal("Authentication failed")
        return asked.answer("Message: Authentication accepted") + (self.boot() if self.booted else b"")

    def boot(self) -> bytes:
        return event("FullyBooted", Privilege="system,all", Uptime="1", Status="Fully Booted")


@asynccontextmanager
async def ami_peer(*, bind: int = 0, **settings: object) -> AsyncIterator[AmiPeer]:
    peer = AmiPeer(**settings)  # type: ignore[arg-type]
    server = await asyncio.start_server(peer._serve, "127.0.0.1", bind)
    peer._server = server
    try:
        yield peer
    finally:
        server.close()
        for connection in peer.connections:
            connection.cut()
        await server.wait_closed()
