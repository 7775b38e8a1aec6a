"""The measurements on telephone calls; each starts what it measures and leaves nothing running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import count

import attrs

from . import probe
from .figures import Cost, Search, per_call
from .load import Callers, Load
from .proxy import counting
from .site import Site
from .ways import BARE, COUNTED, NUMBERS, SWITCHHOOK, WAITERS

SETTLE = 2.0
"""Seconds in which a controller that was just started, or just served calls, finishes what it does by the way."""
HELD_LATE = 2.0
"""Seconds by which the last call of a rate that was held may be late, beyond its own length."""
CALL_SECONDS = 0.9
RAMP = 40.0
"""Waiting callers that come in a second."""
JOINING = 20.0
"""Members of a room that come in a second."""

Done = Callable[[], Awaitable[bool]]
"""Whether all that follows the calls was done."""


@attrs.frozen
class Met:
    """What a room costs: ms of CPU for each who joins, and the share of a core while they talk; and the speed then."""

    asterisk_joining: float
    portal_joining: float
    asterisk_talking: float
    portal_talking: float
    speed: float

    @property
    def talking(self) -> float:
        """The share of a core in all."""
        return self.asterisk_talking + self.portal_talking


@attrs.define
class Measure:
    """Measures on one site. ``rate`` calls a second for ``seconds`` are what costs are measured with."""

    site: Site
    rate: float
    seconds: float
    held_seconds: float
    speeds: list[float] = attrs.field(factory=list, init=False)
    _numbers: Iterator[int] = attrs.field(factory=count, init=False)

    async def cost(
        self, way: str, numbers: Mapping[str, str] = NUMBERS, hold: float = 0, done: Done | None = None
    ) -> Cost:
        """CPU a call of a way's number costs in Asterisk and in the controller, what follows until ``done`` included."""
        calls = round(self.rate * self.seconds)
        async with self._controller(way) as controller:
            before = self._cpu(controller)
            async with probe.watching() as speed:
                load = await self._callers(numbers[way], calls, self.rate, hold=hold, watched=True).run()
                if done is not None:
                    await self.site.lab.until(done, "all that follows the calls", 60)
                await asyncio.sleep(SETTLE)
            after = self._cpu(controller)
        assert not load.failed, f"{way}: {load.failed} of {calls} calls failed at {self.rate:g} a second: {load.errors}"
        self.speeds.append(speed[0])
        asterisk, portal = (per_call(old, new, calls) for old, new in zip(before, after, strict=True))
        return Cost(asterisk, portal, speed[0], load.answers)

    async def rates(self, way: str, search: Search, seconds: float) -> None:
        """Let ``search`` find the highest rate that is held for ``seconds``."""
        async with self._controller(way):
            while (rate := search.ask()) is not None:
                load = await self._callers(NUMBERS[way], round(rate * seconds), rate, impatient=True).run()
                search.tell(held(load, seconds))
                await self.site.idle()
                await asyncio.sleep(1)

    async def memory(self, way: str, callers: int) -> tuple[float, float]:
        """KiB for one waiting call, in Asterisk and in the controller. Asterisk is a new one: it keeps what it had."""
        await self.site.restart()
        async with self._controller(way) as controller:
            before = self._memory(controller)
            load = self._callers(WAITERS[way], callers, RAMP, hold=callers / RAMP + 6)
            ready = asyncio.Event()
            calls = asyncio.create_task(load.run(ready))
            await asyncio.wait_for(ready.wait(), callers / RAMP + 30)
            await asyncio.sleep(1)
            there = await self.site.lab.channels()
            after = self._memory(controller)
            done = await calls
        assert there == callers, f"{way}: {there} of {callers} callers wait: {done.errors}"
        asterisk, portal = ((new - old) / callers / 1024 for old, new in zip(before, after, strict=True))
        return asterisk, portal

    async def waiting(self, callers: int) -> tuple[int, int, float]:
        """How many of Switchhook's callers wait at once, how many failed, and the share of both cores it takes."""
        async with self._controller(SWITCHHOOK) as controller:
            hold = callers / RAMP + 10
            ready = asyncio.Event()
            calls = asyncio.create_task(self._callers(WAITERS[SWITCHHOOK], callers, RAMP, hold=hold).run(ready))
            await asyncio.wait_for(ready.wait(), callers / RAMP + 30)
            there, before = await self.site.lab.channels(), self._cpu(controller)
            await asyncio.sleep(5)
            used = sum(self._cpu(controller)) - sum(before)
            done = await calls
        return there, done.failed, used / 5

    async def meeting(self, way: str, numbers: Mapping[str, str], members: int, seconds: float) -> Met:
        """CPU of a room with so many members, every tenth of whom speaks: while they join, and then for some seconds."""
        async with self._controller(way) as controller:
            hold = members / JOINING + seconds + 12
            ready = [asyncio.Event(), asyncio.Event()]
            before = self._cpu(controller)
            tenth = members // 10
            crowd = [
                self._callers(numbers[way], members - tenth, 0.9 * JOINING, hold=hold, silent=True),
                self._callers(numbers[way], tenth, 0.1 * JOINING, hold=hold),
            ]
            crowd[1].port = self.site.speakers_port
            loads = asyncio.gather(*(one.run(said) for one, said in zip(crowd, ready, strict=True)))
            async with asyncio.timeout(members / JOINING + 40):
                await asyncio.gather(*(said.wait() for said in ready))
            await asyncio.sleep(SETTLE)
            joined, there = self._cpu(controller), await self._members()
            async with probe.watching() as speed:
                await asyncio.sleep(seconds)
            after = self._cpu(controller)
            done = await loads
        assert there == members, f"{way}: {there} of {members} callers met: {[one.errors for one in done]}"
        self.speeds.append(speed[0])
        joining = tuple(1000 * (new - old) / members for old, new in zip(before, joined, strict=True))
        talking = tuple((new - old) / seconds for old, new in zip(joined, after, strict=True))
        return Met(joining[0], joining[1], talking[0], talking[1], speed[0])

    async def _members(self) -> int:
        told = await self.site.lab.asterisk.command("confbridge list")
        return sum(int(line.split()[1]) for line in told.splitlines()[2:] if line.strip())

    async def round_trips(self, number: str = NUMBERS[SWITCHHOOK], hold: float = 0) -> list[str]:
        """The AGI commands of one call of Switchhook's."""
        async with self._controller(SWITCHHOOK):
            await self.site.equip()
            async with counting(self.site.proxy_port, self.site.lab.settings.agi.port) as counted:
                load = await self._callers(COUNTED[number], 5, 5, hold=hold).run()
                await self.site.idle()
        assert not load.failed, load.errors
        ways = {tuple(commands) for commands in counted.sessions if commands}
        assert len(ways) == 1, f"calls of one kind differ: {ways}"
        return list(ways.pop())

    async def idle(self, seconds: float = 10) -> float:
        """Milliseconds of CPU a second that the portal takes without calls."""
        async with self._controller(SWITCHHOOK) as controller:
            before = self._cpu(controller)[1]
            await asyncio.sleep(seconds)
            return 1000 * (self._cpu(controller)[1] - before) / seconds

    async def served(self) -> int:
        """How many of Switchhook's calls went the measured way to its end, as its own journal has it."""
        from sqlalchemy import func, select

        from switchhook.store import tables

        event = tables.event
        done = select(func.count()).where(event.c.kind == "point.left", event.c.point == "second")
        async with self.site.lab.store.read() as conn:
            return int((await conn.execute(done)).scalar_one())

    @asynccontextmanager
    async def _controller(self, way: str) -> AsyncIterator[int | None]:
        """The process that serves this way, with all others stopped."""
        await self.site.idle()
        if way == SWITCHHOOK:
            served = await self.site.portal()
        else:
            await self.site.equip()
            served = await self.site.bare() if way == BARE else None
        await asyncio.sleep(SETTLE)
        try:
            yield served.pid if served else None
        finally:
            await self.site.idle()
            if served:
                await served.stop()

    def _cpu(self, controller: int | None) -> tuple[float, float]:
        return probe.cpu_seconds(self.site.asterisk_pid), probe.cpu_seconds(controller) if controller else 0.0

    def _memory(self, controller: int | None) -> tuple[int, int]:
        return probe.memory(self.site.asterisk_pid), probe.memory(controller) if controller else 0

    def _callers(
        self,
        number: str,
        calls: int,
        rate: float,
        *,
        hold: float = 0,
        impatient: bool = False,
        watched: bool = False,
        silent: bool = False,
    ) -> Callers:
        home = self.site.lab.home / f"load-{next(self._numbers)}"
        return Callers(
            home, self.site.lab.where, self.site.callers_port, number, calls, rate, hold, impatient, watched, silent
        )


def held(load: Load, seconds: float) -> bool:
    """Whether a rate was held: every call was made and went through, none of them late."""
    return not load.failed and load.made == load.wanted and load.seconds <= seconds + CALL_SECONDS + HELD_LATE
