"""With several workers one that dies or hangs is replaced by another; with none the number's fallback answers (REL03)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from lab import FALLBACK_TONE, PASSWORD, Lab, Portal, entered, exits, keys
from phones import TONES, Desk, PhoneCall, Phones

from switchhook.calls.course import Course
from switchhook.calls.outcome import Outcome

from . import site
from .site import LATE, PATIENCE

pytestmark = [pytest.mark.asterisk, pytest.mark.alone, pytest.mark.timeout(90)]

DEAD_MAN = 3.0
"""Seconds a hung worker has before another one is asked."""


@pytest.fixture
async def pair(tmp_path: Path, desk: Desk) -> AsyncIterator[Lab]:
    """A lab for two workers, without a portal yet."""
    async with await site.make(tmp_path / "lab", desk, workers=2, seconds=1.0) as lab:
        yield lab


def workers(portal: Portal) -> dict[int, psutil.Process]:
    """The processes of a portal's workers by their number."""
    found = {}
    for process in psutil.Process(portal.pid).children():
        words = process.cmdline()
        if "--worker" in words:
            found[int(words[words.index("--worker") + 1])] = process
    return found


def serving(lab: Lab, portal: Portal) -> tuple[int, psutil.Process]:
    """The one worker that has a call."""
    busy = [
        (number, process)
        for number, process in workers(portal).items()
        if any(
            one.status == psutil.CONN_ESTABLISHED and one.laddr.port == lab.settings.agi.ports[number]
            for one in process.net_connections("tcp")
        )
    ]
    assert len(busy) == 1
    return busy[0]


async def waiting(lab: Lab, phones: Phones) -> PhoneCall:
    """A caller who waits in the loop."""
    call = await (await phones.call(lab.sip(site.LOOP), number="+4930111")).answered()
    await call.wait_for_tone(lab.tones["a/loop"], times=2)
    return call


def resumed_at(course: Course) -> float:
    """When the call was taken up again, once, in seconds since the epoch."""
    (event,) = (event for event in course.events if event.kind == "call.resumed")
    return event.at.timestamp()


async def one_call(lab: Lab, deadline: float = 20) -> Course:
    """The only call, closed and whole, with no channel left."""
    (course,) = await lab.ended(deadline=deadline)
    site.closed_once(course)
    await lab.until(lambda: nothing_left(lab), "no channel to be left")
    return course


async def nothing_left(lab: Lab) -> bool:
    return await lab.channels() == 0


async def test_another_worker_goes_on_at_once(pair: Lab, phones: Phones) -> None:
    portal = await pair.portal("--workers", "2")
    call = await waiting(pair, phones)
    number, worker = serving(pair, portal)
    worker.kill()
    await call.press("1")
    pressed = time.time()
    await call.wait_for_tone(pair.tones["a/bye"], 3)
    await call.ended()
    course = await one_call(pair)
    print(f"another worker went on after {resumed_at(course) - pressed:.2f} s")
    assert resumed_at(course) - pressed < 1
    assert keys(course) == "1"
    assert exits(course)[-2:] == [("wait", "key:1"), ("done", "next")]
    await pair.until(lambda: number in workers(portal) and workers(portal)[number].pid != worker.pid, "a new worker")
    restarts = [line for line in site.log_of(portal) if line.event == "a worker ended and is started again"]
    assert len(restarts) == 1


async def test_the_call_of_a_hung_worker_is_taken_over(pair: Lab, phones: Phones) -> None:
    portal = await pair.portal("--workers", "2")
    call = await waiting(pair, phones)
    _, worker = serving(pair, portal)
    worker.suspend()
    await call.press("1")
    pressed = time.time()
    await call.wait_for_tone(pair.tones["a/bye"], DEAD_MAN + LATE)
    worker.resume()
    await call.ended()
    course = await one_call(pair)
    print(f"taken from the hung worker after {resumed_at(course) - pressed:.2f} s")
    assert DEAD_MAN - 0.5 < resumed_at(course) - pressed < DEAD_MAN + LATE
    assert keys(course) == "1"
    assert FALLBACK_TONE not in call.tones()


async def test_new_calls_find_the_worker_that_lives(pair: Lab, phones: Phones) -> None:
    portal = await pair.portal("--workers", "2")
    hung = workers(portal)[0]
    hung.suspend()
    calls = [await phones.call(pair.sip(site.LOOP), number=f"+4930{n}") for n in range(111, 117)]
    await asyncio.gather(*(call.wait_for_tone(pair.tones["a/loop"], DEAD_MAN + LATE) for call in calls))
    hung.resume()
    await asyncio.gather(*(call.hang_up() for call in calls))
    courses = await pair.ended(len(calls), 30)
    assert len(courses) == len(calls)
    for course in courses:
        site.closed_once(course)
        assert not [event for event in course.events if event.kind == "fallback.used"]
    await pair.until(lambda: nothing_left(pair), "no channel to be left")


def silence_before(call: PhoneCall, tone: int) -> float:
    """Seconds without any tone before the first time this one sounded."""
    sounds = call.heard()
    place = [one.freq for one in sounds].index(tone)
    return sounds[place].start - (sounds[place - 1].start + sounds[place - 1].seconds)


async def with_fallback(lab: Lab, count: int) -> list[Course] | None:
    """All calls, once all ``count`` of them are closed and have used the fallback exactly once each."""
    courses = await lab.courses()
    used = [[event.kind for event in course.events].count("fallback.used") for course in courses]
    return courses if used == [1] * count and all(course.outcome for course in courses) else None


async def test_a_prompt_whose_portal_stays_away_ends_in_the_fallback(lab: Lab, phones: Phones) -> None:
    portal = await lab.portal()
    call = await (await phones.call(lab.sip(site.HOTLINE), number="+4930111")).answered()
    await call.wait_for_tone(lab.tones["a/hello"])
    await call.listen(0.3)  # for the journal: the greeting lasts 1 s
    await portal.kill()
    await call.wait_for_tone(FALLBACK_TONE, 1 + PATIENCE + LATE)
    gap = silence_before(call, FALLBACK_TONE)
    print(f"fallback after {gap:.2f} s of silence")
    assert gap < PATIENCE + LATE
    await call.ended()
    assert call.tones() == [lab.tones["a/hello"], FALLBACK_TONE]
    await lab.portal()
    (course,) = await lab.until(lambda: with_fallback(lab, 1), "the record of the fallback", 25)
    site.closed_once(course)
    assert entered(course) == ["hello"]
    assert course.call.caller.number == "+4930111"


async def test_a_call_no_portal_ever_saw_is_in_the_store_once(lab: Lab, phones: Phones) -> None:
    began = time.monotonic()
    call = await phones.call(lab.sip(site.HOTLINE), number="+4930111")
    await call.wait_for_tone(FALLBACK_TONE, PATIENCE + LATE)
    print(f"fallback {time.monotonic() - began:.2f} s after the call")
    await call.ended()
    await lab.portal()
    (course,) = await lab.until(lambda: with_fallback(lab, 1), "the call from the record", 25)
    site.closed_once(course)
    assert [event.kind for event in course.events] == ["fallback.used", "call.ended"]
    assert (course.call.number, course.ended_by, course.outcome) == (site.HOTLINE, "asterisk", Outcome.MACHINE_ONLY)


async def test_a_stop_for_a_restart_loses_nobody(lab: Lab, phones: Phones) -> None:
    anna = await phones.register("anna", PASSWORD, lab.where)
    portal = await lab.portal()
    talking = await (await phones.call(lab.sip(site.HOTLINE), number="+4930111")).answered()
    await talking.wait_for_tone(lab.tones["a/menu"])
    await talking.press("2")
    colleague = await anna.answers(say=TONES[-3])
    asking = await (await phones.call(lab.sip(site.HOTLINE), number="+4930222")).answered()
    await asking.wait_for_tone(lab.tones["a/menu"])
    began = time.monotonic()
    assert await portal.stop() == 0
    print(f"stopped within {time.monotonic() - began:.2f} s")
    returning = asyncio.create_task(lab.portal())
    await asking.press("9")
    await returning
    await asking.wait_for_tone(lab.tones["a/sorry"], 3)
    assert talking.end is None
    await colleague.hang_up()
    await talking.wait_for_tone(lab.tones["a/bye"], 3)
    await asyncio.gather(asking.ended(), talking.ended())
    courses = {course.call.caller.number: course for course in await lab.ended(2)}
    for course in courses.values():
        site.closed_once(course)
        assert [event.kind for event in course.events].count("call.resumed") == 1
    assert exits(courses["+4930222"]) == [("hello", "next"), ("menu", "invalid"), ("sorry", "next")]
    assert exits(courses["+4930111"])[1:] == [("menu", "key:2"), ("colleague", "answered_end"), ("bye", "next")]
