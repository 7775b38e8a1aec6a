"""A proxy between Asterisk and the portal that counts what goes over: the AGI round trips of a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs


@attrs.define
class Counted:
    """The commands the portal sent in each session, in order, without their arguments."""

    sessions: list[list[str]] = attrs.field(factory=list)


@asynccontextmanager
async def counting(port: int, portal: int) -> AsyncIterator[Counted]:
    """Pass on what comes to ``port`` to the portal on its port."""
    counted = Counted()

    async def serve(asterisk: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        answers, onward = await asyncio.open_connection("127.0.0.1", portal)
        commands: list[str] = []
        counted.sessions.append(commands)
        asking = asyncio.create_task(_pass_on(asterisk, onward))
        try:
            while line := await answers.readline():
                commands.append(name_of(line.decode()))
                back.write(line)
                await back.drain()
        finally:
            asking.cancel()
            back.close()
            onward.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    async with server:
        yield counted


def name_of(command: str) -> str:
    """What a command is called in the report: ``GOSUB read``, ``GET VARIABLE``, ``EXEC MSet``."""
    words = command.replace('"', "").split()
    return f"GOSUB {words[2]}" if words[0] == "GOSUB" else " ".join(words[:2])


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while block := await reader.read(65536):
        writer.write(block)
        await writer.drain()
