"""Publishing while calls are up, rolling back, and two installations side by side."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import attrs
import pytest
import pytest_asyncio
from lab import NUMBER, TENANT, Lab, exits, public_home
from phones import CALLERS, Desk, PhoneCall, Phones
from sqlalchemy import update

from switchhook.clock import SystemClock
from switchhook.store import tables
from switchhook.store.directory import Directory
from switchhook.store.stamp import note_change

from .flows import flow, point
from .test_callers import whole

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

PROMPTS = ("hello", "bye", "one", "two", "ext", "wrong", "silent", "sorry")


def version(end: str) -> str:
    """A flow that waits for a key at its menu and then says ``end``."""
    menu = 'prompts: [hello], keys: ["1"], wait: 30, tries: 1'
    return flow("line", point("menu", menu, f'"key:1": {end}, timeout: end-silent, invalid: end-wrong'))


@attrs.frozen
class House:
    """An installation that takes calls."""

    lab: Lab
    phones: Phones

    @property
    def directory(self) -> Directory:
        return Directory(self.lab.store, SystemClock())

    async def waiting(self) -> PhoneCall:
        """A caller who stands at the menu."""
        call = await self.phones.call(self.lab.sip(), number="+4930123456")
        await call.wait_for_tone(self.lab.tones["hello"], deadline=15)
        return call

    async def goes_on(self, call: PhoneCall) -> str:
        """What a waiting caller hears after the key."""
        await call.wait_for_tone(self.lab.tones["hello"], deadline=15)
        await call.press("1")
        await call.ended(deadline=15)
        names = {tone: name for name, tone in self.lab.tones.items()}
        assert call.tones()[0] == self.lab.tones["hello"]
        return " ".join(names[tone] for tone in call.tones()[1:])

    async def next_call_hears(self, end: str) -> None:
        """Wait until a new call gets to ``end``: workers look once a second."""
        began = time.monotonic()

        async def hears() -> bool:
            return await self.goes_on(await self.waiting()) == end

        await self.lab.until(hears, f"a new call to hear {end}", 30)
        print(f"a new call heard {end} {time.monotonic() - began:.1f} s after the change")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def houses(desk: Desk) -> AsyncIterator[tuple[House, House]]:
    with public_home() as home:
        async with Phones(desk) as phones:
            labs = [
                await Lab.make(home / name, {NUMBER: version(end)}, PROMPTS, trunk_matches=[desk.where, CALLERS])
                for name, end in (("left", "end-one"), ("right", "end-ext"))
            ]
            async with labs[0], labs[1]:
                await asyncio.gather(*(lab.portal() for lab in labs))
                yield House(labs[0], phones), House(labs[1], phones)


async def test_a_call_keeps_its_version_and_the_next_one_gets_the_new(houses):
    house, _ = houses
    waiting = await house.waiting()
    old = await house.directory.current(TENANT, "line")
    new = await house.directory.add_version(TENANT, "line", version("end-two"))
    await house.directory.publish(TENANT, new.id)
    await house.next_call_hears("two")
    assert await house.goes_on(waiting) == "one"
    waiting = await house.waiting()
    await house.directory.roll_back(TENANT, "line")
    assert (await house.directory.current(TENANT, "line")).id == old.id
    await house.next_call_hears("one")
    assert await house.goes_on(waiting) == "two"
    courses = await house.lab.ended(len(await house.lab.courses()))
    for course in courses:
        whole(course)
        (chosen,) = (event.data["version"] for event in course.events if event.kind == "flow.chosen")
        assert exits(course)[1:] == [("end-two" if chosen == str(new.id) else "end-one", "next")]


async def test_a_number_that_is_released_leads_nowhere_and_is_given_back(houses):
    house, _ = houses
    waiting = await house.waiting()
    (number,) = await house.directory.numbers(TENANT)
    await house.directory.release(TENANT, NUMBER)

    async def refused() -> bool:
        call = await house.phones.call(house.lab.sip(), number="+4930123456")
        await house.lab.until(lambda: call.end or call.answered_at, "an answer or a refusal")
        return (call.end or await call.hang_up()).status == 404

    await house.lab.until(refused, "a call to be refused", 30)
    await house.directory.assign(number)

    async def taken() -> bool:
        call = await house.phones.call(house.lab.sip(), number="+4930123456")
        await house.lab.until(lambda: call.end or call.answered_at, "an answer or a refusal")
        return call.end is None and await house.goes_on(call) == "one"

    await house.lab.until(taken, "a call to be taken again", 30)
    assert await house.goes_on(waiting) == "one"


async def test_a_demo_becomes_active_at_once_while_its_calls_go_on(houses):
    """S03: Asterisk counts a demo's calls; one too many is refused, and lifting that leaves the others as they are."""
    house, _ = houses
    held: list[PhoneCall] = []
    before = len(await house.lab.courses())

    async def state(name: str) -> None:
        async with house.lab.store.write() as conn:
            await conn.execute(update(tables.tenant).where(tables.tenant.c.id == TENANT).values(state=name))
            await note_change(conn, TENANT)

    async def one_more() -> int:
        call = await house.phones.call(house.lab.sip(), number="+4930123456")
        await house.lab.until(lambda: call.end or call.answered_at, "an answer or a refusal")
        held.extend([] if call.end else [call])
        return call.end.status if call.end else 0

    async def refused() -> bool:
        return await one_more() == 486

    async def taken() -> bool:
        return await one_more() == 0

    await state("demo")
    await house.lab.until(refused, "a call to be one too many", 30)
    assert len(held) >= 2
    (course,) = [one for one in (await house.lab.ended(before + 1))[before:] if one.outcome == "blocked"]
    (told,) = [event for event in course.events if event.kind == "call.refused"]
    assert told.data["limit"] == "calls"
    await held.pop().hang_up()
    await house.lab.until(taken, "a place to be free again", 10)
    await state("active")
    await house.lab.until(taken, "more calls than a demo's", 30)
    for call in held:
        await house.goes_on(call)
    ended = (await house.lab.ended(len(await house.lab.courses())))[before:]
    assert [exits(one)[-1:] for one in ended].count([("end-one", "next")]) == len(held)


async def test_two_installations_know_nothing_of_each_other(houses):
    counts = [len(await house.lab.courses()) for house in houses]
    calls = await asyncio.gather(*(house.waiting() for house in (*houses, *houses)))
    assert await asyncio.gather(*(h.goes_on(c) for h, c in zip((*houses, *houses), calls, strict=True))) == [
        "one", "ext", "one", "ext",
    ]  # fmt: skip
    for house, before in zip(houses, counts, strict=True):
        courses = (await house.lab.ended(before + 2))[before:]
        assert len(courses) == 2
        assert {course.call.id.partition("-")[0] for course in courses} == {house.lab.settings.asterisk.systemname}
        for course in courses:
            whole(course)
            assert exits(course)[0] == ("start", "key:1")
