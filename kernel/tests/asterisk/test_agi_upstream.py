"""panoramisk 1.4 still has these faults. A test that fails here says which guard may be retired."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import pytest
from panoramisk import fast_agi, utils

from .agi_peer import PATIENCE, AgiPeer, environment

_ASK_AND_LEAVE = """
import asyncio
from panoramisk.fast_agi import Application

async def scan():
    loop = asyncio.get_running_loop()
    server = await asyncio.start_server(Application(loop=loop).handler, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.close()
    await asyncio.sleep(0.5)
    print("still alive", flush=True)

print("began", flush=True)
asyncio.run(scan())
"""


@asynccontextmanager
async def upstream(handler: object) -> AsyncIterator[AgiPeer]:
    """A call to panoramisk's own server."""
    application = fast_agi.Application(loop=asyncio.get_running_loop())
    application.add_route("call", handler)
    server = await asyncio.start_server(application.handler, "127.0.0.1", 0)
    async with server, await AgiPeer.connect(server.sockets[0].getsockname()[1], environment()) as peer:
        yield peer


def test_the_pinned_release_is_the_one_examined() -> None:
    assert version("panoramisk") == "1.4"


async def test_g1_a_scan_freezes_the_whole_loop() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _ASK_AND_LEAVE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), PATIENCE) == b"began\n"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(process.stdout.readline(), 3.0)
    finally:
        process.kill()
        await process.wait()


async def test_g4_hangup_is_taken_for_a_reply_and_shifts_the_rest() -> None:
    heard: list[object] = []

    async def handler(request: fast_agi.Request) -> None:
        heard.append(await request.send_command("GET VARIABLE A"))
        heard.append(await request.send_command("GET VARIABLE B"))

    async with upstream(handler) as peer:
        await peer.answer("HANGUP", "200 result=1 (a)")
        await peer.answer("200 result=1 (b)")
        await peer.closed()
    assert heard[0] == {"error": "AGIResultHangup", "msg": "User hungup during execution"}
    assert "'a'" in str(heard[1])


async def test_g6_end_of_the_stream_is_a_value_error() -> None:
    raised: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    async def handler(request: fast_agi.Request) -> None:
        try:
            await request.send_command("NOOP")
        except ValueError as error:
            raised.set_result(error)

    async with upstream(handler) as peer:
        await peer.command()
        await peer.leave()
        assert "int()" in str(await asyncio.wait_for(raised, PATIENCE))


async def test_g7_usage_shifts_the_next_reply() -> None:
    heard: list[dict[str, object]] = []

    async def handler(request: fast_agi.Request) -> None:
        heard.append(await request.send_command("GOSUB x"))
        heard.append(await request.send_command("GET VARIABLE A"))

    async with upstream(handler) as peer:
        await peer.answer("520-Invalid command syntax.  Proper usage follows:", "x", "520 End of proper usage.")
        await peer.answer("200 result=1 (a)")
        await peer.closed()
    assert heard[1]["status_code"] == 520


async def test_g9_a_line_end_makes_two_commands() -> None:
    async def handler(request: fast_agi.Request) -> None:
        await request.send_command("SET VARIABLE A 1\nSET VARIABLE PWNED yes")

    async with upstream(handler) as peer:
        assert await peer.command() == ["SET", "VARIABLE", "A", "1"]
        assert await peer.command() == ["SET", "VARIABLE", "PWNED", "yes"]


def test_g10_a_value_of_hangup_reads_as_one_and_a_timeout_is_lost() -> None:
    assert utils.parse_agi_result("200 result=1 (hangup)")["error"] == "AGIResultHangup"
    assert utils.parse_agi_result("200 result= (timeout)")["result"] == ("", "")


async def test_g12_latin_1_in_a_reply_ends_the_handler() -> None:
    raised: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    async def handler(request: fast_agi.Request) -> None:
        try:
            await request.send_command("GET VARIABLE A")
        except UnicodeDecodeError as error:
            raised.set_result(error)

    async with upstream(handler) as peer:
        await peer.command()
        peer.say(b"200 result=1 (J\xf6rg)\n")
        await asyncio.wait_for(raised, PATIENCE)


async def test_g13_cancellation_is_swallowed() -> None:
    began = asyncio.Event()
    tasks: list[asyncio.Task[None]] = []

    async def handler(request: fast_agi.Request) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        began.set()
        await asyncio.Event().wait()

    async with upstream(handler) as peer:
        await asyncio.wait_for(began.wait(), PATIENCE)
        tasks[0].cancel()
        await peer.closed()
        assert not tasks[0].cancelled()


def test_g15_a_plain_function_is_no_route() -> None:
    loop = asyncio.new_event_loop()
    try:
        with pytest.raises(AttributeError):
            fast_agi.Application(loop=loop).add_route("call", lambda _: None)
    finally:
        loop.close()
