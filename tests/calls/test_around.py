"""What is heard around a conversation, by whom, and who rings when: on real calls (S35; M14, M15)."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lab import PASSWORD, Lab, apply, exits, public_home
from phones import TONES, Desk, Phones, tone_wav

from switchhook.asterisk.music import music_class

from .conftest import CALLERS, Carrier, Office
from .flows import flow, forward, point

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]
SECONDS = 0.5
VOICE, OTHER = TONES[20], TONES[21]
RINGING = 425
PROMPTS = ["intro", "wait", "outro", "whisper", "ask", "bye", "one", "two", "sorry", "wrong", "ext", "silent"]
FRESH = TONES[len(PROMPTS)]
ROLES = "ring: 8, intro: intro, waiting: wait, outro: outro, whisper: whisper"
GROUP_EXITS = (
    "answered_end: end-bye, busy: end-wrong, no_answer: end-two, unreachable: end-sorry, rejected: end-wrong, "
    "declined_by_key: end-one, all_busy: end-ext, nobody_available: end-silent"
)
GROUPS = """\
ring-group:
  waves:
    name: Waves
    strategy: waves
    ring: 12
    members: [{target: anna}, {target: berta, delay: 3}]
  all:
    name: All
    ring: 12
    members: [{target: anna}, {target: berta}]
"""


def group(name: str, settings: str = "confirm: ask, decline: '2'") -> str:
    return flow(f"group-{name}", point("ring-group", f"group: {name}, {settings}", GROUP_EXITS))


BASE = "+492215553"
FLOWS = {
    f"{BASE}1": forward("roles", "anna", ROLES),
    f"{BASE}2": group("waves", "decline: ''").replace(", declined_by_key: end-one", ""),
    f"{BASE}3": group("all"),
    f"{BASE}4": forward("fresh", "anna", "ring: 8, waiting: fresh"),
}
ROLES_AT, WAVES_AT, ALL_AT, FRESH_AT = FLOWS


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def office(desk: Desk) -> AsyncIterator[Office]:
    with public_home() as home:
        carrier = Carrier(home / "carrier", numbers={})
        async with carrier, Phones(desk) as phones:
            port = int(carrier.where.rpartition(":")[2])
            matches = [desk.where, CALLERS]
            lab = await Lab.make(home, FLOWS, PROMPTS, trunk_port=port, trunk_matches=matches, seconds=SECONDS)
            async with lab:
                await apply(lab, GROUPS)
                await lab.portal()
                anna = await phones.register("anna", PASSWORD, lab.where)
                berta = await phones.register("berta", PASSWORD, lab.where)
                yield Office(lab, phones, carrier, anna, berta)


async def test_one_call_walks_intro_waiting_and_outro_and_only_the_called_side_hears_the_whisper(office):
    call = await office.call(ROLES_AT)
    again = 2.5 * SECONDS
    await office.lab.until(lambda: [one for one in call.heard() if one.seconds > again], "the prompt again and again")
    taken = await office.anna.answers(say=VOICE)
    await taken.wait_for_tone(office.tone("whisper"))
    await call.wait_for_tone(VOICE)
    await call.say(OTHER)
    await taken.wait_for_tone(OTHER)
    await taken.hang_up()
    await call.wait_for_tone(office.tone("outro"))
    await call.ended()
    order = [one for one, _ in itertools.groupby(call.tones())]
    assert order == [office.tone(one) for one in ("intro", "wait")] + [VOICE, office.tone("outro"), office.tone("bye")]
    assert taken.tones()[:2] == [office.tone("whisper"), OTHER]
    course = await office.course(ROLES_AT)
    assert (exits(course)[0], course.outcome) == (("start", "answered_end"), "human")


async def test_the_second_wave_rings_later_and_may_take_the_call(office):
    call = await office.call(WAVES_AT)
    first = await office.anna.incoming()
    began = asyncio.get_running_loop().time()
    second = await office.berta.incoming(deadline=10)
    assert asyncio.get_running_loop().time() - began > 1.5
    await second.answer(VOICE)
    await call.wait_for_tone(VOICE)
    await first.ended()
    await second.hang_up()
    await call.ended()
    course = await office.course(WAVES_AT)
    assert [event.data["answered_by"] for event in course.events if event.kind == "leg.ended"] == ["berta"]


async def test_who_declines_leaves_it_to_the_others_who_go_on_ringing(office):
    call = await office.call(ALL_AT)
    refuses = await office.anna.answers()
    await refuses.wait_for_tone(office.tone("ask"))
    await refuses.press("2")
    await refuses.ended()
    taken = await office.berta.answers(say=VOICE)  # still rings
    await taken.wait_for_tone(office.tone("ask"))
    await taken.press("1")
    await call.wait_for_tone(VOICE)
    await call.hang_up()
    await taken.ended()
    assert (await office.course(ALL_AT)).outcome == "human"


async def test_when_all_who_answer_decline_the_call_was_declined_by_key(office):
    call = await office.call(ALL_AT)
    berta = await office.berta.incoming()
    await berta.reject()
    taken = await office.anna.answers()
    await taken.wait_for_tone(office.tone("ask"))
    await taken.press("2")
    await call.wait_for_tone(office.tone("one"))
    await call.ended()
    course = await office.course(ALL_AT)
    assert (exits(course)[0], course.outcome) == (("start", "declined_by_key"), "rejected")


async def test_who_is_on_the_phone_is_left_out_of_a_group(office):
    busy = await office.call(ROLES_AT)
    talking = await office.anna.answers(say=VOICE)
    await busy.wait_for_tone(VOICE)
    call = await office.call(WAVES_AT)
    second = await office.berta.incoming()  # at once: nobody is to wait for the first wave
    await call.hang_up()
    await second.ended()
    await talking.hang_up()
    await busy.ended()
    course = await office.course(WAVES_AT)
    assert [leg.target for leg in course.legs] == ["berta"]


async def test_a_new_sound_is_waited_by_and_one_asterisk_does_not_know_is_the_ringing_tone(office):
    sounds = office.lab.settings.data_dir / "sounds" / "en"
    tone_wav(FRESH, SECONDS, sounds / "fresh.wav")
    name = music_class(str((sounds / "fresh").resolve()))

    async def known() -> bool:
        return name in await office.lab.asterisk.command("moh show classes")

    await office.lab.until(known, "the class of the new sound", 15)
    told = "there are other sounds than before"  # by the worker, and by the administration
    await office.lab.until(lambda: office.lab.logged().count(told) >= 2, "all to know of the new sound")
    call = await office.call(FRESH_AT)
    await call.wait_for_tone(FRESH, deadline=8)
    await call.hang_up()
    conf = office.lab.settings.data_dir / "asterisk" / "conf" / "current" / "musiconhold.conf"
    conf.write_text(conf.read_text().replace(name, f"{name}x"))
    await office.lab.asterisk.command("moh reload")
    call = await office.call(FRESH_AT)
    await office.lab.until(lambda: RINGING in call.tones([RINGING]), "the ringing tone")
    await call.hang_up()
