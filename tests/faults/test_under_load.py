"""Forty calls are up and the portal fails: nobody in conversation notices, everybody else is served (REL01, REL02)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import attrs
import psutil
import pytest
from lab import Lab, Portal, public_home
from phones import Answer, Callers, CallResult, Carrier, Desk, Media

from switchhook.calls.course import Course

from . import site

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(240)]
WAITING, TALKING = 25, 15
SECONDS = 24.0
"""How long each caller stays."""


@attrs.frozen
class Load:
    """Callers who wait in a menu, callers who talk, and what became of them."""

    waiting: list[CallResult]
    talking: list[CallResult]
    courses: list[Course]


@pytest.fixture
async def busy(desk: Desk) -> AsyncIterator[tuple[Lab, Path]]:
    with public_home() as home:
        async with (
            Carrier(home / "carrier", Answer(hold=600)) as carrier,
            await site.make(home / "lab", desk, carrier) as lab,
        ):
            yield lab, home


async def under_load(lab: Lab, home: Path, trouble: Callable[[], Awaitable[None]]) -> Load:
    """Put all callers through, make the trouble, and wait until everybody has left by himself."""
    callers = [
        Callers(
            home / name, lab.where, number, calls=count, rate=12, media=Media(seconds=SECONDS), callers=("+4930123456",)
        )
        for name, number, count in (("waiting", site.LOOP, WAITING), ("talking", site.BRIDGE, TALKING))
    ]
    running = [asyncio.create_task(one.run(120)) for one in callers]

    async def all_up() -> bool:
        courses = await lab.courses()
        up = Counter(course.call.number for course in courses if len(course.events) > 4)
        legs = sum(any(event.kind == "leg.created" for event in course.events) for course in courses)
        return up[site.LOOP] == WAITING and legs == TALKING

    await lab.until(all_up, "forty calls", 20)
    await trouble()
    waiting, talking = await asyncio.gather(*running)
    courses = await lab.ended(WAITING + TALKING, 60)
    return Load(waiting, talking, courses)


async def nothing_is_left(lab: Lab, portal: Portal) -> None:
    async def silent() -> bool:
        return await lab.channels() == 0

    await lab.until(silent, "all channels to be gone", 15)
    process = psutil.Process(portal.pid)
    # One worker without calls: standard streams, loop, listening socket, AMI, database; not one for each call.
    await lab.until(lambda: process.num_fds() < 40, f"descriptors to be given back, not {process.num_fds()}", 10)


def everybody_was_served(load: Load, *, fallbacks: int) -> None:
    """SIPp is the witness: all were answered, nobody in conversation was cut; the store has each call once, whole."""
    assert [result.status for result in load.talking] == [200] * TALKING
    assert [result.ended_by for result in load.talking] == ["sipp"] * TALKING, "a conversation was cut"
    assert [result.status for result in load.waiting] == [200] * WAITING
    cut = [result for result in load.waiting if result.ended_by != "sipp"]
    assert len(cut) <= fallbacks, "callers were hung up on who should have been taken up again"
    assert len(load.courses) == WAITING + TALKING
    for course in load.courses:
        site.closed_once(course)
        site.gapless(course)
    talked = [course for course in load.courses if course.call.number == site.BRIDGE]
    assert [str(course.outcome) for course in talked] == ["human"] * TALKING


async def test_a_portal_that_is_killed_again_and_again(busy):
    lab, home = busy
    portal = await lab.portal()

    async def kill_three_times() -> None:
        nonlocal portal
        for _ in range(3):
            await portal.kill()
            portal = await lab.portal()
            await asyncio.sleep(1)

    load = await under_load(lab, home, kill_three_times)
    everybody_was_served(load, fallbacks=0)
    resumed = [course for course in load.courses if any(event.kind == "call.resumed" for event in course.events)]
    assert len(resumed) >= WAITING
    await nothing_is_left(lab, portal)


async def test_a_portal_that_hangs(busy):
    lab, home = busy
    portal = await lab.portal()

    async def hang() -> None:
        portal.pause()
        await asyncio.sleep(8)
        portal.go_on()

    load = await under_load(lab, home, hang)
    # Everybody who waited got the number's fallback, which says its apology and hangs up.
    everybody_was_served(load, fallbacks=WAITING)
    fell_back = [course for course in load.courses if any(event.kind == "fallback.used" for event in course.events)]
    assert len(fell_back) == WAITING
    await nothing_is_left(lab, portal)
