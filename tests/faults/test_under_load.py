"""Forty calls are up and the portal fails: nobody in conversation notices, everybody else is served in time.

REL01 (it is killed), REL02 (it hangs), REL03 (some of its workers are gone or hang, or all). Chance decides when and how
long; what it decided is printed.
"""

from __future__ import annotations

import asyncio
import time
from random import Random

import pytest
from lab import FALLBACK_TONE, Portal
from phones import Desk, Phones

from . import site
from .crowd import Crowd, place
from .leftovers import environment, nothing_left
from .site import LONG
from .test_workers import workers

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.alone,
    pytest.mark.timeout(900 if LONG else 240),
    pytest.mark.parametrize("turn", range(5 if LONG else 1)),
]
KILLS = 8 if LONG else 3
HANGS = (3.0, 10.0, 60.0) if LONG else (3.0, 10.0)
OUTAGES = 4 if LONG else 1
BETWEEN = 0.5, 2.0
"""Seconds between two troubles: some callers are not served again before the next one."""
SHORTEST_PATIENCE = 3.0
"""A portal that is back before loses no caller to the fallback."""
LONGEST_PATIENCE = 7.0
"""Whoever is without a portal for so long has the fallback: the menu's own time, the patience, a busy machine."""


async def served(crowd: Crowd) -> None:
    """Whoever calls now gets the flow and not the fallback."""
    call = await crowd.latecomer()
    assert call.tones() == [crowd.lab.tones["a/loop"]]


async def test_a_portal_that_is_killed_again_and_again(desk: Desk, phones: Phones, chance: Random, turn: int) -> None:
    async with place(desk) as lab:
        crowd, away = Crowd(lab, phones), []
        portal = await lab.portal(environment=environment(lab))
        before = await crowd.at_rest(portal)

        async def kill() -> None:
            nonlocal portal
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(*BETWEEN))
                died = time.monotonic()
                await portal.kill()
                portal = await lab.portal(environment=environment(lab))
                away.append(time.monotonic() - died)
            await served(crowd)

        await crowd.through(kill, 9 + 5 * KILLS)
        print("back after " + ", ".join(f"{seconds:.2f} s" for seconds in away))
        assert crowd.waiting <= crowd.resumed | crowd.fell_back
        assert max(away) + crowd.lag > SHORTEST_PATIENCE or not crowd.fell_back
        await nothing_left(lab, portal, before)


async def test_a_portal_that_hangs(desk: Desk, phones: Phones, chance: Random, turn: int) -> None:
    async with place(desk) as lab:
        crowd = Crowd(lab, phones)
        portal = await lab.portal(environment=environment(lab))
        before = await crowd.at_rest(portal)

        async def hang() -> None:
            for seconds in HANGS:
                await asyncio.sleep(chance.uniform(*BETWEEN))
                portal.pause()
                if seconds > LONGEST_PATIENCE:
                    await asyncio.gather(crowd.latecomer(), asyncio.sleep(seconds))
                else:
                    await asyncio.sleep(seconds)
                portal.go_on()
            await served(crowd)

        await crowd.through(hang, 10 + sum(HANGS) + 2 * len(HANGS))
        assert crowd.waiting <= crowd.fell_back
        await nothing_left(lab, portal, before)


async def test_workers_that_die_or_hang_one_by_one_and_all_together(
    desk: Desk, phones: Phones, chance: Random, turn: int
) -> None:
    async with place(desk, workers=2) as lab:
        crowd = Crowd(lab, phones)
        portal = await lab.portal("--workers", "2", environment=environment(lab))
        before = await crowd.at_rest(portal)

        async def trouble() -> None:
            nonlocal portal
            troubles = [one_is_killed, one_hangs] * OUTAGES
            chance.shuffle(troubles)
            for one in troubles:
                await asyncio.sleep(chance.uniform(*BETWEEN))
                await one(crowd, portal, chance)
            await asyncio.sleep(chance.uniform(*BETWEEN))
            portal = await all_are_gone(crowd, portal)
            await served(crowd)

        await crowd.through(trouble, 22 + 15 * OUTAGES)
        assert crowd.waiting <= crowd.fell_back
        await nothing_left(lab, portal, before)


async def one_is_killed(crowd: Crowd, portal: Portal, chance: Random) -> None:
    """One of two workers is killed, and somebody calls before there is another."""
    started = [line.event for line in site.log_of(portal)].count("worker takes calls")
    workers(portal)[chance.randrange(2)].kill()
    await crowd.latecomer()

    def back() -> bool:
        return [line.event for line in site.log_of(portal)].count("worker takes calls") > started

    await crowd.lab.until(back, "the killed worker to be replaced", 30)


async def one_hangs(crowd: Crowd, portal: Portal, chance: Random) -> None:
    """One of two workers hangs, and somebody calls meanwhile."""
    hung = workers(portal)[chance.randrange(2)]
    hung.suspend()
    await asyncio.gather(crowd.latecomer(), asyncio.sleep(chance.uniform(4, 6)))
    hung.resume()


async def all_are_gone(crowd: Crowd, portal: Portal) -> Portal:
    """No worker and no port is there until everybody who waits has the fallback, as has who calls meanwhile."""
    processes = workers(portal).values()
    await portal.kill()  # first, or it would start new workers
    for process in processes:
        process.kill()
    call, _ = await asyncio.gather(crowd.latecomer(), asyncio.sleep(LONGEST_PATIENCE))
    assert call.tones() == [FALLBACK_TONE]
    return await crowd.lab.portal("--workers", "2", environment=environment(crowd.lab))
