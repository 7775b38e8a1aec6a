"""A switch that is changed by telephone leads the next call another way (S76, M05, M29); a calendar decides (M04)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lab import PASSWORD, Lab, exits, public_home
from phones import CALLERS, Carrier, Desk, Phones

from .conftest import Office
from .flows import flow, point
from .test_around import apply

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

LINE, CHANGE, KEY = "+492215554", "+492215555", "+492215556"
PROMPTS = [
    "one", "two", "ext", "wrong", "silent", "sorry", "bye", "normal", "night", "switch/pin", "switch/confirm", "switch/changed",
]  # fmt: skip
FLOWS = {
    LINE: flow(
        "line",
        point("switch", "switch: office", "'state:normal': hours, 'state:closed': end-two")
        + point("hours", "calendar: always", "open: end-one, closed: end-wrong, holiday: end-wrong", "hours"),
    ),
    CHANGE: flow(
        "change",
        point("change-routing", "switch: office, wait: 3", "changed: end-bye, cancelled: end-sorry, denied: end-wrong"),
    ),
    KEY: flow("key", point("set-switch", "switch: office", "usual: end-one, overridden: end-two")),
}
KEPT = """\
calendar:
  always:
    name: Always
    region: ""
    weekly: [{days: daily, start: "00:00", end: "24:00"}]
switch:
  office:
    name: Office
    pin: "4711"
    pin_label: Kim
    states: [{name: normal, prompt: normal}, {name: closed, prompt: night}]
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def office(desk: Desk) -> AsyncIterator[Office]:
    with public_home() as home:
        carrier = Carrier(home / "carrier", numbers={})
        async with carrier, Phones(desk) as phones:
            port = int(carrier.where.rpartition(":")[2])
            lab = await Lab.make(
                home, FLOWS, PROMPTS, trunk_port=port, trunk_matches=[desk.where, CALLERS], seconds=0.3
            )
            async with lab:
                await apply(lab, KEPT)
                await lab.portal()
                anna = await phones.register("anna", PASSWORD, lab.where)
                yield Office(lab, phones, carrier, anna, anna)


async def leads_to(office: Office, prompt: str) -> None:
    call = await office.call(LINE)
    await call.wait_for_tone(office.tone(prompt), 10)
    await call.ended()


async def test_a_caller_with_the_pin_closes_and_the_next_call_goes_the_other_way(office):
    await leads_to(office, "one")
    call = await office.call(CHANGE)
    await call.wait_for_tone(office.tone("switch/pin"), 10)
    await call.press("4711#")
    await call.wait_for_tone(office.tone("normal"), 10)
    await call.press("2")
    await call.wait_for_tone(office.tone("switch/confirm"), 10)
    await call.press("1")
    await call.wait_for_tone(office.tone("bye"), 10)
    await call.ended()
    await leads_to(office, "two")
    course = await office.course(CHANGE)
    assert exits(course)[0] == ("start", "changed")
    assert "4711" not in str(course)
    changed = next(event.data for event in course.events if event.kind == "resource.changed")
    assert (changed["id"], changed["by"]) == ("office", "Kim")
    key = await office.call(KEY)
    await key.wait_for_tone(office.tone("one"), 10)  # turned back
    await key.ended()
    await leads_to(office, "one")
