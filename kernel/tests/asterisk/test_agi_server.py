"""The faults of panoramisk 1.4's FastAGI server, shown to be kept out: rows G1 to G3 and G13 to G16."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from switchhook.asterisk.agi_application import GuardedApplication
from switchhook.asterisk.agi_connection import AgiConnection
from switchhook.asterisk.agi_reply import AgiReply
from switchhook.asterisk.agi_server import AgiLimits, AgiServer
from switchhook.clock import SetClock
from switchhook.errors import AsteriskError, CallEnded, CallTaken, ConfigError

from .agi_desk import Desk, serving
from .agi_peer import PATIENCE, SECRET, AgiPeer, calling, environment


async def echo(connection: AgiConnection) -> None:
    await connection.command("NOOP", "hello", deadline=PATIENCE)


async def _serves(server: AgiServer) -> None:
    async with calling(server.port) as peer:
        assert await peer.answer("200 result=0") == ["NOOP", "hello"]
        assert await peer.closed() == b""


def _clock() -> SetClock:
    return SetClock(datetime(2026, 1, 1, tzinfo=UTC))


async def test_g1_scan_does_not_freeze_the_loop() -> None:
    async with serving(echo) as server:
        for block in (b"", b"GET / HTTP/1.1", b"agi_network: yes\n"):
            await (await AgiPeer.connect(server.port, block)).leave()
        await asyncio.wait_for(_serves(server), PATIENCE)


async def test_g2_environment_is_bounded_in_size() -> None:
    async with serving(echo) as server, calling(server.port, b"agi_x: " + b"x" * 20_000) as peer:
        assert await peer.closed() == b""
        await _serves(server)


async def test_g2_environment_is_bounded_in_time() -> None:
    limits = AgiLimits(block_seconds=0.05)
    async with serving(echo, limits=limits) as server, calling(server.port, b"agi_network: yes\n") as peer:
        assert await peer.closed() == b""


async def test_g2_peer_from_elsewhere_is_closed() -> None:
    async with serving(echo, allowed_peers=("10.0.0.0/8",)) as server, calling(server.port) as peer:
        assert await peer.closed() == b""
        assert server.refused == 1


async def test_g2_too_many_sessions_are_closed_at_once() -> None:
    desk = Desk()
    async with serving(desk, limits=AgiLimits(sessions=1)) as server, calling(server.port) as first:
        connection = await desk.connection()
        async with calling(server.port) as second:
            assert await second.closed() == b""
        assert server.sessions == 1
        reply = asyncio.create_task(connection.command("NOOP", deadline=PATIENCE))
        assert await first.answer("200 result=0") == ["NOOP"]
        assert await reply == AgiReply(200, "0")


async def test_g2_wrong_secret_is_closed_without_a_word() -> None:
    async with serving(echo) as server:
        for block in (environment(secret="wrong"), environment(secret="")):
            async with calling(server.port, block) as peer:
                assert await peer.closed() == b""
        assert server.refused == 2
        assert server.sessions == 0


def test_g2_without_a_secret_or_with_a_bad_network_there_is_no_server() -> None:
    with pytest.raises(ConfigError):
        AgiServer(echo, secret="")
    with pytest.raises(ConfigError):
        AgiServer(echo, secret=SECRET, allowed_peers=("localhost",))


async def test_g3_bytes_behind_the_environment_are_kept() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port, environment() + b"HANG") as peer:
        connection = await desk.connection()
        assert not connection.gone.done()
        peer.say("UP\n")
        assert isinstance(await asyncio.wait_for(connection.gone, PATIENCE), CallEnded)


async def test_g3_environment_in_single_bytes_is_read() -> None:
    async with serving(echo) as server, calling(server.port, b"") as peer:
        for byte in environment():
            peer.say(bytes([byte]))
            await peer.writer.drain()
        assert await peer.answer("200 result=0") == ["NOOP", "hello"]


async def test_g13_a_failing_handler_is_reported_and_the_socket_closed() -> None:
    faults: list[BaseException] = []

    async def handler(connection: AgiConnection) -> None:
        raise LookupError("broken")

    async with serving(handler, faults=faults) as server, calling(server.port) as peer:
        assert await peer.closed() == b""
    assert [str(fault) for fault in faults] == ["broken"]


async def test_g13_cancellation_passes_and_stop_waits_for_it() -> None:
    desk = Desk()
    faults: list[BaseException] = []
    async with serving(desk, faults=faults) as server, calling(server.port) as peer:
        await desk.connection()
        await server.stop()
        assert desk.cancelled.is_set()
        assert server.sessions == 0
        assert await peer.closed() == b""
    assert not faults


async def test_g13_stop_lets_running_calls_end() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        port = server.port
        stopping = asyncio.create_task(server.stop(drain=PATIENCE))
        asked = asyncio.create_task(connection.command("NOOP", deadline=PATIENCE))
        assert await peer.answer("200 result=0") == ["NOOP"]
        await asked
        with pytest.raises(OSError, match=str(port)):
            await AgiPeer.connect(port)
        assert not stopping.done()
        desk.let_go.set()
        await asyncio.wait_for(stopping, PATIENCE)
        assert not desk.cancelled.is_set()


async def test_g14_a_query_changes_no_route_and_an_unknown_route_is_closed() -> None:
    async with serving(echo) as server:
        async with calling(server.port, environment(network_script="call?x=1")) as peer:
            assert await peer.answer("200 result=0") == ["NOOP", "hello"]
        async with calling(server.port, environment(network_script="other")) as peer:
            assert await peer.closed() == b""


async def test_g15_only_coroutine_functions_once_each() -> None:
    application = GuardedApplication()
    with pytest.raises(AsteriskError):
        application.add_route("call", lambda _: None)  # type: ignore[arg-type,return-value]
    application.add_route("call", echo)
    with pytest.raises(AsteriskError):
        application.add_route("call", echo)
    application.add_route("desk", Desk())
    assert application.endpoint("call") is echo


def test_g15_an_application_is_made_inside_the_loop() -> None:
    with pytest.raises(RuntimeError):
        GuardedApplication()


async def test_g16_a_worker_that_was_blocked_leaves_the_call_alone() -> None:
    desk, clock = Desk(), _clock()
    async with serving(desk, clock=clock) as server, calling(server.port) as peer:
        connection = await desk.connection()
        clock.advance(3.0)
        with pytest.raises(CallTaken):
            await connection.command("SET", "VARIABLE", "SH_DONE", "1", deadline=PATIENCE)
        desk.let_go.set()
        assert await peer.closed() == b""
