"""The simulator's port does what its protocol says, on a clock of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from switchhook.calls.port import DialPlan, DialResult, Keys, LegSounds, Listen, Place, Target
from switchhook.calls.prompts import Prompt
from switchhook.clock import SetClock
from switchhook.errors import CallEnded
from switchhook.simulator.port import SimulatedPort
from switchhook.simulator.script import Party, Script, read_parties, read_script

HELLO, MORE = Prompt("hello", "de", 3.0, Path("hello")), Prompt("more", "de", 2.0, Path("more"))
HERE = Place()
ANNA = DialPlan((Target("phone", "anna"), Target("phone", "bert")), ring_seconds=20)


def simulated(keys: str = "", parties: str | tuple[Party, ...] = ()) -> tuple[SimulatedPort, SetClock]:
    clock = SetClock(datetime(2026, 3, 1, tzinfo=UTC))
    legs = read_parties(parties) if isinstance(parties, str) else parties
    return SimulatedPort(Script(read_script(keys), legs), clock), clock


@pytest.mark.parametrize(
    ("keys", "listen", "result", "seconds"),
    [
        ("1", Listen(1), Keys("1", "full"), 0),
        ("12#", Listen(4, terminator="#"), Keys("12", "terminator"), 0),
        ("#", Listen(4, terminator="#"), Keys("", "terminator"), 0),
        ("12", Listen(4, next_seconds=2.5), Keys("12", "timeout"), 2.5),
        ("1234", Listen(4, terminator="#"), Keys("1234", "full"), 0),
        ("12345", Listen(4), Keys("1234", "full"), 0),
        ("*#", Listen(2), Keys("*#", "full"), 0),
        ("wait", Listen(4, first_seconds=6), Keys("", "timeout"), 11),
        ("", Listen(4, first_seconds=6), Keys("", "timeout"), 11),
    ],
)
async def test_reading_keys(keys, listen, result, seconds):
    port, clock = simulated(keys)
    assert await port.read([HELLO, MORE], listen, place=HERE) == result
    assert clock.elapsed == seconds


async def test_playing_takes_the_length_of_the_prompts_and_no_action_unless_it_may_be_interrupted():
    port, clock = simulated("5,6")
    assert await port.play([HELLO, MORE], interruptible=False, early=False, place=HERE) == ""
    assert clock.elapsed == 5.0
    assert await port.play([HELLO], interruptible=True, early=False, place=HERE) == "5"
    assert clock.elapsed == 5.0
    assert (await port.read([], Listen(), place=HERE)).pressed == "6"


@pytest.mark.parametrize(
    ("party", "result", "seconds"),
    [
        ("answered:12", DialResult("answered", 16, 12.0, "anna"), 14),
        ("busy", DialResult("busy", 17), 2),
        ("rejected", DialResult("rejected", 21), 2),
        ("unreachable", DialResult("unreachable", 20), 0),
        ("failed", DialResult("failed", 38), 0),
        ("no_answer", DialResult("no_answer", 19), 20),
        ("", DialResult("answered", 16, 10.0, "anna"), 12),
    ],
)
async def test_dialling(party, result, seconds):
    port, clock = simulated(parties=party)
    assert await port.dial(ANNA, LegSounds(), place=HERE) == result
    assert clock.elapsed == seconds


async def test_whoever_would_answer_after_the_ringing_does_not_answer():
    port, clock = simulated(parties=(Party(ring_seconds=20.5),))
    assert await port.dial(ANNA, LegSounds(), place=HERE) == DialResult("no_answer", 19)
    assert clock.elapsed == 20


@pytest.mark.parametrize(("talk", "limited"), [(59.0, False), (60.0, True), (600.0, True)])
async def test_the_limit_cuts_a_conversation(talk, limited):
    port, clock = simulated(parties=(Party(talk_seconds=talk),))
    result = await port.dial(attrs.evolve(ANNA, limit_seconds=60), LegSounds(), place=HERE)
    assert (result.limit_reached, result.talk_seconds) == (limited, min(talk, 60.0))
    assert clock.elapsed == 2 + min(talk, 60.0)


async def test_a_caller_who_leaves_the_conversation_is_gone_with_what_is_known_of_the_leg():
    port, _ = simulated(parties=(Party(talk_seconds=8, caller_hangs_up=True),))
    with pytest.raises(CallEnded) as ended:
        await port.dial(ANNA, LegSounds(), place=HERE)
    assert ended.value.data == {"leg_status": "answered", "talk_seconds": 8, "answered_by": "anna"}
    with pytest.raises(CallEnded):
        await port.wait(1, place=HERE)


async def test_whoever_hung_up_can_do_nothing_more():
    port, clock = simulated("hangup,1")
    with pytest.raises(CallEnded):
        await port.read([HELLO], Listen(), place=HERE)
    for again in (
        port.answer(HERE),
        port.play([HELLO], interruptible=False, early=True, place=HERE),
        port.read([], Listen(), place=HERE),
        port.dial(ANNA, LegSounds(), place=HERE),
        port.wait(1, place=HERE),
        port.hang_up(16),
    ):
        with pytest.raises(CallEnded):
            await again
    assert (clock.elapsed, port.hung_up) == (0, None)


ASKS = attrs.evolve(ANNA, confirm="press-1", decline="3")
ASKED = LegSounds(confirm=HELLO)


@pytest.mark.parametrize(
    ("plan", "sounds", "status"),
    [
        (ASKS, ASKED, "declined_by_key"),
        (attrs.evolve(ASKS, decline=""), ASKED, "no_answer"),  # a key like any other
        (ANNA, LegSounds(), "answered"),  # nobody asks
    ],
)
async def test_whoever_declines_does_so_where_a_key_is_asked_for(plan, sounds, status):
    port, _ = simulated(parties=read_parties("declined_by_key"))
    assert (await port.dial(plan, sounds, place=HERE)).status == status


async def test_the_time_until_somebody_is_connected_passes_with_what_is_heard_before():
    port, clock = simulated(parties=read_parties("answered:5"))
    await port.dial(ASKS, LegSounds(confirm=HELLO, whisper=HELLO), place=HERE)
    assert clock.elapsed == 2 + 2 * HELLO.seconds + 5


async def test_whoever_is_rung_later_answers_later_or_not_at_all():
    both = attrs.evolve(ANNA, delays=(0, 10))
    port, clock = simulated(parties=read_parties("answered:5@bert"))
    assert (await port.dial(both, LegSounds(), place=HERE)).answered_by == "bert"
    assert clock.elapsed == 10 + 2 + 5
    port, _ = simulated(parties=read_parties("answered:5@bert"))
    late = attrs.evolve(both, delays=(0, both.ring_seconds - 1))
    assert (await port.dial(late, LegSounds(), place=HERE)).status == "no_answer"


async def test_phones_that_are_not_free():
    port = SimulatedPort(Script(phones={"anna": "engaged"}), SetClock(datetime(2026, 3, 2, tzinfo=UTC)))
    assert await port.phone_states(["anna", "bert"], place=HERE) == ("engaged", "free")
