"""E04: a message left at night becomes a mail, a lamp and a call, until it is heard anywhere. And many leave one at once."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator

import attrs
import pytest
import pytest_asyncio
from lab import PASSWORD, exits, public_home
from phones import RATE, TONES, Callers, Desk, Phone, PhoneCall, heard, tone
from phones import Media as Voice
from phones.lamps import LampPhone
from playwright.async_api import Page, expect
from sqlalchemy import func, select

from switchhook.store.tables_placed import placed
from switchhook_mailbox.messages import MESSAGE

from .house import House, house, menu
from .sink import text_of

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

NUMBER, ACCESS, CROWD = "+4922155501", "+4922155502", "+4922155503"
CALLER, PIN = "+4930123456", "2807"
SAID = TONES[20]
PROMPTS = tuple(
    f"stock/{name}" for name in ("mailbox-greeting", "beep", "mailbox-notice", "mailbox-pin", "mailbox-menu", "goodbye")
)
POINT = """flow: {flow}
label: {flow}
language: en
start: start
points:
  start:
    module: {module}
    label: "{label}"
    settings: {{mailbox: {box}}}
    exits: {{{exits}}}
"""
LEAVE = "recorded: hang-up, empty: hang-up, full: hang-up"
BOXES = f"""mailbox:
  office:
    name: Büro
    pin: "{PIN}"
    mail_to: [office@example.org]
    call_targets: [anna]
    lamps: [berta]
    first_silence: 2
    last_silence: 2
  crowd:
    name: Crowd
"""


@attrs.define
class Night:
    """A house at night, and the phone of the mailbox's owner."""

    house: House
    anna: Phone

    def tone(self, name: str) -> int:
        return self.house.lab.tones[f"stock/{name}"]

    async def call(self, number: str, caller: str = CALLER) -> PhoneCall:
        return await self.house.phones.call(self.house.lab.sip(number), number=caller)

    async def leaves_a_message(self) -> None:
        """A caller speaks for a second and hangs up without a key."""
        call = await self.call(NUMBER)
        await call.wait_for_tone(self.tone("beep"), 15)
        await call.listen(0.4)
        await call.say(tone(SAID, 1.0))
        await call.listen(1.3)
        await call.hang_up()

    async def rings(self) -> PhoneCall:
        """The owner's phone rings, and whoever answers is told of a message."""
        call = await self.anna.answers(deadline=30)
        await call.wait_for_tone(self.tone("mailbox-notice"), 15)
        return call

    async def value(self, query) -> int:
        async with self.house.lab.store.read() as conn:
            return int((await conn.execute(query)).scalar_one())

    async def unheard(self) -> int:
        return await self.value(select(func.count()).where(MESSAGE.c.mailbox == "office", MESSAGE.c.heard.is_(None)))

    async def open_rings(self) -> int:
        return await self.value(select(func.count()).select_from(placed).where(placed.c.ended.is_(None)))

    async def over(self, lamp: LampPhone, since: int) -> None:
        """Nobody is rung any more, and the lamp goes out."""

        async def quiet() -> bool:
            return await self.unheard() == 0 and await self.open_rings() == 0

        await self.house.lab.until(quiet, "the calls to end, since the message was heard", 20)
        await lamp.sees("Messages-Waiting: no", 20, since=since)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def night(desk: Desk) -> AsyncIterator[Night]:
    flows = {
        NUMBER: POINT.format(flow="night", module="mailbox", label="Leitweg Köln", box="office", exits=LEAVE),
        ACCESS: POINT.format(
            flow="access",
            module="mailbox-access",
            label="Access",
            box="office",
            exits="done: hang-up, refused: hang-up",
        ),
        CROWD: POINT.format(flow="crowd", module="mailbox", label="Crowd", box="crowd", exits=LEAVE),
    }
    with public_home() as home:
        async with house(home, desk, flows=flows, prompts=PROMPTS, kept=BOXES, seconds=0.3) as here:
            yield Night(here, await here.phones.register("anna", PASSWORD, here.lab.where))


async def test_a_message_left_at_night_is_mailed_shown_and_rung_about_until_it_was_heard(night: Night) -> None:
    async with LampPhone("berta", PASSWORD, night.house.lab.where) as lamp:
        page, _ = await asyncio.gather(night.house.operator(), night.leaves_a_message())
        await it_is_mailed(night)
        assert "Voice-Message: 1/0" in await lamp.sees("Messages-Waiting: yes", 20)
        since = len(lamp.notified)
        await (await night.rings()).hang_up()  # somebody else's mailbox answers, and confirms nothing
        assert await night.unheard() == 1
        await the_owner_calls_in(night)
        await night.over(lamp, since)

        await night.leaves_a_message()
        call = await night.rings()
        since = len(lamp.notified)
        await call.press("1")
        await call.wait_for_tone(SAID, 20)
        await call.hang_up()
        await night.over(lamp, since)

        await night.leaves_a_message()
        ringing = await night.anna.incoming(30)
        since = len(lamp.notified)
        await it_is_heard_in_the_browser(page)
        await ringing.ended(20)
        await night.over(lamp, since)
        assert night.house.complaints == []


async def it_is_mailed(night: Night) -> None:
    mail = await night.house.mail.to("office@example.org", 40)
    assert mail["Subject"] == f"Leitweg Köln: neue Nachricht von {CALLER}"
    assert mail["X-Switchhook-Routing"] == "Leitweg Köln"
    assert "Bezeichnung: Leitweg Köln" in text_of(mail)
    (file,) = mail.iter_attachments()
    with wave.open(io.BytesIO(file.get_content())) as sound:
        pcm = sound.readframes(sound.getnframes())
    assert [one.freq for one in heard(pcm, RATE, TONES)] == [SAID]


async def the_owner_calls_in(night: Night) -> None:
    owner = await night.call(ACCESS, "+491711234567")
    await owner.wait_for_tone(night.tone("mailbox-pin"), 15)
    await owner.press(f"{PIN}#")
    await owner.wait_for_tone(SAID, 20)
    await owner.wait_for_tone(night.tone("mailbox-menu"), 15)
    await owner.press("*")
    await owner.ended()


async def it_is_heard_in_the_browser(page: Page) -> None:
    await page.goto("/t/acme")
    await menu(page, "Mailbox")
    row = page.locator("#list tbody tr").first
    await expect(row).to_contain_text("new")
    await row.get_by_role("link").first.click()
    await page.get_by_role("button", name="Play").click()
    await page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    await expect(page.locator("#facts")).to_contain_text("olga")


async def test_silence_leaves_no_message_and_ends_the_call(night: Night) -> None:
    before = await night.value(select(func.count()).select_from(MESSAGE))
    call = await night.call(NUMBER)
    await call.wait_for_tone(night.tone("beep"), 15)
    await call.ended(12)

    async def way() -> list[tuple[str, str]]:
        return exits((await night.house.lab.courses())[-1])

    assert await night.house.lab.until(way, "the call to leave the mailbox") == [("start", "empty")]
    assert await night.value(select(func.count()).select_from(MESSAGE)) == before


@pytest.mark.alone
async def test_fifty_callers_leave_a_message_at_the_same_time(night: Night) -> None:
    callers = Callers(
        night.house.lab.home / "crowd",
        night.house.lab.where,
        CROWD,
        calls=50,
        rate=10,
        media=Voice(seconds=8.0, freq=SAID),
    )
    done = await callers.run()
    assert len(done) == 50

    async def all_there() -> bool:
        query = select(func.count()).where(MESSAGE.c.mailbox == "crowd", MESSAGE.c.seconds > 1)
        return await night.value(query) == 50

    await night.house.lab.until(all_there, "fifty messages", 60)
