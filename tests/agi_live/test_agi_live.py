"""What Asterisk itself makes of our commands, and what it says when a call ends."""

from __future__ import annotations

import asyncio
import random

import pytest

from switchhook.asterisk.agi_connection import AgiConnection
from switchhook.asterisk.ami_quoting import ami_encode
from switchhook.asterisk.quoting import MAX_BYTES, MAX_VALUE, argument_list
from switchhook.errors import AsteriskError, CallEnded, CallTaken

from .conftest import PATIENCE, SECRET, Lab

pytestmark = pytest.mark.asterisk

SAMPLES = 200
SPECIAL = "\"\\ ,;|&$(){}[]<>#*=:'`~!?%^@+-_/.\u00a0\u200b\u202e\u2028\U0001f4de\uffff"
FIXED = [
    'x" | "1"="1',
    "hello,PORTAL_AUTH=1",
    'a",PORTAL_AUTH=1,"',
    "${SHELL(id)}",
    "$[1+1]",
    '"; SET VARIABLE PWNED yes',
    "SET VARIABLE PWNED yes",
    "\\",
    '\\"',
    '"',
    '""',
    "a\\n",
    "a (b) c",
    "x)",
    " leading and trailing ",
]


def samples(seed: int, count: int) -> list[str]:
    """The fixed cases and random texts of one line: any code points, and those that mean something somewhere."""
    chosen = random.Random(seed)

    def any_character() -> str:
        while True:
            point = chosen.choice([chosen.randrange(0x20, 0x250), chosen.randrange(0x20, 0x110000)])
            if not (0x7F <= point <= 0x9F or 0xD800 <= point <= 0xDFFF):
                return chr(point)

    def one() -> str:
        special = chosen.random()
        return "".join(
            chosen.choice(SPECIAL) if chosen.random() < special else any_character()
            for _ in range(chosen.randrange(1, 60))
        )

    return FIXED + [one() for _ in range(count - len(FIXED))]


async def _get(connection: AgiConnection, name: str) -> str:
    reply = await connection.command("GET", "VARIABLE", name, deadline=PATIENCE)
    return reply.data if reply.result == "1" else ""


async def test_sec09_agi_samples_come_back_and_run_nothing(lab: Lab) -> None:
    call = await lab.call()
    for text in samples(9, SAMPLES):
        assert (await call.command("SET", "VARIABLE", "SAMPLE", text, deadline=PATIENCE)).result == "1"
        assert await _get(call, "SAMPLE") == text
    for length in (MAX_VALUE - 1, MAX_VALUE):
        await call.command("SET", "VARIABLE", "SAMPLE", "x" * length, deadline=PATIENCE)
        assert await _get(call, "SAMPLE") == "x" * length
    longest = "x" * (MAX_BYTES - len("GOSUB sh say 1 \n"))
    await call.command("GOSUB", "sh", "say", "1", longest, deadline=PATIENCE)
    assert await _get(call, "SH_RESULT") == "x" * MAX_VALUE
    assert await _get(call, "PWNED") == ""
    assert await _get(call, "PORTAL_AUTH") == ""


async def test_sec09_ami_samples_come_back_and_set_nothing_else(lab: Lab) -> None:
    texts = samples(10, 100)
    variables = {f"__V{number}": text for number, text in enumerate(texts)}
    wanted = {"Channel": "Local/s@agi", "Context": "sh", "Exten": "long", "Priority": "1"}
    await lab.originate(ami_encode("Originate", wanted, variables, action_id="t/1"))
    call = await lab.calls.next()
    for number, text in enumerate(texts):
        assert await _get(call, f"V{number}") == text
    assert await _get(call, "PORTAL_AUTH") == ""


async def test_127_words_arrive_and_asterisk_lives_on(lab: Lab) -> None:
    call = await lab.call()
    assert (await call.command("NOOP", *["a b"] * 126, deadline=PATIENCE)).result == "0"
    assert (await call.command("NOOP", *["ab"] * 126, deadline=PATIENCE)).result == "0"


async def test_a_call_introduces_itself(lab: Lab) -> None:
    request = (await lab.call()).request
    assert request.path == "call"
    assert request.args == ("first",)
    assert (request.context, request.extension) == ("agi", "s")
    assert request.channel.startswith("Local/s@agi-")
    assert request.uniqueid


async def test_subroutines_errors_and_the_next_command(lab: Lab) -> None:
    call = await lab.call()
    args = argument_list("t(#)", "a&b")
    reply = await call.command("GOSUB", "sh", "say", "1", args, deadline=PATIENCE)
    assert (reply.result, reply.data) == ("0", "Gosub complete")
    assert await _get(call, "SH_RESULT") == "t(#):a&b"
    with pytest.raises(AsteriskError, match="wrongly"):
        await call.command("GOSUB", "sh", deadline=PATIENCE)
    with pytest.raises(AsteriskError, match="510"):
        await call.command("NONSENSE", deadline=PATIENCE)
    assert (await call.command("GOSUB", "sh", "nowhere", "1", deadline=PATIENCE)).result == "-1"
    assert (await call.command("EXEC", "NoSuchApplication", deadline=PATIENCE)).result == "-2"
    assert await _get(call, "SH_RESULT") == "t(#):a&b"


async def test_hang_up_while_nobody_asks(lab: Lab) -> None:
    call = await lab.call()
    await lab.hang_up(call)
    reason = await asyncio.wait_for(asyncio.shield(call.gone), PATIENCE)
    assert isinstance(reason, CallEnded)
    with pytest.raises(CallEnded):
        await call.command("NOOP", deadline=PATIENCE)


async def test_hang_up_in_a_subroutine(lab: Lab) -> None:
    call = await lab.call()
    asked = asyncio.create_task(call.command("GOSUB", "sh", "long", "1", deadline=PATIENCE))
    while "Context: sh" not in await lab.process.command(f"core show channel {call.request.channel}"):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await lab.hang_up(call)
    with pytest.raises(CallEnded) as ended:
        await asked
    assert not isinstance(ended.value, CallTaken)


async def test_the_dead_man_takes_the_call_and_asks_again(lab: Lab) -> None:
    call = await lab.call("timed")
    assert call.request.args == ("timed",)
    assert isinstance(await asyncio.wait_for(asyncio.shield(call.gone), PATIENCE), CallTaken)
    again = await lab.calls.next()
    assert again.request.args == ("again",)
    assert again.request.uniqueid == call.request.uniqueid
    assert (await again.command("NOOP", deadline=PATIENCE)).result == "0"


async def test_two_commands_in_one_segment_stall_asterisk(lab: Lab) -> None:
    """Why a second command in flight is refused."""
    stalled: asyncio.Future[list[bytes]] = asyncio.get_running_loop().create_future()

    async def pipelining(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert SECRET.encode() in await reader.readuntil(b"\n\n")
        writer.write(b"NOOP 1\nNOOP 2\n")
        heard = [await reader.readline()]
        try:
            heard.append(await asyncio.wait_for(reader.readline(), 1.0))
        except TimeoutError:
            writer.write(b"NOOP 3\n")
            heard.append(b"stalled")
            heard.append(await reader.readline())
        writer.close()
        stalled.set_result(heard)

    async with await asyncio.start_server(pipelining, "127.0.0.1", lab.raw_port):
        await lab.dial("raw")
        heard = await asyncio.wait_for(stalled, PATIENCE)
    assert heard == [b"200 result=0\n", b"stalled", b"200 result=0\n"]
