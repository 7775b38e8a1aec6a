"""In-call keys on real calls: transfer by speed dial, back again, and the caller's own keys (S77, S78; T07, I20)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lab import PASSWORD, Lab, apply, exits, public_home, trace
from phones import CALLERS, TONES, Carrier, Desk, Phones, Refuse

from switchhook.testing import call as try_call
from switchhook_transfer.speed_dial import SpeedDial, SpeedDialList
from switchhook_transfer.transfer import TransferKey

from .conftest import BUSY, Office
from .flows import forward

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]
VOICE, OTHER, THIRD = TONES[20], TONES[21], TONES[22]
PROMPTS = ["moment", "failed", "wrong", "bye", "one", "two", "sorry", "ext", "silent", "ask"]
BASE = "+492215556"
FLOWS = {
    f"{BASE}1": forward("plain", "anna", "ring: 8"),
    f"{BASE}2": forward("asked", "anna", "ring: 8, confirm: ask"),
    f"{BASE}3": forward("off", "anna", "ring: 8, in_call: false"),
}
PLAIN, ASKED, OFF = FLOWS
KEPT = f"""\
speed-dial-list:
  office:
    name: Office
    entries:
    - {{short: "07", name: Berta, target: berta}}
    - {{short: "08", name: Busy, target: "{BUSY}"}}
transfer-key:
  transfer: {{name: Transfer, speed_dials: office, intro: moment, unknown: wrong, failed: failed, ring: 8}}
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def office(desk: Desk) -> AsyncIterator[Office]:
    with public_home() as home:
        carrier = Carrier(home / "carrier", numbers={BUSY: Refuse(486)})
        async with carrier, Phones(desk) as phones:
            port = int(carrier.where.rpartition(":")[2])
            matches = [desk.where, CALLERS]
            lab = await Lab.make(home, FLOWS, PROMPTS, trunk_port=port, trunk_matches=matches, seconds=0.3)
            async with lab:
                await apply(lab, KEPT)
                await lab.portal()
                anna = await phones.register("anna", PASSWORD, lab.where)
                berta = await phones.register("berta", PASSWORD, lab.where)
                yield Office(lab, phones, carrier, anna, berta)


async def talk(office: Office, number: str):
    """A caller who talks with anna: both calls."""
    call = await office.call(number)
    taken = await office.anna.incoming()
    await taken.answer()
    if number == ASKED:
        await taken.wait_for_tone(office.tone("ask"))
        await taken.press("1")
    await taken.say(VOICE)
    await call.wait_for_tone(VOICE)
    return call, taken


async def simulated(parties: str) -> list[str]:
    """The trace of the same call in the simulator."""
    entries = [SpeedDial(short="07", name="Berta", target="berta"), SpeedDial(short="08", name="Busy", target=BUSY)]
    prompts = {"intro": "moment", "unknown": "wrong", "failed": "failed"}
    kept = {
        "office": SpeedDialList(name="Office", entries=tuple(entries)),
        "transfer": TransferKey(name="Transfer", speed_dials="office", ring=8, **prompts),
    }
    return trace(await try_call(FLOWS[PLAIN], parties=parties, resources=kept, number=PLAIN))


@pytest.mark.parametrize("number", [PLAIN, ASKED])
async def test_code_and_short_number_lead_the_caller_to_the_target_and_let_the_served_party_go(office, number):
    call, taken = await talk(office, number)
    await taken.press("*207")
    await call.wait_for_tone(office.tone("moment"))
    target = await office.berta.answers(say=OTHER)
    await call.wait_for_tone(OTHER)
    await taken.ended()
    await call.say(THIRD)
    await target.wait_for_tone(THIRD)
    await target.hang_up()
    await call.wait_for_tone(office.tone("bye"))
    await call.ended()
    course = await office.course(number)
    legs = [event.data for event in course.events if event.kind == "leg.ended"]
    assert [leg["answered_by"] for leg in legs] == ["berta", "anna"]
    assert exits(course)[0] == ("start", "answered_end")
    if number == PLAIN:  # whoever confirms a call does so before the talk, which a trial does not show
        assert trace(course) == await simulated("answered:5/2:*207,answered:2")


async def test_who_is_busy_gives_the_caller_back_and_the_callers_own_keys_do_nothing(office):
    call, taken = await talk(office, PLAIN)
    await call.press("*207")
    await taken.hears_keys("*207")
    await taken.press("*208")
    await taken.wait_for_tone(office.tone("failed"))
    await call.say(THIRD)
    await taken.wait_for_tone(THIRD)
    await taken.say(OTHER)
    await call.wait_for_tone(OTHER)
    await taken.hang_up()
    await call.ended()
    course = await office.course(PLAIN)
    keys = [event.data for event in course.events if event.kind == "in_call.key"]
    assert keys == [{"feature": "transfer-key/transfer", "keys": "08"}]
    assert trace(course) == await simulated("answered:5/2:*208,busy")


@pytest.mark.parametrize("how", ["killed", "hung"])
async def test_without_a_portal_a_code_does_nothing_and_the_next_portal_takes_the_call_up(office, how):
    call, taken = await talk(office, PLAIN)
    portal = office.lab.portals[-1]
    if how == "killed":
        await portal.kill()
    else:
        portal.pause()
    await taken.press("*207")
    await call.say(THIRD, again=True)
    await taken.wait_for_tone(THIRD, deadline=8)
    if how == "killed":
        await office.lab.portal()
    else:
        portal.go_on()
    await taken.press("*207")
    target = await office.berta.answers(say=OTHER, deadline=15)
    await call.wait_for_tone(OTHER)
    await taken.ended()
    await target.hang_up()
    await call.ended()
    course = await office.course(PLAIN)
    assert [event.data["answered_by"] for event in course.events if event.kind == "leg.ended"] == ["berta", "anna"]
    assert exits(course)[0] == ("start", "answered_end")
