"""The faults of panoramisk 1.4's FastAGI sessions, shown to be kept out: rows G4 to G12."""

from __future__ import annotations

import asyncio

import pytest

from switchhook.asterisk.agi_connection import AgiConnection
from switchhook.asterisk.agi_reply import AgiReply
from switchhook.asterisk.agi_server import AgiLimits
from switchhook.errors import AsteriskError, CallEnded, CallTaken, UnsafeText

from .agi_desk import Desk, serving
from .agi_peer import PATIENCE, calling


async def test_g4_hangup_between_commands() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        first = asyncio.create_task(connection.command("GET", "VARIABLE", "A", deadline=PATIENCE))
        await peer.answer("200 result=1 (a)", "HANGUP")
        assert (await first).data == "a"
        with pytest.raises(CallEnded):
            await connection.command("GET", "VARIABLE", "B", deadline=PATIENCE)


async def test_g4_hangup_is_no_reply_to_the_command_in_flight() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("GET", "VARIABLE", "A", deadline=PATIENCE))
        await peer.answer("HANGUP", "200 result=1 (a)")
        with pytest.raises(CallEnded) as ended:
            await asked
        assert not isinstance(ended.value, CallTaken)


async def test_g5_caller_leaves_while_the_handler_thinks() -> None:
    desk = Desk()
    async with serving(desk, limits=AgiLimits(grace_seconds=0.01)) as server, calling(server.port) as peer:
        connection = await desk.connection()
        peer.say("HANGUP\n")
        assert isinstance(await asyncio.wait_for(connection.gone, PATIENCE), CallEnded)
        await asyncio.wait_for(desk.cancelled.wait(), PATIENCE)
        assert await peer.closed() == b""


async def test_g5_handler_may_end_by_itself_within_the_grace() -> None:
    seen: list[str] = []

    async def handler(connection: AgiConnection) -> None:
        reason = await connection.gone
        await asyncio.sleep(0)
        seen.append(type(reason).__name__)

    async with serving(handler, limits=AgiLimits(grace_seconds=PATIENCE)) as server, calling(server.port) as peer:
        peer.say("HANGUP\n")
        assert await peer.closed() == b""
    assert seen == ["CallEnded"]


async def test_g6_end_of_the_stream_is_the_end_of_the_call() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("NOOP", deadline=PATIENCE))
        await peer.command()
        await peer.leave()
        with pytest.raises(CallEnded) as gone:
            await asked
        assert gone.value.data["unsaid"] is True  # no HANGUP: it may as well be a crash


async def test_g6_an_end_that_was_said_is_no_guess() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("NOOP", deadline=PATIENCE))
        await peer.command()
        peer.say("HANGUP\n")
        await peer.leave()
        with pytest.raises(CallEnded) as gone:
            await asked
        assert "unsaid" not in gone.value.data


async def test_g7_usage_of_many_lines_shifts_nothing() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        wrong = asyncio.create_task(connection.command("GOSUB", "sh", deadline=PATIENCE))
        await peer.answer(
            "520-Invalid command syntax.  Proper usage follows:",
            " Usage: GOSUB",
            "200 result=1 (no)",
            "",
            "520 End of proper usage.",
        )
        with pytest.raises(AsteriskError):
            await wrong
        right = asyncio.create_task(connection.command("GET", "VARIABLE", "A", deadline=PATIENCE))
        await peer.answer("200 result=1 (yes)")
        assert (await right).data == "yes"


async def test_g7_application_that_returns_1_is_answered_twice() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        odd = asyncio.create_task(connection.command("EXEC", "Odd", deadline=PATIENCE))
        await peer.answer("200 result=1")
        await asyncio.wait([odd], timeout=0.2)
        assert not odd.done()
        peer.say("520-Invalid command syntax.  Proper usage follows:\nx\n520 End of proper usage.\n")
        assert (await odd).result == "1"
        right = asyncio.create_task(connection.command("GET", "VARIABLE", "A", deadline=PATIENCE))
        await peer.answer("200 result=1 (yes)")
        assert (await right).data == "yes"


async def test_g7_stray_usage_between_commands_is_dropped() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        peer.say("520-Invalid command syntax.  Proper usage follows:\nx\n520 End of proper usage.\nHANGUP\n")
        assert type(await asyncio.wait_for(connection.gone, PATIENCE)) is CallEnded


async def test_g8_a_reply_that_never_comes_breaks_the_session_off() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        with pytest.raises(AsteriskError, match="in time"):
            await connection.command("NOOP", deadline=0.02)
        assert await peer.closed() == b"NOOP\n"
        with pytest.raises(AsteriskError):
            await connection.command("NOOP", deadline=PATIENCE)


async def test_g8_each_command_has_its_own_deadline() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        soon = asyncio.create_task(connection.command("NOOP", "1", deadline=0.2))
        await peer.answer("200 result=0")
        await soon
        late = asyncio.create_task(connection.command("NOOP", "2", deadline=PATIENCE))
        await peer.command()
        await asyncio.wait([late], timeout=0.4)
        assert not late.done()
        peer.say("200 result=0\n")
        assert (await late).result == "0"
        with pytest.raises(AsteriskError, match="in time"):
            await connection.command("NOOP", "3", deadline=0.01)


async def test_g9_a_line_end_in_a_word_sends_nothing() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        with pytest.raises(UnsafeText):
            await connection.command("SET", "VARIABLE", "A", "1\nSET VARIABLE PWNED yes", deadline=PATIENCE)
        with pytest.raises(AsteriskError):
            await connection.send_command("NOOP\nNOOP")
        asked = asyncio.create_task(connection.command("SET", "VARIABLE", "A", 'say "hi" \\', deadline=PATIENCE))
        assert await peer.answer("200 result=1") == ["SET", "VARIABLE", "A", 'say "hi" \\']
        await asked


async def test_g10_replies_keep_what_they_say() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        for line, expected in [
            ("200 result= (timeout)", AgiReply(200, "", "timeout")),
            ("200 result=-1", AgiReply(200, "-1")),
            ("200 result=1 (hangup)", AgiReply(200, "1", "hangup")),
        ]:
            asked = asyncio.create_task(connection.command("NOOP", deadline=PATIENCE))
            await peer.answer(line)
            assert await asked == expected
        assert not connection.gone.done()


@pytest.mark.parametrize("line", ["511 Command Not Permitted on a dead channel", "200 result=-1 (hangup) endpos=8"])
async def test_g10_hangup_said_by_a_reply(line: str) -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("RECORD", "FILE", deadline=PATIENCE))
        await peer.answer(line)
        with pytest.raises(CallEnded):
            await asked


async def test_g10_unknown_command_is_an_error_and_no_more() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("NONSENSE", deadline=PATIENCE))
        await peer.answer("510 Invalid or unknown command")
        with pytest.raises(AsteriskError, match="510"):
            await asked
        asked = asyncio.create_task(connection.command("NOOP", deadline=PATIENCE))
        await peer.answer("200 result=0")
        assert (await asked).result == "0"


@pytest.mark.parametrize("value", ["a\nb", "x)\n200 result=1 (forged"])
async def test_g11_f8_a_value_of_two_lines_breaks_the_session(value: str) -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("GET", "VARIABLE", "A", deadline=PATIENCE))
        await peer.answer(f"200 result=1 ({value})")
        with pytest.raises(AsteriskError):
            await asked
        await peer.closed()
        with pytest.raises(AsteriskError):
            await connection.command("NOOP", deadline=PATIENCE)


async def test_g11_an_unasked_reply_breaks_the_session() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        peer.say("200 result=1 (forged)\n")
        assert type(await asyncio.wait_for(connection.gone, PATIENCE)) is AsteriskError
        assert await peer.closed() == b""


async def test_g11_a_reply_without_end_breaks_the_session() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        peer.say(b"x" * 200_000)
        assert type(await asyncio.wait_for(connection.gone, PATIENCE)) is AsteriskError


async def test_g12_latin_1_in_a_reply_does_not_cost_the_call() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("GET", "VARIABLE", "A", deadline=PATIENCE))
        await peer.command()
        peer.say("200 result=1 (Jörg)\n".encode("latin-1"))
        assert (await asked).data == "J\N{REPLACEMENT CHARACTER}rg"


async def test_g12_a_character_in_two_segments_stays_whole() -> None:
    desk = Desk()
    async with serving(desk) as server, calling(server.port) as peer:
        connection = await desk.connection()
        asked = asyncio.create_task(connection.command("GET", "VARIABLE", "A", deadline=PATIENCE))
        await peer.command()
        for byte in "200 result=1 (Jörg)\n".encode():
            peer.say(bytes([byte]))
            await peer.writer.drain()
        assert (await asked).data == "Jörg"
