"""E08, S28: a prompt about bad weather is recorded and switched on by telephone, callers hear it, next morning it is off."""

from __future__ import annotations

import array
import asyncio
import re
from datetime import UTC, datetime

import pytest
from lab import PASSWORD, exits, public_home
from phones import RATE, TONES, Desk, Phone, PhoneCall, tone
from playwright.async_api import Page, expect
from sqlalchemy import select

from switchhook.store.tables import kept

from .house import House, house, menu, sign_in

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio, pytest.mark.timeout(180)]

LINE, RECORD, CHANGE = "+4922155501", "*71", "*72"
CALLER, PIN = "+4930123456", "2807"
DRAFT, STORM = TONES[20], TONES[21]
EVENING, MORNING = datetime(2026, 3, 3, 17, tzinfo=UTC), datetime(2026, 3, 4, 7, 1, tzinfo=UTC)
"""18:00 on a Tuesday in Berlin, and 08:01 on the day after."""
SAID = "Please call again tomorrow morning."
PROMPTS = (
    *(
        "welcome",
        "normal",
        "storm",
        "switch/pin",
        "switch/confirm",
        "switch/enter-time",
        "switch/changed",
        "stock/beep",
    ),
    *(f"stock/announcement-{name}" for name in ("pin", "record", "review", "saved")),
)
FLOWS = {
    LINE: f"""flow: line
label: Line
language: en
start: weather
points:
  weather:
    {{module: switch, settings: {{switch: weather, states: [normal, storm]}}, exits: {{"state:normal": open, "state:storm": storm}}}}
  open: {{module: announcement, settings: {{prompts: [welcome]}}, exits: {{next: hang-up}}}}
  storm: {{module: announcement, settings: {{prompts: [own/storm]}}, exits: {{next: advice}}}}
  advice: {{module: say, settings: {{text: "{SAID}", within: 20}}, exits: {{next: hang-up, failed: hang-up}}}}
""",
    RECORD: """flow: record
label: Record
language: en
start: record
points:
  record: {module: record-announcement, settings: {access: team}, exits: {saved: hang-up, cancelled: hang-up}}
""",
    CHANGE: """flow: change
label: Change
language: en
start: change
points:
  change: {module: change-routing, settings: {switch: weather}, exits: {changed: hang-up, cancelled: hang-up, denied: hang-up}}
""",
}
KEPT = f"""announcement:
  storm: {{name: Storm, language: en}}
announcement-access:
  team: {{name: Team, pin: "{PIN}", announcements: [storm]}}
switch:
  weather:
    name: Weather
    pin: "{PIN}"
    pin_label: Kim
    states: [{{name: normal, prompt: normal}}, {{name: storm, prompt: storm}}]
"""


async def test_bad_weather_is_announced_by_telephone_and_forgotten_in_the_morning(desk: Desk) -> None:
    with public_home() as home:
        async with house(home, desk, flows=FLOWS, prompts=PROMPTS, kept=KEPT, at=EVENING, seconds=0.3) as here:
            anna, page = await asyncio.gather(here.phones.register("anna", PASSWORD, here.lab.where), here.operator())
            await whoever_hangs_up_while_recording_leaves_a_draft(here, anna)
            await it_is_recorded_heard_and_accepted(here, anna)
            await both_lie_in_the_library_and_can_be_played(page)
            await callers_hear_the_usual(here)
            await it_is_switched_on_until_the_morning(here, anna)
            await every_page_says_so(page)
            await callers_hear_of_the_storm(here)
            assert here.complaints == []
            here.set_clock(MORNING)
            await callers_hear_the_usual(here)
            await the_switch_has_gone_back_by_itself(here, page)


async def begins_to_record(here: House, anna: Phone, what: int) -> PhoneCall:
    call = await anna.call(here.lab.sip(RECORD))
    await call.wait_for_tone(here.lab.tones["stock/announcement-pin"], 15)
    await call.press(f"{PIN}#")
    await call.wait_for_tone(here.lab.tones["stock/beep"], 15)
    await call.listen(0.5)
    await call.say(tone(what, 2.0))
    await call.listen(1.5)
    return call


async def whoever_hangs_up_while_recording_leaves_a_draft(here: House, anna: Phone) -> None:
    call = await begins_to_record(here, anna, DRAFT)
    await call.hang_up()


async def it_is_recorded_heard_and_accepted(here: House, anna: Phone) -> None:
    call = await begins_to_record(here, anna, STORM)
    await call.press("#")
    await call.wait_for_tone(here.lab.tones["stock/announcement-review"], 15)
    await call.press("1")
    await call.wait_for_tone(STORM, 15)
    await call.wait_for_tone(here.lab.tones["stock/announcement-review"], 15, times=2)
    await call.press("2")
    await call.wait_for_tone(here.lab.tones["stock/announcement-saved"], 15)
    await call.ended()

    async def accepted() -> bool:
        query = select(kept.c.document).where(kept.c.kind == "announcement", kept.c.id == "storm")
        async with here.lab.store.read() as conn:
            return bool((await conn.execute(query)).scalar_one().get("current"))

    await here.lab.until(accepted, "the version that callers hear")


async def both_lie_in_the_library_and_can_be_played(page: Page) -> None:
    await page.goto("/t/acme")
    await menu(page, "Announcements")
    await page.get_by_role("link", name="Storm", exact=True).click()
    versions = page.locator("sound-player")
    await expect(versions).to_have_count(2)
    await expect(page.get_by_text("Callers hear it", exact=True)).to_have_count(1)
    await expect(page.get_by_text("recorded by telephone, Team")).to_have_count(2)
    for player in (versions.nth(0), versions.nth(1)):
        await player.get_by_role("button", name="Play").click()
        await page.wait_for_function("one => one.currentTime > 0.2", arg=await player.locator("audio").element_handle())


async def callers_hear_the_usual(here: House) -> None:
    call = await here.phones.call(here.lab.sip(LINE), number=CALLER)
    await call.wait_for_tone(here.lab.tones["welcome"], 15)
    await call.ended()


async def it_is_switched_on_until_the_morning(here: House, anna: Phone) -> None:
    call = await anna.call(here.lab.sip(CHANGE))
    await call.wait_for_tone(here.lab.tones["switch/pin"], 15)
    await call.press(f"{PIN}#")
    await call.wait_for_tone(here.lab.tones["normal"], 15)
    await call.press("2")
    await call.wait_for_tone(here.lab.tones["switch/confirm"], 15)
    await call.press("2")
    await call.wait_for_tone(here.lab.tones["switch/enter-time"], 15)
    await call.press("0800")
    await call.wait_for_tone(here.lab.tones["switch/confirm"], 15, times=2)
    await call.press("1")
    await call.wait_for_tone(here.lab.tones["switch/changed"], 15)
    await call.ended()


async def every_page_says_so(page: Page) -> None:
    await menu(page, "Hours & switches")
    await expect(page.locator("main")).to_contain_text("until 4 Mar 2026 08:00")
    said = re.compile(r"Weather: storm, until 4 Mar 2026 08:00, set by .*Kim")
    await expect(page.get_by_role("status").get_by_role("link", name=said)).to_be_visible()


async def callers_hear_of_the_storm(here: House) -> None:
    """What was recorded, and then a voice: the first caller waits for it, later ones hear the same sound again."""
    first = await here.phones.call(here.lab.sip(LINE), number=CALLER)
    await first.ended(40)
    later = [await here.phones.call(here.lab.sip(LINE), number=f"{CALLER}{n}") for n in range(2)]
    for call in (first, *later):
        await call.ended(40)
        storm = [one for one in call.heard() if one.freq == STORM]  # several where a packet came late
        assert call.tones()[0] == STORM
        assert sum(one.seconds for one in storm) > 0.8, call
        assert 1 < loud(call.recorded[int((storm[-1].start + storm[-1].seconds) * RATE) * 2 :]) < 4, call
    way = [("weather", "state:storm"), ("storm", "next"), ("advice", "next")]

    async def written() -> bool:
        return [exits(one) for one in (await here.lab.ended(6))[-3:]] == [way] * 3

    await here.lab.until(written, "the courses of the three calls")


async def the_switch_has_gone_back_by_itself(here: House, page: Page) -> None:
    """Over night the browser was signed out."""
    await page.reload()
    await sign_in(page, "olga")
    await expect(page.get_by_role("heading", name="Weather")).to_contain_text("normal")
    await expect(page.get_by_text("Weather: storm")).to_have_count(0)


def loud(pcm: bytes) -> float:
    """The seconds in which there is sound."""
    samples = array.array("h", pcm)
    frames = [samples[start : start + 200] for start in range(0, len(samples), 200)]
    return sum(sum(one * one for one in frame) / len(frame) > 100**2 for frame in frames) * 200 / RATE
