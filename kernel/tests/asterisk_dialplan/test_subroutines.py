"""The subroutines: what they answer, measured on real calls."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import pytest

from switchhook.asterisk.configured import asterisk_paths
from switchhook.media.files import TAPED, TAPED_BYTES

from .peer import Visit, listening
from .sipp import BYE_ANSWER, callee_request, carrier, listens, pause, phone, refuses, request, rings, silent, talks

pytestmark = pytest.mark.asterisk

HOLD = pause(8000)


@pytest.fixture
async def visit(exchange, tmp_path) -> Visit:
    """A call of the phone's in the hands of the test; the phone presses nothing."""
    async with listening(exchange.settings.agi.port) as peer, phone(exchange.settings, "4930555", tmp_path):
        yield await peer.visit()


async def test_replies_of_a_subroutine(visit):
    await visit.command('GOSUB sh play 1 "beep,s1,,1,1,."')
    assert visit.replies == ["100 result=0 Trying...", "200 result=0 Gosub complete"]
    assert await visit.command("GET VARIABLE SH_R1") == "200 result=1 (done:)"
    assert await visit.command("GET VARIABLE SH_STATE") == "200 result=1 (s1)"
    assert await visit.command("GET VARIABLE SH_DONE") == "200 result=0"


async def test_reading_without_a_key_times_out(visit):
    start = asyncio.get_running_loop().time()
    assert await visit.sub("read", "beep&beep,4,1,1,st.1,t(#),1") == "TIMEOUT:"
    assert asyncio.get_running_loop().time() - start < 3
    assert await visit.variable("SH_STATE") == "st.1"
    start = asyncio.get_running_loop().time()
    assert await visit.sub("read", ",4,2,1,st.2,t(#),1") == "TIMEOUT:"
    assert 1.8 < asyncio.get_running_loop().time() - start < 2.6


async def test_sound_that_is_missing_does_not_end_the_call(visit):
    assert await visit.sub("play", "no-such-sound,s1,,1") == ""
    assert await visit.sub("play", "no-such-sound&beep,s1,12,1") == ""
    assert await visit.sub("read", "no-such-sound,1,1,1,s1,t(#),1") == "ERROR:"


def rfc4733(keys: str) -> str:
    return f'<nop><action><exec play_dtmf="{keys}"/></action></nop>\n' + HOLD


def info(keys: str) -> str:
    return (
        "".join(
            request("INFO", 10 + n, "Content-Type: application/dtmf-relay\n", f"Signal={key}\nDuration=120\n")
            + pause(300)
            for n, key in enumerate(keys)
        )
        + HOLD
    )


def inband(keys: str, directory) -> str:
    """The keys as tones in the voice (A-law), as an old telephone sends them."""
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477)
    samples: list[float] = []
    for key in keys:
        low, high = next((rows[i // 3], columns[i % 3]) for i, k in enumerate("123456789*0#") if k == key)
        samples += [0.0] * 1600
        samples += [
            0.3 * (math.sin(2 * math.pi * low * n / 8000) + math.sin(2 * math.pi * high * n / 8000))
            for n in range(1600)
        ]
    samples += [0.0] * 8000
    (directory / "keys.alaw").write_bytes(bytes(alaw(round(sample * 32767)) for sample in samples))
    return '<nop><action><exec rtp_stream="keys.alaw,1,8"/></action></nop>\n' + HOLD


def alaw(sample: int) -> int:
    """One 16-bit sample in A-law (ITU-T G.711)."""
    sign = 0x80 if sample >= 0 else 0
    magnitude = min(abs(sample), 32767) >> 4
    if magnitude < 32:
        code = magnitude >> 1
    else:
        exponent = magnitude.bit_length() - 5
        code = (exponent << 4) | ((magnitude >> exponent) & 0x0F)
    return (code | sign) ^ 0x55


@pytest.mark.parametrize("way", ["rfc4733", "info", "inband"])
async def test_keys_arrive_once_in_each_of_three_ways(exchange, tmp_path, way):
    press = {"rfc4733": rfc4733, "info": info, "inband": lambda keys: inband(keys, tmp_path)}[way]
    event = way != "inband"
    async with (
        listening(exchange.settings.agi.port) as peer,
        phone(exchange.settings, "4930555", tmp_path, then=pause(600) + press("159"), telephone_event=event),
    ):
        visit = await peer.visit()
        assert (
            await visit.sub("read", ",9,4,2,st.1,t(#),1") == "TIMEOUT:159"
        )  # OK needs the closing key or the last digit
        assert await visit.sub("read", ",9,1,1,st.1,t(#),1") == "TIMEOUT:"


async def test_closing_key_ends_the_input(exchange, tmp_path):
    async with (
        listening(exchange.settings.agi.port) as peer,
        phone(exchange.settings, "4930555", tmp_path, then=pause(600) + rfc4733("12#34#")),
    ):
        visit = await peer.visit()
        assert await visit.sub("read", ",9,4,3,st.1,t(#),1") == "OK:12"
        assert await visit.sub("read", ",3,4,3,st.1,t(),1") == "OK:34#"


async def test_only_the_named_keys_interrupt(exchange, tmp_path):
    async with (
        listening(exchange.settings.agi.port) as peer,
        phone(exchange.settings, "4930555", tmp_path, then=pause(1500) + rfc4733("3#*7")),
    ):
        visit = await peer.visit()
        # The other three keys come first; # and * would wind in a player that was not told otherwise.
        assert await visit.sub("play", "all-circuits-busy-now&all-circuits-busy-now,st.1,7,1") == "7"


async def test_early_media_does_not_answer(exchange, tmp_path):
    async with listening(exchange.settings.agi.port) as peer, phone(exchange.settings, "4930555", tmp_path) as caller:
        visit = await peer.visit()
        assert await visit.sub("play", "beep,st.1,,0") == ""
        assert await visit.sub("play", "beep,st.1,12,0") == ""
        assert await visit.sub("read", "beep,1,1,1,st.1,t(#),0") == "TIMEOUT:"
        assert caller.received("SIP/2.0 183")
        assert not [event for event in exchange.events() if event["eventtype"] == "ANSWER"]


CARRIER = "PJSIP/4930888@trunk"


def dial(
    ring: int = 3, limit: int = 0, shown: str = "", confirm: str = "", whisper: str = "", after: int | None = None
) -> str:
    """The words of one leg; a leg of its own where whoever answers hears something, or it rings ``after`` a while."""
    if not confirm and not whisper and after is None:
        return f"{CARRIER},{ring},{limit},st.d,{shown},r,,,,1,,,,"
    leg = f"{after or 0}#{ring}#{CARRIER}"
    return f"Local/1@sh-later,{ring + 20},{limit},st.d,{shown},r,{leg},{confirm},{whisper},1,3,,,"


def told(result: str) -> tuple[str, str, float | None, str]:
    """A dial's result: status, cause, seconds in conversation (None: there was none), channel."""
    status, cause, taken, now, peer = result.split(":")
    return status, cause, float(now) - float(taken) if taken else None, peer


def says(seconds: float, directory, silence: float = 6) -> str:
    """A tone, then silence that is sent as such, as telephones do."""
    samples = [0.3 * math.sin(2 * math.pi * 440 * n / 8000) for n in range(round(8000 * seconds))]
    samples += [0.0] * round(8000 * silence)
    (directory / "said.alaw").write_bytes(bytes(alaw(round(sample * 32767)) for sample in samples))
    return '<nop><action><exec rtp_stream="said.alaw,1,8"/></action></nop>\n'


async def recorded(exchange, directory, then: str, arguments: str) -> tuple[str, float, float]:
    """What ended a recording, how long it took, and the seconds in its file."""
    async with (
        listening(exchange.settings.agi.port) as peer,
        phone(exchange.settings, "4930555", directory, then=then + HOLD),
    ):
        visit = await peer.visit()
        start = asyncio.get_running_loop().time()
        ended = await visit.sub("record", arguments)
        took = asyncio.get_running_loop().time() - start
        file = Path(asterisk_paths(exchange.settings).recordings) / f"{arguments.partition(',')[0]}{TAPED}"
        return ended, took, file.stat().st_size / TAPED_BYTES


async def test_recording_ends_by_either_silence_by_the_key_and_when_it_is_full(exchange, tmp_path):
    ended, took, seconds = await recorded(exchange, tmp_path, says(1.5, tmp_path), "a1,5,2,60,st.r,")
    assert (ended, 3 < took < 6, 3 < seconds < 6) == ("SILENCE", True, True)
    ended, took, _ = await recorded(exchange, tmp_path, says(0, tmp_path), "a2,2,1,60,st.r,")
    assert (ended, 1.8 < took < 3.5) == ("SILENCE", True)
    ended, took, seconds = await recorded(exchange, tmp_path, "", "a3,2,1,60,st.r,")
    assert (ended, took < 3.5, seconds) == ("SILENCE", True, 0), "a telephone that sends nothing at all"
    ended, took, seconds = await recorded(exchange, tmp_path, says(8, tmp_path), "a4,6,1,4,st.r,")
    assert (ended, 3.4 < took < 5, 1 < seconds < 4.5) == ("TIMEOUT", True, True)
    press = says(8, tmp_path) + pause(2600) + rfc4733("5#")
    ended, took, seconds = await recorded(exchange, tmp_path, press, "a5,6,1,60,st.r,")
    assert (ended, 2.4 < took < 6, 1 < seconds < 5.5) == ("DTMF", True, True)


async def test_recording_goes_on_without_the_portal_and_its_result_is_there_afterwards(exchange, tmp_path):
    async with (
        listening(exchange.settings.agi.port) as peer,
        phone(exchange.settings, "4930555", tmp_path, then=says(2.5, tmp_path) + HOLD),
    ):
        visit = await peer.visit()
        visit.writer.write(b'GOSUB sh record 1 "b1,5,1,60,st.r,,1,."\n')
        await visit.writer.drain()
        visit.writer.transport.abort()
        again = await peer.visit()
        assert again.arguments[4] == "st.r"
        assert await again.variable("SH_R1") == "done:SILENCE"
        file = Path(asterisk_paths(exchange.settings).recordings) / f"b1{TAPED}"
        assert file.stat().st_size > 2.5 * TAPED_BYTES


@pytest.mark.parametrize(
    ("answer", "status", "cause"),
    [
        (refuses("486 Busy Here"), "BUSY", "17"),
        (refuses("480 Temporarily Unavailable"), "NOANSWER", ""),
        (refuses("603 Decline"), "CHANUNAVAIL", "21"),
        (refuses("403 Forbidden"), "CHANUNAVAIL", "21"),
        (refuses("404 Not Found"), "CHANUNAVAIL", "1"),
        (refuses("408 Request Timeout"), "CHANUNAVAIL", "18"),
        (refuses("484 Address Incomplete"), "CHANUNAVAIL", "28"),
        (refuses("488 Not Acceptable Here"), "CHANUNAVAIL", "58"),
        (refuses("503 Service Unavailable"), "CONGESTION", "34"),
        (rings(), "NOANSWER", ""),
        (silent(), "NOANSWER", ""),
    ],
    ids=["486", "480", "603", "403", "404", "408", "484", "488", "503", "ringing", "silence"],
)
async def test_call_that_nobody_takes(exchange, visit, tmp_path, answer, status, cause):
    async with carrier(exchange.settings, tmp_path, answer):
        assert told(await visit.sub("dial", dial())) == (status, cause, None, "")
    assert await visit.variable("SH_STATE") == "st.d"


@pytest.mark.parametrize(
    ("answer", "status", "cause"),
    [
        (refuses("486 Busy Here"), "BUSY", "17"),
        (refuses("480 Temporarily Unavailable"), "NOANSWER", ""),
        (refuses("603 Decline"), "CHANUNAVAIL", "21"),
        (refuses("404 Not Found"), "CHANUNAVAIL", "20"),
        (refuses("503 Service Unavailable"), "CONGESTION", "34"),
        (rings(), "NOANSWER", ""),
    ],
    ids=["486", "480", "603", "404", "503", "ringing"],
)
async def test_leg_of_its_own_that_nobody_takes(exchange, visit, tmp_path, answer, status, cause):
    async with carrier(exchange.settings, tmp_path, answer):
        assert told(await visit.sub("dial", dial(ring=1, after=0))) == (status, cause, None, "")


async def test_leg_of_its_own_rings_later_and_shows_the_number_all_the_same(exchange, visit, tmp_path):
    async with carrier(exchange.settings, tmp_path, refuses("486 Busy Here")) as line:
        start = asyncio.get_running_loop().time()
        await visit.sub("dial", dial(after=1, shown="anonymous"))
        assert asyncio.get_running_loop().time() - start > 0.9
        (invite,) = line.received("INVITE")
    assert 'From: "Anonymous" <sip:anonymous@anonymous.invalid>' in invite
    assert "Privacy: id" in invite
    async with carrier(exchange.settings, tmp_path, refuses("486 Busy Here")) as line:
        await visit.sub("dial", dial(after=0))
        (invite,) = line.received("INVITE")
    assert "From: <sip:+4930777100@" in invite


async def test_phone_that_is_not_registered(visit):
    assert told(await visit.sub("dial", "PJSIP/alice,3,0,st.d,,r,,,,1,,,,")) == ("CHANUNAVAIL", "3", None, "")


async def test_cause_of_an_earlier_attempt_is_not_told_again(exchange, visit, tmp_path):
    async with carrier(exchange.settings, tmp_path, refuses("486 Busy Here")):
        assert told(await visit.sub("dial", dial())) == ("BUSY", "17", None, "")
    async with carrier(exchange.settings, tmp_path, rings()):
        assert told(await visit.sub("dial", dial(ring=1))) == ("NOANSWER", "", None, "")


async def test_conversation_that_the_other_side_ends(exchange, visit, tmp_path):
    async with carrier(exchange.settings, tmp_path, talks(2300)) as line:
        status, cause, seconds, peer = told(await visit.sub("dial", dial()))
        assert await line.finished() == 0
    assert (status, cause) == ("ANSWER", "16")
    assert seconds is not None
    assert 2.2 < seconds < 2.8
    assert peer.startswith("PJSIP/trunk-")


async def test_limit_is_held_by_asterisk_with_the_portal_dead(exchange, tmp_path):
    settings = exchange.settings
    async with listening(settings.agi.port) as peer, phone(settings, "4930555", tmp_path):
        visit = await peer.visit()
        async with carrier(settings, tmp_path, listens()) as line:
            visit.writer.write(f'GOSUB sh dial 1 "{dial(limit=3000)},1,."\n'.encode())
            entered = await exchange.event(lambda event: event["eventtype"] == "BRIDGE_ENTER")
            visit.writer.transport.abort()
            assert await line.finished(seconds=6) == 0
        left = await exchange.event(lambda event: event["eventtype"] == "BRIDGE_EXIT")
        assert 2.9 < float(left["eventtime"]) - float(entered["eventtime"]) < 3.3
        assert (await peer.visit()).arguments[4] == "st.d"


@pytest.mark.parametrize(
    ("shown", "sender"),
    [
        ("", "<sip:+4930777100@"),
        ("+4930222333", "<sip:+4930222333@"),
        ("anonymous", '"Anonymous" <sip:anonymous@anonymous.invalid>'),
    ],
)
async def test_number_shown(exchange, visit, tmp_path, shown, sender):
    async with carrier(exchange.settings, tmp_path, refuses("486 Busy Here")) as line:
        await visit.sub("dial", dial(shown=shown))
        (invite,) = line.received("INVITE")
    assert f"From: {sender}" in invite
    # The carrier learns who pays even where it must not show it.
    assert ("Privacy: id" in invite) == (shown == "anonymous")
    assert "P-Asserted-Identity: <sip:+4930" in invite
    async with carrier(exchange.settings, tmp_path, refuses("486 Busy Here")) as line:
        await visit.sub("dial", dial())  # the leg's number is the leg's alone
        (invite,) = line.received("INVITE")
    assert "From: <sip:+4930777100@" in invite


def takes(key: str) -> str:
    """Answer, hear the question, press ``key``."""
    press = callee_request("INFO", 10, "Content-Type: application/dtmf-relay\n", f"Signal={key}\nDuration=120\n")
    return listens().replace(BYE_ANSWER, pause(800) + press + BYE_ANSWER)


async def test_call_that_is_confirmed_is_connected(exchange, visit, tmp_path):
    async with carrier(exchange.settings, tmp_path, takes("1")):
        status, cause, seconds, peer = told(await visit.sub("dial", dial(confirm="beep", limit=4000)))
    assert (status, cause) == ("ANSWER", "16")
    assert seconds is not None
    assert 3.9 < seconds < 4.5  # from the confirmation on
    assert peer.startswith("Local/1@sh-later-")


async def test_key_that_declines(exchange, visit, tmp_path):
    async with carrier(exchange.settings, tmp_path, takes("3")):
        status, _, seconds, _ = told(await visit.sub("dial", dial(confirm="beep")))
    assert (status, seconds) == ("DECLINED", None)


async def test_wrong_key_does_not_confirm(exchange, visit, tmp_path):
    async with carrier(exchange.settings, tmp_path, takes("2")):
        status, cause, seconds, _ = told(await visit.sub("dial", dial(confirm="beep")))
    assert (status, cause, seconds) == ("NOANSWER", "", None)


async def test_call_that_is_not_confirmed_is_not_taken(exchange, visit, tmp_path):
    async with carrier(exchange.settings, tmp_path, listens()):
        status, cause, seconds, _ = told(await visit.sub("dial", dial(confirm="beep")))
    assert (status, cause, seconds) == ("NOANSWER", "", None)
    assert not [event for event in exchange.events() if event["eventtype"] == "BRIDGE_ENTER"]
