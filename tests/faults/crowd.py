"""Forty calls at once: callers who wait in a menu and callers who talk; some are phones that listen to what they get."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import attrs
import pytest
from lab import FALLBACK_TONE, Lab, Portal, public_home
from phones import TONES, Answer, Callers, CallResult, Carrier, Desk, Media, PhoneCall, Phones

from switchhook.calls.course import Course

from . import site
from .leftovers import left_open

WAITING, LISTENING = 21, 4
TALKING, SPEAKING = 13, 2
"""SIPp's callers and phones, of those who wait and of those who talk."""
LISTENERS: Final = frozenset(f"+493033{n}" for n in range(LISTENING))
LATE: Final = "+493055"
SPEAKERS: Final = frozenset(f"+493044{n}" for n in range(SPEAKING))
CALLS: Final = WAITING + LISTENING + TALKING + SPEAKING
VOICE: Final = TONES[-3]
STEP_SECONDS: Final = 2 * site.PROMPT_SECONDS + site.WAIT_SECONDS
LONGEST_PAUSE: Final = 2 * STEP_SECONDS + site.PATIENCE + site.LATE
"""Between two things in the journal of a caller who waits; a kill may lose what it knew of the last step but one."""
IN_VAIN: Final = 30.0
"""Waiting longer makes no sense; how long it took is looked at afterwards."""
LONGEST_HOLE: Final = 2.0
"""In a conversation, which no portal carries: what a busy machine may do to it."""


@asynccontextmanager
async def place(desk: Desk, *, workers: int = 1) -> AsyncIterator[Lab]:
    """A lab for a crowd, with a carrier that echoes what it hears."""
    with public_home() as home:
        async with (
            Carrier(home / "carrier", Answer(hold=3600)) as carrier,
            await site.make(home / "lab", desk, carrier, workers=workers) as lab,
        ):
            yield lab


@attrs.define
class Crowd:
    """The calls, and afterwards what became of each: ``results`` and ``courses`` by the caller's number."""

    lab: Lab
    phones: Phones
    listening: list[PhoneCall] = attrs.field(factory=list)
    speaking: list[PhoneCall] = attrs.field(factory=list)
    late: list[PhoneCall] = attrs.field(factory=list)
    longest_start: float = 0.0
    """Seconds until a latecomer heard something."""
    lag: float = 0.0
    """How late the machine let this process be, in seconds: so much later may be what was promised."""
    results: dict[str, CallResult] = attrs.field(factory=dict)
    courses: dict[str, Course] = attrs.field(factory=dict)

    async def through(self, trouble: Callable[[], Awaitable[None]], seconds: float) -> None:
        """Put everybody through, make the trouble, let everybody leave, and check what they and the store tell.

        ``seconds`` is how long SIPp's callers stay.
        """
        pulse = asyncio.create_task(self._pulse())
        sipp = [
            self._callers("+493011", site.LOOP, WAITING, seconds),
            self._callers("+493022", site.BRIDGE, TALKING, seconds),
        ]
        running = [asyncio.create_task(one.run(seconds + 60)) for one in sipp]
        self.listening = [await self.phones.call(self.lab.sip(site.LOOP), number=one) for one in LISTENERS]
        self.speaking = [await self.phones.call(self.lab.sip(site.BRIDGE), number=one) for one in SPEAKERS]
        for call in self.speaking:
            await (await call.answered(20)).say(VOICE, again=True)
        await self.lab.until(self._all_up, f"{CALLS} calls", 30)
        await trouble()
        await self._leave()
        self.results = {one.caller: one for some in await asyncio.gather(*running) for one in some}
        pulse.cancel()
        self.courses = await self._look_up()
        self._check_sound()
        self._check_journal()

    async def _pulse(self) -> None:
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.05)
            self.lag = max(self.lag, time.monotonic() - begun - 0.05)

    async def at_rest(self, portal: Portal, *, services: bool = True) -> Counter[str]:
        """What is open when nobody calls; somebody has called before, for much stays from the first call on.

        ``services`` unless it is a worker, which has none.
        """
        first = await self.latecomer()
        await first.hang_up()
        await self.lab.ended()
        seen: Counter[str] = Counter()

        async def settled() -> bool:
            """Services begin some seconds after the calls."""
            nonlocal seen
            before, seen = seen, await left_open(self.lab, portal)
            return seen == before and services == bool(seen["task Services._keep"])

        await self.lab.until(settled, "services to run", IN_VAIN)
        return seen

    async def latecomer(self) -> PhoneCall:
        """Somebody calls now, and hears something in time."""
        call = await self.phones.call(self.lab.sip(site.LOOP), number=f"{LATE}{len(self.late)}")
        self.late.append(call)
        called = time.monotonic()
        await self.lab.until(call.tones, "a sound for whoever calls now", IN_VAIN)
        self.longest_start = max(self.longest_start, time.monotonic() - called)
        return call

    @property
    def waiting(self) -> set[str]:
        """The numbers of those who waited from the beginning."""
        return {number for number, result in self.results.items() if result.number == site.LOOP} | LISTENERS

    @property
    def fell_back(self) -> set[str]:
        """The numbers of those who got the fallback."""
        return self._with("fallback.used")

    @property
    def resumed(self) -> set[str]:
        """The numbers of those whose call was taken up again."""
        return self._with("call.resumed")

    def _with(self, kind: str) -> set[str]:
        return {number for number, course in self.courses.items() if kind in kinds(course)}

    def _callers(self, prefix: str, number: str, count: int, seconds: float) -> Callers:
        media = Media(seconds=seconds)
        numbers = [f"{prefix}{place:02}" for place in range(count)]
        home = self.lab.home / number
        return Callers(home, self.lab.where, number, calls=count, rate=12, media=media, callers=numbers)

    async def _all_up(self) -> bool:
        courses = [one for one in await self.lab.courses() if one.outcome is None]
        waiting = sum(any(one.kind == "keys" for one in course.events) for course in courses)
        return waiting == WAITING + LISTENING and await self.lab.channels() == CALLS + TALKING + SPEAKING

    async def _leave(self) -> None:
        """The phones hang up; one that waits does so when it has heard once more that it is served."""
        for call in (*self.listening, *self.late):
            await self._sound_or_end(call)
            if FALLBACK_TONE in call.tones():
                await call.ended()  # by itself, after the apology
            await call.hang_up()
        for call in self.speaking:
            assert call.end is None, f"a conversation was cut: {call}"
            await call.hang_up()

    async def _sound_or_end(self, call: PhoneCall) -> None:
        heard = len(call.tones())
        await self.lab.until(
            lambda: call.end is not None or len(call.tones()) > heard, f"a sound for who waits: {call}", IN_VAIN
        )

    async def _look_up(self) -> dict[str, Course]:
        """All calls in the journal by who called, each once, as soon as all are closed and all fallbacks are told."""
        cut = [one for one in self.results.values() if one.ended_by == "them"]
        cut += [call for call in (*self.listening, *self.late) if call.end is not None and call.end.by == "them"]

        async def whole() -> list[Course] | None:
            courses = await self.lab.courses()
            used = sum("fallback.used" in kinds(one) for one in courses)
            return courses if all(one.outcome for one in courses) and used >= len(cut) else None

        courses = await self.lab.until(whole, "the journal to be whole", 60)
        # Of who calls while no portal is there nobody knows the number.
        late = {f"{LATE}{n}" for n in range(len(self.late))} | {""}
        assert len(courses) == CALLS + len(self.late)
        assert {one.call.caller.number for one in courses} - late == self.results.keys() | LISTENERS | SPEAKERS
        return {one.call.caller.number or one.call.id: one for one in courses}

    def _check_sound(self) -> None:
        """The phones are the witnesses that nobody was left in silence, and nobody in conversation noticed."""
        silence = max(site.longest_silence(call) for call in self.listening)
        hole = max(site.longest_silence(call, (VOICE,)) for call in self.speaking)
        print(
            f"{len(self.resumed)} calls taken up again, {len(self.fell_back)} fell back; longest silence {silence:.2f} s, "
            f"before the first sound {self.longest_start:.2f} s, in a conversation {hole:.2f} s; "
            f"the machine was up to {self.lag:.2f} s late"
        )
        for call in self.listening:
            assert call.end is not None
            assert (call.tones()[-1] == FALLBACK_TONE) == (call.end.by == "them"), str(call)
        assert silence < site.LONGEST_SILENCE + self.lag
        assert self.longest_start < site.PATIENCE + site.LATE + self.lag
        assert hole < LONGEST_HOLE + self.lag

    def _check_journal(self) -> None:
        """SIPp and the journal tell the same of each call: that it was served, how long, and who ended it."""
        for course in self.courses.values():
            site.closed_once(course)
            if course.call.number == site.BRIDGE:
                assert str(course.outcome) == "human", course
            else:
                assert longest_pause(course) < LONGEST_PAUSE + self.lag, course
        for number, result in self.results.items():
            course = self.courses[number]
            assert result.status == 200
            assert result.ended_at is not None
            assert course.seconds == pytest.approx(result.ended_at - result.invited_at, abs=1 + site.LATE + self.lag)
            cut = result.ended_by == "them"
            assert cut == (number in self.fell_back), course
            assert not cut or result.number == site.LOOP, "a conversation was cut"


def kinds(course: Course) -> set[str]:
    """What kinds of things happened in a call."""
    return {event.kind for event in course.events}


def longest_pause(course: Course) -> float:
    """The longest time in which the journal tells nothing of a call; what a hung portal does after its end is none."""
    times = sorted(event.at for event in course.events if course.ended and event.at <= course.ended)
    return max((b - a).total_seconds() for a, b in itertools.pairwise(times))
