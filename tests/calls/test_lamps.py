"""Star codes lead to flows, and lamps on phones show what the portal says: messages (S37) and what is behind a key (D13)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import attrs
import pytest
import pytest_asyncio
from lab import NUMBER, PASSWORD, Lab, entered, public_home
from phones import Desk, PhoneError, Phones
from phones.lamps import LampPhone

from switchhook.errors import NotFound
from switchhook.lamps.service import Lamps

from .flows import flow, point

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(90)]

CODE, OTHER = "*21", "*22"
PROMPTS = ("hello", "bye", "switched", "one", "two", "ext", "wrong", "silent", "sorry")
FLOWS = {
    NUMBER: flow("line", point("announcement", "prompts: [hello]", "next: end-bye")),
    CODE: flow("switch", point("announcement", "prompts: [switched]", "next: end-bye")),
    OTHER: flow("other", point("announcement", "prompts: [hello]", "next: end-bye")),
}
LIT, DARK = "<state>confirmed</state>", "<state>terminated</state>"


@attrs.define
class House:
    """A Switchhook with phones that have lamps."""

    lab: Lab
    phones: Phones

    @property
    def lamps(self) -> Lamps:
        return Lamps(self.lab.store, frozenset(self.lab.settings.phones))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(desk: Desk) -> AsyncIterator[House]:
    with public_home() as home:
        async with Phones(desk) as phones, await Lab.make(home / "lab", FLOWS, PROMPTS, seconds=0.3) as lab:
            await lab.portal()
            yield House(lab, phones)


async def test_a_phone_dials_a_star_code_and_comes_to_its_flow(house):
    anna = await house.phones.register("anna", PASSWORD, house.lab.where)
    call = await anna.call(house.lab.sip(CODE))
    await call.wait_for_tone(house.lab.tones["switched"])
    await call.ended()
    (course,) = [one for one in await house.lab.ended() if one.call.number == CODE]
    assert (course.call.origin, course.call.caller.number) == ("phone", "201")
    assert entered(course)[0] == "start"


async def test_nobody_outside_dials_a_star_code(house):
    stranger = await house.phones.call(house.lab.sip(CODE), number="+4930111")
    assert (await stranger.ended()).status in (401, 403, 404)
    assert [one for one in await house.lab.courses() if one.call.number == CODE and one.call.origin != "phone"] == []


async def test_the_message_lamp_shows_counts_at_once_after_registering_anew_and_after_asterisk_restarted(house):
    async with LampPhone("berta", PASSWORD, house.lab.where) as phone:
        await house.lamps.set_messages("acme", "berta", 2, 1)
        assert "Voice-Message: 2/1" in await phone.sees("Messages-Waiting: yes", 15)
        since = len(phone.notified)
        await house.lamps.set_messages("acme", "berta", 0, 3)
        assert "Voice-Message: 0/3" in await phone.sees("Messages-Waiting: no", since=since)
    await house.lamps.set_messages("acme", "berta", 1, 3)
    async with LampPhone("berta", PASSWORD, house.lab.where) as phone:
        await phone.sees("Voice-Message: 1/3")
        await phone.watch("berta", "message-summary")
        await phone.sees("Voice-Message: 1/3", since=1)
        await house.lab.asterisk.stop()
        await house.lab.asterisk.start()
        since = len(phone.notified)
        await phone.register()
        await phone.sees("Voice-Message: 1/3", 30, since=since)
    with pytest.raises(NotFound):
        await house.lamps.set_messages("acme", "nobody", 1)


async def test_a_key_shows_its_lamp_and_phones_alone_may_watch_it(house):
    async with LampPhone("berta", PASSWORD, house.lab.where) as phone:
        await phone.watch(CODE, "dialog")
        await phone.sees(DARK, 15)
        await house.lamps.set_lamp("acme", CODE, lit=True)
        await phone.sees(LIT)
        assert await house.lamps.lit("acme", CODE)
        await house.lab.asterisk.stop()
        await house.lab.asterisk.start()
        since = len(phone.notified)
        await phone.watch(CODE, "dialog")
        await phone.sees(LIT, 30, since=since)
        since = len(phone.notified)
        await house.lamps.set_lamp("acme", CODE, lit=False)
        await phone.sees(DARK, since=since)
        for unknown in ("*99", NUMBER, "anna"):
            with pytest.raises(PhoneError):
                await phone.watch(unknown, "dialog")
    async with LampPhone("berta", "wrong", house.lab.where, registers=False) as stranger:
        with pytest.raises(PhoneError):
            await stranger.watch(CODE, "dialog")
    with pytest.raises(NotFound):
        await house.lamps.set_lamp("other", CODE, lit=True)
