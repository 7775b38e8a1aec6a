"""Half a command costs Asterisk a whole core until the socket is closed, so it is given a second and no more (REL04)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
import uvloop

from switchhook.asterisk.agi_reply import AgiReply
from switchhook.errors import AsteriskError

from .agi_desk import Desk, serving
from .agi_peer import PATIENCE, calling

DONE = "200 result=0 Gosub complete\n"


async def test_a_subroutine_that_is_not_begun_within_a_second_breaks_the_session_off() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        began = time.monotonic()
        with pytest.raises(AsteriskError, match="in time"):
            await connection.command("GOSUB", "sh", "read", "1", deadline=PATIENCE)
        assert 0.9 < time.monotonic() - began < PATIENCE / 2
        await peer.closed()


async def test_a_subroutine_that_was_begun_may_last() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        for _ in range(2):
            asked = asyncio.create_task(connection.command("GOSUB", "sh", "read", "1", deadline=PATIENCE))
            await peer.answer("100 result=0 Trying...")
            await asyncio.wait([asked], timeout=1.3)
            assert not asked.done()
            peer.say(DONE)
            assert await asked == AgiReply(200, "0", "Gosub complete")


async def test_a_subroutine_that_was_begun_still_has_its_deadline() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("GOSUB", "sh", "read", "1", deadline=0.3))
        await peer.answer("100 result=0 Trying...")
        with pytest.raises(AsteriskError, match="in time"):
            await asked


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_what_arrived_while_the_loop_was_blocked_counts(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def blocked() -> None:
        desk = Desk()
        async with serving(desk) as server, calling(server.port) as peer:
            connection = await desk.connection()
            asked = asyncio.create_task(connection.command("GOSUB", "sh", "read", "1", deadline=PATIENCE))
            await peer.command()
            peer.say("100 result=0 Trying...\n" + DONE)
            time.sleep(1.2)  # noqa: ASYNC251 - the fault itself
            assert (await asked).data == "Gosub complete"

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(blocked())
