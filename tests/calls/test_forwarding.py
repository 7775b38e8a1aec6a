"""Forwarding: every exit, who is rung, what is shown, on real calls (S79)."""

from __future__ import annotations

import asyncio

import pytest
from lab import FALLBACK_TONE, exits
from phones import TONES, tone_wav

from .conftest import LONG, OUTSIDE
from .flows import NUMBERS
from .paid import LIMIT, PAID, money, set_prices

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]
VOICE = TONES[20]
SECRET = "+4917612345678"


async def talk(office, name: str, phone, seconds: float = 1.0):
    call = await office.call(NUMBERS[name])
    taken = await phone.answers(after=0.3, say=VOICE)
    await call.wait_for_tone(VOICE)
    await asyncio.sleep(seconds)
    return call, taken


async def test_answered_and_ended_by_the_called_party(office):
    call, taken = await talk(office, "anna", office.anna)
    await taken.hang_up()
    await call.wait_for_tone(office.tone("bye"))
    await call.ended()
    course = await office.course(NUMBERS["anna"])
    assert exits(course)[0] == ("start", "answered_end")
    assert course.outcome == "human"
    (leg,) = course.legs
    assert (leg.target, leg.status) == ("anna", "answered")
    assert leg.talk_seconds == pytest.approx(taken.end.at - taken.answered_at, abs=0.5)


async def test_answered_and_ended_by_the_caller(office):
    call, taken = await talk(office, "anna", office.anna)
    await call.hang_up()
    await taken.ended()
    course = await office.course(NUMBERS["anna"])
    assert course.outcome == "human"
    assert [event.data["by"] for event in course.events if event.kind == "call.ended"] == ["caller"]
    (leg,) = course.legs
    assert leg.status == "answered"
    assert leg.talk_seconds == pytest.approx(taken.end.at - taken.answered_at, abs=0.5)


async def test_a_caller_who_leaves_while_it_rings(office):
    call = await office.call(NUMBERS["anna"])
    ringing = await office.anna.incoming()
    await call.hang_up()
    await ringing.ended()
    course = await office.course(NUMBERS["anna"])
    assert course.outcome == "abandoned_ring"
    assert [leg.status for leg in course.legs] == ["cancelled"]


async def test_a_phone_that_refuses(office):
    call = await office.call(NUMBERS["anna"])
    await office.anna.rejects()
    await call.wait_for_tone(office.tone("one"))
    await call.ended()
    course = await office.course(NUMBERS["anna"])
    assert (exits(course)[0], course.outcome) == (("start", "busy"), "busy")


@pytest.mark.parametrize(
    ("name", "way", "tone", "outcome"),
    [
        ("busy", "busy", "one", "busy"),
        ("rejects", "rejected", "wrong", "rejected"),
        ("unknown", "unreachable", "sorry", "failed"),
        ("gone", "no_answer", "two", "no_answer"),
        ("rings", "no_answer", "two", "no_answer"),
        ("silent", "no_answer", "two", "no_answer"),
        ("nobody", "unreachable", "sorry", "failed"),
    ],
)
async def test_legs_that_come_to_nothing(office, name, way, tone, outcome):
    call = await office.call(NUMBERS[name])
    await call.wait_for_tone(office.tone(tone), deadline=15)
    await call.ended()
    course = await office.course(NUMBERS[name])
    assert exits(course)[0] == ("start", way)
    assert course.outcome == outcome


async def test_the_limit_is_held(office):
    call, taken = await talk(office, "limited", office.anna, 0)
    await taken.ended(deadline=10)
    await call.wait_for_tone(office.tone("ext"), deadline=10)
    await call.ended()
    course = await office.course(NUMBERS["limited"])
    assert exits(course)[0] == ("start", "limit")
    assert 2.5 < course.legs[0].talk_seconds < 5


async def test_all_ring_and_one_takes_it(office):
    call = await office.call(NUMBERS["both"])
    first = await office.anna.incoming()
    taken = await office.berta.answers(say=VOICE)
    await call.wait_for_tone(VOICE)
    assert (await first.ended()).by == "them"
    await taken.hang_up()
    await call.ended()
    course = await office.course(NUMBERS["both"])
    assert [event.data["answered_by"] for event in course.events if event.kind == "leg.ended"] == ["berta"]


async def test_one_after_the_other(office):
    call = await office.call(NUMBERS["serial"])
    await office.anna.incoming()
    taken = await office.berta.answers(say=VOICE)
    await call.wait_for_tone(VOICE)
    await taken.hang_up()
    await call.ended()
    course = await office.course(NUMBERS["serial"])
    assert [(leg.target, leg.status) for leg in course.legs] == [("anna", "no_answer"), ("berta", "answered")]
    assert exits(course)[0] == ("start", "answered_end")


async def test_only_the_key_one_takes_a_call_that_must_be_confirmed(office):
    call = await office.call(NUMBERS["confirmed"])
    taken = await office.anna.answers(say=VOICE)
    await taken.wait_for_tone(office.tone("confirm"))
    assert VOICE not in call.tones()
    await taken.press("1")
    await call.wait_for_tone(VOICE)
    await taken.hang_up()
    await call.ended()
    course = await office.course(NUMBERS["confirmed"])
    assert (exits(course)[0], course.outcome) == (("start", "answered_end"), "human")


DIAL_TONE = 425
SPOILT = {
    "nowhere": None,  # there is no such prompt
    "removed": lambda sound: sound.unlink(missing_ok=True),
    "garbled": lambda sound: sound.write_bytes(b"no sound at all"),
    "hushed": lambda sound: tone_wav(0, 0, sound),
}
"""Prompts without a sound, which they lose with the portal running."""


async def taken_without_a_sound(office, prompt: str):
    if spoil := SPOILT[prompt]:
        spoil(office.lab.settings.data_dir / "sounds" / "en" / f"{prompt}.wav")
    call = await office.call(NUMBERS[f"confirm-{prompt}"])
    taken = await office.anna.answers(say=VOICE)
    if prompt != "hushed":
        await office.lab.until(lambda: DIAL_TONE in taken.tones([DIAL_TONE]), "the dial tone")
    return call, taken


@pytest.mark.parametrize("prompt", SPOILT)
async def test_the_key_is_asked_for_without_a_sound_as_well(office, prompt):
    call, taken = await taken_without_a_sound(office, prompt)
    await call.listen(2)
    assert VOICE not in call.tones()
    await taken.press("1")
    await call.wait_for_tone(VOICE)
    await taken.hang_up()
    await call.ended()
    course = await office.course(NUMBERS[f"confirm-{prompt}"])
    assert (exits(course)[0], course.outcome) == (("start", "answered_end"), "human")


@pytest.mark.parametrize("prompt", SPOILT)
async def test_without_a_sound_nobody_is_connected_who_presses_nothing(office, prompt):
    call, taken = await taken_without_a_sound(office, prompt)
    await call.wait_for_tone(office.tone("two"), deadline=25)
    await call.ended()
    assert VOICE not in call.tones()
    assert (await taken.ended()).by == "them"
    course = await office.course(NUMBERS[f"confirm-{prompt}"])
    assert (exits(course)[0], course.outcome) == (("start", "no_answer"), "no_answer")


@pytest.mark.parametrize(("name", "shown"), [("talks", OUTSIDE), ("given", "+4922155500"), ("anonymous", "anonymous")])
async def test_the_carrier_sees_one_invite_to_the_number_and_the_number_chosen(office, name, shown):
    before = len(office.carrier.invites())
    call = await office.call(NUMBERS[name])
    await call.answered()
    await office.lab.until(lambda: len(office.carrier.invites()) > before, "the INVITE at the carrier")
    await asyncio.sleep(1)
    await call.hang_up()
    await office.course(NUMBERS[name])
    (invite,) = office.carrier.invites()[before:]
    assert invite.number == "+4922190007"
    assert shown in invite.header("From")
    if name == "anonymous":
        assert OUTSIDE not in invite.header("From")


async def test_whoever_does_not_press_one_is_never_connected(office):
    call = await office.call(NUMBERS["confirmed"])
    taken = await office.anna.answers(say=VOICE)
    await taken.wait_for_tone(office.tone("confirm"))
    await taken.press("2")
    await call.wait_for_tone(office.tone("two"), deadline=20)
    await call.ended()
    assert VOICE not in call.tones()
    assert (await taken.ended()).by == "them"
    course = await office.course(NUMBERS["confirmed"])
    assert (exits(course)[0], course.outcome) == (("start", "no_answer"), "no_answer")
    assert [(leg.status, leg.talk_seconds) for leg in course.legs] == [("no_answer", 0.0)]


async def test_a_caller_who_leaves_ends_the_question_at_once(office):
    call = await office.call(NUMBERS["confirm-long"])
    taken = await office.anna.answers()
    await taken.wait_for_tone(office.tone("long"))
    await call.hang_up()
    await taken.ended()
    assert taken.heard()[0].seconds < LONG - 1
    course = await office.course(NUMBERS["confirm-long"])
    assert ([leg.status for leg in course.legs], course.outcome) == (["cancelled"], "abandoned_ring")


@pytest.mark.parametrize(("key", "way"), [("1", "answered_end"), ("5", "no_answer")])
async def test_a_key_counts_while_the_prompt_is_played(office, key, way):
    call = await office.call(NUMBERS["confirm-long"])
    taken = await office.anna.answers(say=VOICE)
    await taken.wait_for_tone(office.tone("long"))
    await taken.press(key)
    if key == "1":
        await call.wait_for_tone(VOICE)
        await taken.hang_up()
    await call.ended()
    assert (VOICE in call.tones()) == (key == "1")
    assert taken.heard()[0].seconds < LONG - 1  # the key ended it
    assert exits(await office.course(NUMBERS["confirm-long"]))[0] == ("start", way)


async def test_who_hangs_up_during_the_prompt_did_not_answer(office):
    call = await office.call(NUMBERS["confirm-long"])
    taken = await office.anna.answers()
    await taken.wait_for_tone(office.tone("long"))
    await taken.hang_up()
    await call.wait_for_tone(office.tone("two"))
    await call.ended()
    course = await office.course(NUMBERS["confirm-long"])
    assert (exits(course)[0], course.outcome) == (("start", "no_answer"), "no_answer")


async def test_a_refusal_of_a_leg_that_is_to_be_confirmed_is_told(office):
    call = await office.call(NUMBERS["confirmed"])
    await office.anna.rejects()
    await call.ended()
    assert exits(await office.course(NUMBERS["confirmed"]))[0] == ("start", "busy")


async def test_a_number_that_nobody_permits_is_not_dialled(office):
    """SEC25, SEC28: its course says why."""
    call = await office.call(NUMBERS["dear"])
    await call.wait_for_tone(office.tone("wrong"))
    await call.ended()
    course = await office.course(NUMBERS["dear"])
    (refused,) = (event.data for event in course.events if event.kind == "leg.refused")
    assert refused["why"] == "no permission covers calls to DE: Premium and directory enquiries"
    assert exits(course)[0] == ("start", "rejected")
    assert course.legs == ()


async def test_a_caller_who_leaves_while_the_second_one_rings(office):
    call = await office.call(NUMBERS["serial"])
    await (await office.anna.incoming()).reject()
    second = await office.berta.incoming()
    await call.hang_up()
    await second.ended()
    course = await office.course(NUMBERS["serial"])
    assert course.outcome == "abandoned_ring"
    assert [(leg.target, leg.status) for leg in course.legs] == [("anna", "busy"), ("berta", "cancelled")]


async def test_a_suppressed_number_is_shown_to_no_phone_and_in_no_address_at_the_carrier(office):
    hidden = {"number": "anonymous", "headers": {"P-Asserted-Identity": f"<sip:{SECRET}@x>", "Privacy": "id"}}
    before = len(office.carrier.invites())
    calls = [await office.call(NUMBERS["anna"], **hidden), await office.call(NUMBERS["talks"], **hidden)]
    ringing = await office.anna.incoming()
    assert not [value for value in ringing.headers.values() if SECRET.removeprefix("+49") in value]
    (invite,) = (await office.carrier.called(before + 1))[before:]
    for header in ("From", "Contact", "Remote-Party-ID"):
        assert SECRET.removeprefix("+49") not in invite.header(header)
    for call in calls:
        await call.hang_up()
    courses = [await office.course(NUMBERS[name]) for name in ("anna", "talks")]
    assert [course.call.caller.number for course in courses] == ["", ""]


async def test_a_phone_of_the_house_calls_and_is_connected(office):
    call = await office.berta.call(office.lab.sip(NUMBERS["anna"]))
    office.made[NUMBERS["anna"]] += 1
    taken = await office.anna.answers(say=VOICE)
    await call.wait_for_tone(VOICE)
    await taken.hang_up()
    await call.ended()
    course = await office.course(NUMBERS["anna"])
    assert (course.call.origin, course.call.caller.kind, course.outcome) == ("phone", "internal", "human")


async def test_asterisk_ends_a_call_with_its_money_while_no_portal_is_there_and_it_is_charged_once(office):
    """SEC27 with the portal killed; SEC26 and SEC28 at the trunk: what there is no money for sends no INVITE."""
    lab = office.lab
    await set_prices(lab.store)
    call = await office.call(NUMBERS["paid"])
    await lab.until(lambda: [one for one in dialled(office) if one.answered_at], "the carrier's answer")
    second = await office.call(NUMBERS["paid"])
    await second.wait_for_tone(office.tone("wrong"))
    cent = 10_000
    assert await money(lab.store) == (LIMIT * cent, 0, [])
    await lab.portals[-1].kill()
    await call.wait_for_tone(FALLBACK_TONE, deadline=15)
    await call.hang_up()
    (leg,) = dialled(office)
    assert (leg.ended_by, leg.ended_at - leg.answered_at) == ("them", pytest.approx(LIMIT, abs=1))
    assert await money(lab.store) == (LIMIT * cent, 0, []), "nobody is there to release it"
    await lab.portal()

    async def settled():
        return await money(lab.store) == (0, LIMIT * cent, [LIMIT * cent])

    await lab.until(settled, "the charge by Asterisk's own record", 20)


def dialled(office):
    return [one for one in office.carrier.results() if one.number == PAID]
