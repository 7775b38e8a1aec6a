"""SEC42: whoever gets at the FastAGI port, calls go on. Bounds here only catch a freeze or a leak."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from switchhook.asterisk.agi_connection import AgiConnection
from switchhook.asterisk.agi_server import AgiLimits, AgiServer
from switchhook.errors import CallEnded

from .agi_desk import serving
from .agi_peer import PATIENCE, AgiPeer, calling, environment

pytestmark = pytest.mark.alone

CONNECTS = 2000
AT_ONCE = 100
#: Far above anything seen (some ms): only a loop that stands still is longer.
LONGEST_LAG = 2.0
MOST_MEMORY = 64 * 1024 * 1024


async def _talk(connection: AgiConnection) -> None:
    try:
        while True:
            # As a call's steps do: one that says nothing of its timer for 3 s is Asterisk's again, however busy we are.
            connection.arm(PATIENCE)
            await connection.command("NOOP", deadline=PATIENCE)
    except CallEnded:
        return


class Heartbeat:
    """The longest time the loop kept a timer waiting."""

    def __init__(self) -> None:
        self.lag = 0.0

    async def beat(self) -> None:
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            self.lag = max(self.lag, time.monotonic() - begun - 0.01)


async def _real_session(peer: AgiPeer, done: asyncio.Event) -> int:
    commands = 0
    while not done.is_set():
        assert await peer.answer("200 result=0") == ["NOOP"]
        commands += 1
    return commands


@asynccontextmanager
async def unharmed(limits: AgiLimits | None = None) -> AsyncIterator[AgiServer]:
    """A server whose one real call must talk on through whatever the test does to the port."""
    done, heart = asyncio.Event(), Heartbeat()
    async with serving(_talk, limits=limits) as server, calling(server.port) as peer:
        beating = asyncio.create_task(heart.beat())
        session = asyncio.create_task(_real_session(peer, done))
        memory = psutil.Process().memory_info().rss
        try:
            yield server
        finally:
            done.set()
            commands = await session
            beating.cancel()
        assert commands > 0
        assert heart.lag < LONGEST_LAG
        assert psutil.Process().memory_info().rss - memory < MOST_MEMORY
        assert server.sessions == 1


async def _many(port: int, block: bytes, count: int = CONNECTS) -> None:
    async def one() -> None:
        async with calling(port, block):
            pass

    for _ in range(count // AT_ONCE):
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(one())


@pytest.mark.parametrize(
    "block",
    [b"", b"GET / HTTP/1.1\r\n\r\n", b"\n\n", b"\0" * 64, environment(secret="guess")],
    ids=["silent", "http", "blank", "nul", "wrong secret"],
)
async def test_2000_connects_that_leave(block: bytes) -> None:
    async with unharmed() as server:
        await _many(server.port, block)


async def test_an_environment_of_a_megabyte() -> None:
    async with unharmed() as server:
        for block in (
            b"agi_x: " + b"x" * 1_000_000,
            b"agi_x: y\n" * 120_000,
            environment(calleridname="x" * 1_000_000),
        ):
            async with calling(server.port, block) as peer:
                assert await peer.closed() == b""


async def test_slow_peers_make_room_for_a_caller() -> None:
    async with unharmed(AgiLimits(waiting=50)) as server:
        slow = [await AgiPeer.connect(server.port, b"agi_network: yes\n") for _ in range(200)]
        async with calling(server.port) as peer:
            assert await peer.command() == ["NOOP"]
            peer.say("HANGUP\n")
            assert await peer.closed() == b""
        for peer in slow[:150]:
            assert await peer.closed() == b""
        for peer in slow:
            await peer.leave()


async def test_slow_peers_are_not_waited_for() -> None:
    async with unharmed(AgiLimits(block_seconds=0.2)) as server, calling(server.port, b"") as peer:
        try:
            for byte in environment() * 100:
                peer.say(bytes([byte]) if byte != 0x0A else b"x")
                await peer.writer.drain()
                await asyncio.sleep(0.001)
        except ConnectionError:
            pass
        assert await peer.closed() == b""
