"""What is known of calls survives Asterisk's own crash (REL06, short) and a database that is locked (REL10, short)."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
from contextlib import closing

import psutil
import pytest
from lab import Lab, exits, keys
from phones import TONES, Phone, PhoneCall, Phones

from switchhook.calls.outcome import Outcome

from . import site

pytestmark = [pytest.mark.asterisk, pytest.mark.alone, pytest.mark.timeout(120)]

LOCKED_SECONDS = 3.0


async def waiting(lab: Lab, phones: Phones, number: str) -> PhoneCall:
    """A caller who waits in the loop."""
    call = await (await phones.call(lab.sip(site.LOOP), number=number)).answered()
    await call.wait_for_tone(lab.tones["a/loop"])
    return call


async def talking(lab: Lab, phones: Phones, anna: Phone, number: str) -> PhoneCall:
    """A caller who talks with the colleague."""
    call = await (await phones.call(lab.sip(site.HOTLINE), number=number)).answered()
    await call.wait_for_tone(lab.tones["a/menu"])
    await call.press("2")
    await anna.answers(say=TONES[-3])
    await call.wait_for_tone(TONES[-3])
    return call


async def crash(lab: Lab) -> float:
    """Kill Asterisk with -9 and wait for its end; gives the time in seconds since the epoch."""
    pid = lab.asterisk.status_now().pid
    assert pid is not None
    process = psutil.Process(pid)
    process.kill()
    # Its console's socket is open until the last thread is gone, and a new one would take it for a running Asterisk.
    await asyncio.to_thread(process.wait, 10)
    return time.time()


@pytest.mark.parametrize("portal_dies", [False, True], ids=["the portal lives", "the portal dies as well"])
async def test_calls_of_a_crashed_asterisk_are_closed_once(
    lab: Lab, phones: Phones, anna: Phone, portal_dies: bool
) -> None:
    portal = await lab.portal()
    calls = [await waiting(lab, phones, "+4930111"), await talking(lab, phones, anna, "+4930222")]
    calls += [await waiting(lab, phones, f"+493033{n}") for n in range(3)]
    await calls[0].listen(1)  # for the journal
    if portal_dies:
        await portal.kill()
    crashed = await crash(lab)
    await lab.asterisk.start()
    if portal_dies:
        portal = await lab.portal()
    courses = await lab.ended(len(calls), 40)
    assert len(courses) == len(calls)
    for course in courses:
        site.closed_once(course)
        assert course.ended is not None
        assert course.call.arrived.timestamp() < course.ended.timestamp() <= crashed + 1
    outcomes = {course.call.caller.number: course.outcome for course in courses}
    assert outcomes.pop("+4930222") is Outcome.HUMAN
    assert set(outcomes.values()) == {Outcome.MACHINE_ONLY}
    # The same portal serves the new Asterisk, and its end changes nothing in what is closed.
    call = await waiting(lab, phones, "+4930444")
    await call.press("1")
    await call.wait_for_tone(lab.tones["a/bye"])
    await call.ended()
    again = await lab.ended(len(calls) + 1)
    assert [(one.call.id, one.ended, one.outcome) for one in again[: len(calls)]] == [
        (one.call.id, one.ended, one.outcome) for one in courses
    ]


async def test_a_caller_notices_nothing_of_a_locked_database(lab: Lab, phones: Phones) -> None:
    await lab.portal()
    call = await waiting(lab, phones, "+4930111")
    with closing(sqlite3.connect(lab.settings.data_dir / "switchhook.db", timeout=5, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        locked = asyncio.get_running_loop().time()
        second = await waiting(lab, phones, "+4930222")  # a call can begin,
        await call.press("1")  # go on,
        await call.wait_for_tone(lab.tones["a/bye"], 2)
        await call.ended()  # and end
        await asyncio.sleep(max(0.0, LOCKED_SECONDS - (asyncio.get_running_loop().time() - locked)))
        other.execute("ROLLBACK")
    await second.press("1")
    await second.ended()
    courses = await lab.ended(2, 10)
    assert {course.call.caller.number for course in courses} == {"+4930111", "+4930222"}
    for course in courses:
        site.closed_once(course)
        assert keys(course) == "1"
        assert exits(course) == [("wait", "key:1"), ("done", "next")]
        assert [event.kind for event in course.events].count("call.started") == 1
    gaps = [b.start - a.start - a.seconds for a, b in itertools.pairwise(second.heard())]
    assert max(gaps) < 2, "the caller heard a pause"
