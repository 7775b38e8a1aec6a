"""A little portal: a FastAGI peer that does what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import attrs


@attrs.define
class Visit:
    """One AGI session: what Asterisk said at its start, and the commands of the test."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    environment: dict[str, str]
    replies: list[str] = attrs.field(factory=list)

    @property
    def arguments(self) -> list[str]:
        """Secret, session, number, origin, state, seconds."""
        names = sorted((name for name in self.environment if name.startswith("agi_arg_")), key=lambda n: int(n[8:]))
        return [self.environment[name] for name in names]

    async def line(self, seconds: float = 20) -> str:
        async with asyncio.timeout(seconds):
            return (await self.reader.readline()).decode().rstrip("\n")

    async def command(self, line: str, seconds: float = 20) -> str:
        """Send one command; its final reply (every line read is kept in ``replies``)."""
        self.writer.write(f"{line}\n".encode())
        reply = await self.line(seconds)
        self.replies.append(reply)
        while reply.startswith("100 "):
            reply = await self.line(seconds)
            self.replies.append(reply)
        return reply

    async def sub(self, name: str, arguments: str) -> str:
        """Run a subroutine of the dialplan; its result."""
        assert await self.command(f'GOSUB sh {name} 1 "{arguments},1,."') == "200 result=0 Gosub complete"
        return (await self.variable("SH_R1")).removeprefix("done:")

    async def variable(self, name: str) -> str:
        reply = await self.command(f"GET VARIABLE {name}")
        return reply.partition("(")[2].removesuffix(")")

    async def done(self, cause: str = "16") -> None:
        await self.command(f"SET VARIABLE SH_CAUSE {cause}")
        await self.command("SET VARIABLE SH_DONE 1")


Behaviour = Callable[[Visit], Awaitable[None]]


@attrs.define
class Peer:
    """What came in so far."""

    visits: asyncio.Queue[Visit]

    async def visit(self, seconds: float = 15) -> Visit:
        async with asyncio.timeout(seconds):
            return await self.visits.get()


async def _arrived(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Visit:
    environment = {}
    while line := (await reader.readline()).decode().strip():
        name, _, value = line.partition(":")
        environment[name] = value.strip()
    return Visit(reader, writer, environment)


@asynccontextmanager
async def listening(port: int, behave: Behaviour | None = None) -> AsyncIterator[Peer]:
    """A peer on ``port``. Without ``behave`` each visit waits in the queue for the test to speak, and stays open."""
    peer = Peer(asyncio.Queue())
    tasks: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        visit = await _arrived(reader, writer)
        peer.visits.put_nowait(visit)
        if behave is not None:
            await behave(visit)
            writer.close()

    server = await asyncio.start_server(
        lambda reader, writer: tasks.add(asyncio.ensure_future(serve(reader, writer))), "127.0.0.1", port
    )
    try:
        yield peer
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
    faults = [result for result in results if isinstance(result, Exception)]
    if faults:
        raise ExceptionGroup("the peer failed", faults)
