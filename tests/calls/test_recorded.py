"""Recorded talks on real calls: both sides apart, and nothing of anybody who did not agree (S81, S82, SEC38)."""

from __future__ import annotations

import wave
from array import array

import pytest
from lab import FALLBACK_TONE, exits
from phones import TONES
from phones.tones import heard
from sqlalchemy import select

from switchhook.portal.media import media_files
from switchhook.store.tables_consent import consent
from switchhook.store.tables_media import media

from .flows import NUMBERS

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]
CALLER, AGENT = TONES[20], TONES[19]
WHOLE = 0.7
"""Seconds after which a prompt of this lab is over that was just heard to begin."""


async def asked(office, name: str, caller: str = "1", question: str = "choose"):
    """A caller who was asked and pressed, and speaks from then on; anna's phone rings."""
    call = await office.call(NUMBERS[name])
    if question:
        await call.wait_for_tone(office.tone(question))
        await call.listen(WHOLE)
        if caller:
            await call.press(caller)
    ringing = await office.anna.incoming(20)
    await ringing.answer(AGENT)
    await call.say(CALLER, again=True)
    return call, ringing


async def talk(office, name: str, call, taken):
    """They hear each other, and anna hangs up."""
    await call.wait_for_tone(AGENT, 15)
    await taken.wait_for_tone(CALLER)
    await call.listen(1.0)
    await taken.hang_up()
    await call.ended()
    return await office.course(NUMBERS[name])


async def rows(office, of, call: str):
    async with office.lab.store.read() as conn:
        return [dict(row) for row in (await conn.execute(select(of).where(of.c.call == call))).mappings()]


async def sides(office, call: str) -> list[set[int]]:
    """The tones in each channel of the recording of a call, once it is kept."""

    async def finished():
        found = await rows(office, media, call)
        return found[0] if found and found[0]["state"] == "kept" else None

    row = await office.lab.until(finished, "the recording to be kept", 20)
    with wave.open(str(media_files(office.lab.settings).sound(row["tenant"], row["id"]))) as file:
        count = file.getnchannels()
        samples = array("h", file.readframes(file.getnframes()))
    return [{one.freq for one in heard(samples[side::count].tobytes(), 8000, TONES)} for side in range(count)]


async def nothing_of(office, call: str) -> None:
    """No row, and not a byte on the disk that is not another recording's."""

    async def gone():
        return await rows(office, media, call) == []

    await office.lab.until(gone, "no recording of the call to be left")
    files = media_files(office.lab.settings)
    async with office.lab.store.read() as conn:
        known = set((await conn.execute(select(media.c.id))).scalars())
    on_disk = {path.name.partition(".")[0] for path in (*files.spool.iterdir(), *files.directory.glob("*/*"))}
    assert on_disk <= known


async def test_both_agree_and_each_side_is_recorded_apart_from_the_other(office):
    """S81: and who agreed stands in the ledger before."""
    call, taken = await asked(office, "recorded")
    await taken.wait_for_tone(office.tone("confirm"))
    await taken.listen(WHOLE)
    await taken.press("1")
    course = await talk(office, "recorded", call, taken)
    assert exits(course)[:2] == [("start", "on"), ("dial", "answered_end")]
    kinds = [event.kind for event in course.events]
    assert [kind for kind in kinds if kind.startswith(("consent", "recording"))] == [
        "consent.given", "consent.given", "recording.started",
    ]  # fmt: skip
    assert await sides(office, course.call.id) == [{AGENT}, {CALLER}]
    ledger, recording = await rows(office, consent, course.call.id), await rows(office, media, course.call.id)
    assert [(row["party"], row["verdict"], row["key"]) for row in ledger] == [
        ("caller", "granted", "1"), ("called", "granted", "1"),
    ]  # fmt: skip
    assert [row["who"] for row in ledger] == ["+491711234567", "anna"]
    assert all(row["at"] <= recording[0]["made"] for row in ledger)


async def test_a_caller_who_refuses_is_connected_and_nothing_is_written(office):
    """S82: whoever is called is not even asked."""
    call, taken = await asked(office, "recorded", "2")
    course = await talk(office, "recorded", call, taken)
    assert exits(course)[:2] == [("start", "refused"), ("dial", "answered_end")]
    assert office.tone("confirm") not in taken.tones()
    await nothing_of(office, course.call.id)


async def test_an_agent_who_refuses_is_connected_and_nothing_is_written(office):
    call, taken = await asked(office, "recorded")
    await taken.wait_for_tone(office.tone("confirm"))
    await taken.listen(WHOLE)
    await taken.press("2")
    course = await talk(office, "recorded", call, taken)
    assert "consent.refused" in [event.kind for event in course.events]
    await nothing_of(office, course.call.id)


async def test_whoever_leaves_during_the_question_agreed_to_nothing(office):
    """SEC38: a key pressed into it is no consent either."""
    call, taken = await asked(office, "recorded-long")
    await taken.wait_for_tone(office.tone("long"))
    await taken.press("1")
    await taken.listen(0.5)
    assert CALLER not in taken.tones(), "nobody is connected before the notice is over"
    await taken.hang_up()
    await call.ended()
    course = await office.course(NUMBERS["recorded-long"])
    assert exits(course)[1][0] == "dial"
    assert [row["party"] for row in await rows(office, consent, course.call.id)] == ["caller"]
    await nothing_of(office, course.call.id)


async def test_of_agents_alone_nothing_of_the_caller_is_on_the_disk(office):
    call, taken = await asked(office, "recorded-agent", question="")
    await taken.wait_for_tone(office.tone("confirm"))
    await taken.listen(WHOLE)
    await taken.press("1")
    course = await talk(office, "recorded-agent", call, taken)
    assert await sides(office, course.call.id) == [{AGENT}]


async def agrees_to(office, fault):
    """Anna agrees while the portal has the fault, and did so to nobody."""
    call, taken = await asked(office, "recorded")
    await taken.wait_for_tone(office.tone("confirm"))
    portal = office.lab.portals[-1]
    await fault(portal)
    await taken.listen(WHOLE)
    await taken.press("1")
    return call, taken, portal


async def test_a_portal_that_dies_while_the_agent_is_asked_means_not_recorded(office):
    """SEC38: the two are connected all the same."""
    call, taken, _ = await agrees_to(office, lambda portal: portal.kill())
    await call.wait_for_tone(AGENT, 15)
    await office.lab.portal()
    course = await talk(office, "recorded", call, taken)
    await nothing_of(office, course.call.id)


async def test_a_portal_that_hangs_costs_its_four_seconds_and_nothing_is_recorded(office):
    """SEC38: the leg ends, the number's own fallback answers."""

    async def pause(portal):
        portal.pause()

    call, taken, portal = await agrees_to(office, pause)
    await call.wait_for_tone(FALLBACK_TONE, 15)
    portal.go_on()
    await taken.ended()
    await call.ended()
    course = await office.course(NUMBERS["recorded"])
    await nothing_of(office, course.call.id)


async def test_a_portal_that_dies_while_they_talk_loses_nothing_of_the_recording(office):
    """REL17."""
    call, taken = await asked(office, "recorded")
    await taken.wait_for_tone(office.tone("confirm"))
    await taken.listen(WHOLE)
    await taken.press("1")
    await call.wait_for_tone(AGENT, 15)
    await office.lab.portals[-1].kill()
    await call.listen(0.5)
    await office.lab.portal()
    course = await talk(office, "recorded", call, taken)
    assert await sides(office, course.call.id) == [{AGENT}, {CALLER}]
    assert "recording.started" in [event.kind for event in course.events]
