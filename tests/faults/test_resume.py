"""A portal that dies and comes back takes each call up where it stands (issue 2, section 3, resume)."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Coroutine
from typing import Any

import pytest
from lab import Lab, Portal, entered, exits, keys
from phones import TONES, Phone, PhoneCall, Phones

from switchhook.calls.course import Course
from switchhook.calls.outcome import Outcome
from switchhook.calls.variables import unpack_variables

from . import site
from .site import DURABLE_SECONDS

pytestmark = [pytest.mark.asterisk, pytest.mark.alone, pytest.mark.timeout(90)]

TALK, REPLY = TONES[-3], TONES[-5]
RESUME_SECONDS = 2.0
"""The promise: a call goes on this long after the portal's return at the latest."""


async def gone_for(lab: Lab, portal: Portal, away: float, meanwhile: Coroutine[Any, Any, None] | None = None) -> Portal:
    """Kill the portal with -9 and start another one ``away`` seconds later; ``meanwhile`` happens in between.

    Starting takes a portal one to three seconds, and waiting for one a caller is left alone with 4 s at most: so what
    makes Asterisk ask happens as the new one is being started.
    """
    await portal.kill()
    await asyncio.sleep(away)  # the fault itself lasts this long
    start = asyncio.create_task(lab.portal())
    if meanwhile is not None:
        await meanwhile
    return await start


async def calling(lab: Lab, phones: Phones) -> PhoneCall:
    """A caller who hears the greeting."""
    call = await (await phones.call(lab.sip(site.HOTLINE), number="+4930111")).answered()
    await call.wait_for_tone(lab.tones["a/hello"])
    return call


async def kept(lab: Lab, kind: str, count: int = 1) -> None:
    """Wait until an event is in the store: what happens within the last moments before a kill may be lost."""

    async def there() -> bool:
        kinds = [event.kind for course in await lab.courses() for event in course.events]
        return kinds.count(kind) >= count

    await lab.until(there, f"{kind} in the store")


async def at_the_menu(lab: Lab, phones: Phones) -> PhoneCall:
    """A caller who has heard the menu to its end; it waits for a key."""
    call = await calling(lab, phones)
    await call.wait_for_tone(lab.tones["a/menu"])
    await call.listen(1.2)
    return call


def heard(lab: Lab, call: PhoneCall, *prompts: str | None) -> None:
    """Assert that the caller heard these prompts (None: the colleague), in this order, and nothing else."""
    assert call.tones() == [lab.tones[prompt] if prompt else TALK for prompt in prompts]


async def variables(lab: Lab) -> dict[str, str]:
    """The variables of the only call as its channel keeps them."""

    async def kept() -> str:
        names = re.findall(r"^PJSIP/trunk\S*", await lab.asterisk.command("core show channels concise"), re.MULTILINE)
        shown = [await lab.asterisk.command(f"core show channel {name.partition('!')[0]}") for name in names]
        return "".join(re.findall(r"^SH_VARS=(\S+)", "\n".join(shown), re.MULTILINE))

    return unpack_variables(await lab.until(kept, "variables on the channel"))


async def the_course(lab: Lab, *, resumed: int = 1, deadline: float = 15) -> Course:
    """The only call, closed once and whole, taken up again so many times."""
    (course,) = await lab.ended(deadline=deadline)
    site.closed_once(course)
    assert [event.kind for event in course.events].count("call.started") == 1
    assert [event.kind for event in course.events].count("call.resumed") == resumed
    assert await lab.until(lambda: _none_left(lab), "no channel to be left")
    return course


async def _none_left(lab: Lab) -> bool:
    return await lab.channels() == 0


def took_up(course: Course, portal: Portal, since: float = 0.0) -> None:
    """Assert that the call went on in time after the portal's return, or after ``since`` (epoch) when that was later."""
    (event,) = (event for event in course.events if event.kind == "call.resumed")
    seconds = event.at.timestamp() - max(site.ready_at(portal), since)
    print(f"taken up {seconds:.2f} s after the portal's return")
    assert seconds < RESUME_SECONDS


async def test_a_prompt_is_finished_and_the_call_goes_on(lab: Lab, phones: Phones, away: float) -> None:
    portal = await lab.portal()
    call = await calling(lab, phones)
    await kept(lab, "call.started")
    portal = await gone_for(lab, portal, away)
    await call.wait_for_tone(lab.tones["a/menu"], RESUME_SECONDS + 1)
    await call.press("9")
    await call.ended()
    heard(lab, call, "a/hello", "a/menu", "a/sorry")
    course = await the_course(lab)
    assert exits(course) == [("hello", "next"), ("menu", "invalid"), ("sorry", "next")]
    assert entered(course) == ["hello", "menu", "sorry"]
    assert keys(course) == "9"
    took_up(course, portal)


async def test_a_menu_waits_on_and_takes_the_key_while_nobody_is_there(lab: Lab, phones: Phones) -> None:
    portal = await lab.portal()
    call = await at_the_menu(lab, phones)
    portal = await gone_for(lab, portal, 0.5, call.press("1"))
    since = time.time()
    await call.wait_for_tone(lab.tones["a/first"], RESUME_SECONDS + 1)
    await call.hang_up()
    heard(lab, call, "a/hello", "a/menu", "a/first")
    course = await the_course(lab)
    assert exits(course) == [("hello", "next"), ("menu", "key:1")]
    assert entered(course) == ["hello", "menu", "first"]
    assert keys(course) == "1"
    assert course.outcome is Outcome.MACHINE_ONLY
    took_up(course, portal, since)


async def test_a_menu_of_a_flow_gone_through_waits_on_and_leads_back(lab: Lab, phones: Phones) -> None:
    """The key comes once the portal is back, however long that took it."""
    portal = await lab.portal()
    call = await (await phones.call(lab.sip(site.THROUGH), number="+4930111")).answered()
    await call.wait_for_tone(lab.tones["a/menu"])
    await call.listen(1.2)
    await kept(lab, "prompt.started")
    portal = await gone_for(lab, portal, 0.5)
    await call.press("1")
    since = time.time()
    await call.wait_for_tone(lab.tones["a/bye"], RESUME_SECONDS + 1)
    await call.ended()
    heard(lab, call, "a/menu", "a/bye")
    course = await the_course(lab)
    assert exits(course) == [("ask", "key:1"), ("back", "gold"), ("sub", "returned:gold"), ("bye", "next")]
    took_up(course, portal, since)


async def test_digits_and_tries_and_variables_are_kept(lab: Lab, phones: Phones, anna: Phone, away: float) -> None:
    portal = await lab.portal()
    call = await at_the_menu(lab, phones)
    await call.press("1")
    await call.wait_for_tone(lab.tones["a/first"])
    await call.press("1#")  # too short: the entry asks again
    await call.wait_for_tone(lab.tones["a/first"], times=2)
    portal = await gone_for(lab, portal, away, call.press("123"))
    await call.wait_for_tone(lab.tones["a/second"], RESUME_SECONDS + 1)
    await call.press("4")
    await gone_for(lab, portal, away, call.press("5"))
    colleague = await anna.incoming(RESUME_SECONDS + 2)
    await colleague.answer()
    assert await variables(lab) == {"one": "123", "two": "45"}
    await colleague.hang_up()
    await call.wait_for_tone(lab.tones["a/bye"])
    await call.ended()
    heard(lab, call, "a/hello", "a/menu", "a/first", "stock/invalid", "a/first", "a/second", "a/bye")
    course = await the_course(lab, resumed=2)
    assert exits(course) == [
        ("hello", "next"),
        ("menu", "key:1"),
        ("first", "ok"),
        ("second", "ok"),
        ("colleague", "answered_end"),
        ("bye", "next"),
    ]
    assert keys(course) == "1" + "1" + "123" + "45"
    assert [event.kind for event in course.events].count("note") == 1
    assert course.outcome is Outcome.HUMAN


async def test_a_ringing_leg_rings_on_and_is_answered(lab: Lab, phones: Phones, anna: Phone, away: float) -> None:
    portal = await lab.portal()
    call = await at_the_menu(lab, phones)
    await call.press("2")
    colleague = await anna.incoming()
    await kept(lab, "leg.created")
    await portal.kill()
    await asyncio.sleep(away)
    await colleague.answer(say=TALK)
    await call.wait_for_tone(TALK)
    portal = await lab.portal()
    await colleague.hang_up()
    since = time.time()
    await call.wait_for_tone(lab.tones["a/bye"], RESUME_SECONDS + 1)
    await call.ended()
    assert len(anna.calls) == 1
    course = await the_course(lab)
    assert exits(course)[2:] == [("colleague", "answered_end"), ("bye", "next")]
    assert [(leg.status, leg.target) for leg in course.legs] == [("answered", "anna")]
    assert course.outcome is Outcome.HUMAN
    took_up(course, portal, since)


async def test_a_ringing_leg_that_is_refused_while_nobody_is_there(lab: Lab, phones: Phones, anna: Phone) -> None:
    portal = await lab.portal()
    call = await at_the_menu(lab, phones)
    await call.press("2")
    colleague = await anna.incoming()
    await kept(lab, "leg.created")
    await portal.kill()
    await colleague.reject()
    portal = await lab.portal()
    await call.wait_for_tone(lab.tones["a/sorry"], RESUME_SECONDS + 1)
    await call.ended()
    assert len(anna.calls) == 1
    course = await the_course(lab)
    assert exits(course)[2:] == [("colleague", "busy"), ("sorry", "next")]
    took_up(course, portal)


async def test_a_conversation_stays_and_its_end_goes_on_in_the_flow(
    lab: Lab, phones: Phones, anna: Phone, away: float
) -> None:
    portal = await lab.portal()
    call = await at_the_menu(lab, phones)
    await call.press("2")
    colleague = await anna.answers(say=TALK)
    await call.wait_for_tone(TALK)
    portal = await gone_for(lab, portal, away)
    await call.say(REPLY, again=True)
    await colleague.wait_for_tone(REPLY)
    assert call.end is None
    await colleague.hang_up()
    since = time.time()
    await call.wait_for_tone(lab.tones["a/bye"], RESUME_SECONDS + 1)
    await call.ended()
    talk = [one for one in call.heard() if one.freq == TALK]  # in pieces where the machine was too busy to send
    heard(lab, call, "a/hello", "a/menu", None, "a/bye")
    course = await the_course(lab)
    assert exits(course)[2:] == [("colleague", "answered_end"), ("bye", "next")]
    (leg,) = course.legs
    assert leg.talk_seconds == pytest.approx(talk[-1].start + talk[-1].seconds - talk[0].start, abs=0.5)
    took_up(course, portal, since)


async def test_a_caller_who_leaves_while_nobody_is_there_is_closed_from_the_record(lab: Lab, phones: Phones) -> None:
    portal = await lab.portal()
    call = await at_the_menu(lab, phones)
    await call.listen(DURABLE_SECONDS)
    await portal.kill()
    before = time.time()
    await call.hang_up()
    after = time.time()
    await lab.portal()
    course = await the_course(lab, resumed=0, deadline=20)
    assert course.ended_by == "asterisk"
    assert course.outcome is Outcome.MACHINE_ONLY
    assert course.ended is not None
    assert before - 0.1 < course.ended.timestamp() < after + 0.1
    assert entered(course) == ["hello", "menu"]
