"""One session: one command at a time, and whether the caller left or the call was taken."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
import uvloop

from switchhook.asterisk.agi_connection import AgiConnection
from switchhook.asterisk.agi_reply import AgiReply
from switchhook.asterisk.agi_server import AgiLimits
from switchhook.asterisk.dead_man import DeadMan, LoopPulse
from switchhook.clock import SetClock
from switchhook.errors import AsteriskError, CallEnded, CallTaken

from .agi_desk import Desk, serving
from .agi_peer import PATIENCE, AgiPeer, calling


def _clock() -> SetClock:
    return SetClock(datetime(2026, 1, 1, tzinfo=UTC))


async def _subroutine(connection: AgiConnection, peer: AgiPeer, *args: str) -> AgiReply:
    asked = asyncio.create_task(connection.command("GOSUB", "sh", *args, deadline=PATIENCE))
    assert (await peer.answer("100 result=0 Trying...", "200 result=0 Gosub complete"))[:2] == ["GOSUB", "sh"]
    return await asked


async def _reason(connection: AgiConnection, peer: AgiPeer) -> type[object]:
    peer.say("HANGUP\n")
    return type(await asyncio.wait_for(connection.gone, PATIENCE))


async def test_a_second_command_in_flight_is_refused_and_harms_nothing() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        first = asyncio.create_task(connection.command("GET", "VARIABLE", "A", deadline=PATIENCE))
        assert await peer.command() == ["GET", "VARIABLE", "A"]
        with pytest.raises(AsteriskError, match="in flight"):
            await connection.command("GET", "VARIABLE", "B", deadline=PATIENCE)
        peer.say("200 result=1 (a)\n")
        assert (await first).data == "a"
        desk.let_go.set()
        assert await peer.closed() == b""


async def test_an_abandoned_command_breaks_the_session() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("NOOP", deadline=PATIENCE))
        await peer.command()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert await peer.closed() == b""
        assert type(connection.gone.result()) is AsteriskError


async def test_the_trying_line_is_no_reply() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        assert await _subroutine(connection, peer, "read", "1") == AgiReply(200, "0", "Gosub complete")


async def test_hangup_in_a_subroutine_gives_no_result_of_an_earlier_one() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("GOSUB", "sh", "read", "1", deadline=PATIENCE))
        await peer.answer("100 result=0 Trying...", "200 result=0 Gosub complete (abnormal exit)")
        peer.say("HANGUP\n")
        with pytest.raises(CallEnded):
            await asked


async def test_silence_as_long_as_the_timer_means_taken() -> None:
    desk, clock = Desk(), _clock()
    async with serving(desk, clock=clock) as server, calling(server.port) as peer:
        connection = await desk.connection()
        clock.advance(3.0)
        assert await _reason(connection, peer) is CallTaken


async def test_hangup_before_the_timer_means_ended() -> None:
    desk, clock = Desk(), _clock()
    async with serving(desk, clock=clock) as server, calling(server.port) as peer:
        connection = await desk.connection()
        clock.advance(2.5)
        assert await _reason(connection, peer) is CallEnded


async def test_the_timer_stands_still_during_a_subroutine() -> None:
    desk, clock = Desk(), _clock()
    async with serving(desk, clock=clock) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("GOSUB", "sh", "read", "1", deadline=PATIENCE))
        await peer.command()
        clock.advance(60.0)
        peer.say("HANGUP\n")
        with pytest.raises(CallEnded) as ended:
            await asked
        assert not isinstance(ended.value, CallTaken)


async def test_only_a_subroutine_arms_the_timer_again() -> None:
    desk, clock = Desk(), _clock()
    async with serving(desk, clock=clock) as server, calling(server.port) as peer:
        connection = await desk.connection()
        clock.advance(2.0)
        asked = asyncio.create_task(connection.command("GET", "VARIABLE", "SH_RESULT", deadline=PATIENCE))
        await peer.answer("200 result=1 (2:1)")
        await asked
        clock.advance(1.0)
        assert await _reason(connection, peer) is CallTaken


async def test_a_refused_subroutine_does_not_stop_the_timer() -> None:
    desk, clock = Desk(), _clock()
    async with serving(desk, clock=clock) as server, calling(server.port) as peer:
        connection = await desk.connection()
        clock.advance(2.0)
        for _ in range(2):
            server._pulse._beat()  # what is read from here on came after those 2 s
        asked = asyncio.create_task(connection.command("GOSUB", "sh", "nowhere", "1", deadline=PATIENCE))
        await peer.answer("200 result=-1 Gosub label not found")
        assert (await asked).result == "-1"
        clock.advance(1.0)
        assert await _reason(connection, peer) is CallTaken


async def test_more_time_lasts_until_the_next_subroutine_ends() -> None:
    desk, clock = Desk(), _clock()
    async with serving(desk, clock=clock) as server, calling(server.port) as peer:
        connection = await desk.connection()
        await _subroutine(connection, peer, "arm", "1", "20,st")
        connection.arm(20.0)
        clock.advance(15.0)
        await _subroutine(connection, peer, "play", "1")
        clock.advance(3.0)
        assert await _reason(connection, peer) is CallTaken


async def test_what_was_read_late_counts_from_when_it_may_have_come() -> None:
    clock = _clock()
    pulse = LoopPulse(clock)
    pulse.start()
    try:
        clock.advance(2.0)  # the loop stood still, a reply has been lying there
        pulse._beat()  # uvloop runs a late timer before it reads, asyncio after
        dead_man = DeadMan(clock, 3.0, pulse.earliest)
        clock.advance(1.0)
        assert dead_man.expired()
    finally:
        pulse.stop()


async def test_the_pulse_follows_the_clock() -> None:
    clock = _clock()
    pulse = LoopPulse(clock)
    pulse.start()
    try:
        clock.advance(2.0)
        async with asyncio.timeout(PATIENCE):
            while pulse.earliest() < 2.0:  # noqa: ASYNC110 - the pulse tells nobody
                await asyncio.sleep(0.01)
    finally:
        pulse.stop()


def test_a_session_on_uvloop() -> None:
    async def session() -> None:
        desk = Desk()
        async with serving(desk) as server, calling(server.port) as peer:
            connection = await desk.connection()
            assert connection.request.args == ("1", "4930990")
            await _subroutine(connection, peer, "read", "1", "a&b,1,5")
            with pytest.raises(AsteriskError, match="in time"):
                await connection.command("NOOP", deadline=0.02)
            assert await peer.closed() == b"NOOP\n"

    uvloop.run(session())


async def test_a_handler_that_will_not_hear_that_the_caller_left_blocks_nobody_and_is_cancelled() -> None:
    """Such as a module that asks again after any error: nothing of it would ever wait."""
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def deaf(connection: AgiConnection) -> None:
        try:
            for _ in range(200_000):  # for ever, as far as others are concerned
                try:
                    await connection.command("NOOP", deadline=PATIENCE)
                except CallEnded:
                    continue
            ended.set_result("never let others run")
        except asyncio.CancelledError:
            ended.set_result("cancelled")
            raise

    async with serving(deaf, limits=AgiLimits(grace_seconds=0.01)) as server, calling(server.port) as peer:
        await peer.command()
        peer.say("HANGUP\n")
        assert await asyncio.wait_for(ended, PATIENCE) == "cancelled"
