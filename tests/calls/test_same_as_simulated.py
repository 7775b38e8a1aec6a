"""The simulator tells the truth: random flows and callers take the same course there and on a real Asterisk."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random

import attrs
import pytest
import strategies
from hypothesis import HealthCheck, Phase, given, seed, settings
from lab import PASSWORD, TENANT, Lab, apply, public_home, trace
from phones import PhoneError, Phones

from switchhook.calls.call import Call
from switchhook.calls.course import Course
from switchhook.calls.port import DialPlan
from switchhook.clock import SetClock
from switchhook.schema import plain_settings
from switchhook.simulator.port import SimulatedPort
from switchhook.simulator.script import Action, Party
from switchhook.simulator.simulate import EventList
from switchhook_forward.follow_me import FollowMe
from switchhook_forward.forward import Forward
from switchhook_forward.ring_group import RingMembers
from switchhook_ivr.entry import Entry
from switchhook_ivr.menu import Menu
from switchhook_routing.sub_flow import SubFlow

pytestmark = [pytest.mark.asterisk, pytest.mark.alone, pytest.mark.timeout(240)]
SAMPLE = 12
LONGEST = 25.0
SECONDS = 2.5
"""How long each prompt is in a real call."""
SEED = int(os.environ.get("SWITCHHOOK_TEST_SEED", random.randrange(2**32)))


@attrs.frozen
class Dialled:
    """A leg: who is rung, and how it goes."""

    targets: tuple[str, ...]
    party: Party
    plan: DialPlan


@attrs.frozen
class Due:
    """What somebody does as soon as the call has come as far as ``events`` comparable events."""

    events: int
    what: Action | Dialled


@attrs.frozen
class Real:
    """A trial with phones of its own: its flows, what is to be done when, and the course expected."""

    number: str
    trial: strategies.Trial
    todo: tuple[Due, ...]
    expected: list[str]
    kept: strategies.Kept


class Watching(SimulatedPort):
    """Notes how far the call had come each time the caller or a called party did something."""

    def __init__(self, script, clock, seen: EventList) -> None:
        super().__init__(script, clock)
        self.seen = seen
        self.todo: list[Due] = []

    def _next_action(self) -> Action:
        here = len(comparable(self.seen.events))
        number = self._listened
        if number < len(self._script.actions):
            self.todo.append(Due(here, self._script.actions[number]))
        return super()._next_action()

    async def dial(self, plan: DialPlan, sounds, *, place):
        here = len(comparable(self.seen.events))
        party = self._script.parties[self._dialled]
        self.todo.append(Due(here, Dialled(tuple(target.address for target in plan.targets), party, plan)))
        return await super().dial(plan, sounds, place=place)


def comparable(events) -> list[str]:
    return trace(Course(strategies.CALL, tuple(events)))


def drawn() -> list[strategies.Trial]:
    """Trials that real phones can take part in, in reasonable time."""
    found: list[strategies.Trial] = []

    @seed(SEED)
    @settings(
        max_examples=200, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(strategies.trials())
    def draw(trial) -> None:
        playable = all(party.status != "rejected" for party in trial.script.parties)
        if playable and 2 < trial.seconds < LONGEST and len(trial.expected.events) > 8:
            found.append(trial)

    draw()
    return random.Random(SEED).sample(found, SAMPLE)


def real(place: int, trial: strategies.Trial) -> Real:
    hurry = any(party.status == "no_answer" for party in trial.script.parties)
    kept = strategies.Kept(str(place), 6 if hurry else 30)
    flows = tuple(_for_real(flow, place, kept.ring) for flow in trial.flows)
    trial = attrs.evolve(trial, flows=flows)
    interpreter, live = strategies._served(flows)
    clock, seen = SetClock(strategies.NOW), EventList()
    port = Watching(trial.script, clock, seen)
    _simulate(interpreter, live, port, seen, clock, kept)
    return Real(f"+492215560{place:02}", trial, tuple(port.todo), comparable(seen.events), kept)


def _for_real(flow, place: int, ring: int):
    """Flows of one trial lead to each other and to phones nobody else calls, and leave a busy machine its time."""
    points = {}
    for name, point in flow.points.items():
        module = point.module
        if isinstance(module, Forward):
            module = attrs.evolve(module, targets=tuple(f"{target}{place}" for target in module.targets), ring=ring)
        elif isinstance(module, RingMembers):
            module = attrs.evolve(module, group=f"{module.group}{place}")
        elif isinstance(module, FollowMe):
            module = attrs.evolve(module, person=f"{module.person}{place}")
        elif isinstance(module, (Menu, Entry)):
            module = attrs.evolve(module, wait=2.5, between=2.0)
        elif isinstance(module, SubFlow):
            module = attrs.evolve(module, flow=f"{module.flow}{place}")
        exits = {way: _own(to, place) for way, to in point.exits.items()}
        points[name] = attrs.evolve(point, module=module, exits=exits)
    return attrs.evolve(flow, id=f"{flow.id}{place}", points=points, last_resort=_own(flow.last_resort, place))


def _own(target: str, place: int) -> str:
    return f"{target}{place}" if target.startswith("flow:") else target


def _simulate(interpreter, live, port, seen, clock, kept) -> None:
    from contextlib import suppress

    from switchhook.calls.session import Session
    from switchhook.errors import CallEnded

    call = Call("trial", TENANT, "+4922155500", strategies.CALL.caller, strategies.NOW)

    async def course() -> None:
        with suppress(CallEnded):
            session = Session(call, port, seen, strategies.SHELF, strategies._Open(), clock, shelf=kept)
            await interpreter.run(session, live)

    strategies._finish(course())


async def act_out(lab: Lab, phones: Phones, one: Real) -> Course:
    """Make the call and do what is due whenever it has come far enough."""
    names = {target for due in one.todo if isinstance(due.what, Dialled) for target in due.what.targets}
    sets = {name: await phones.register(name, PASSWORD, lab.where) for name in sorted(names)}
    call = await phones.call(lab.sip(one.number), number="+4930123456")

    async def course() -> Course | None:
        found = [course for course in await lab.courses() if course.call.number == one.number]
        return found[0] if found else None

    async def come_to(events: int) -> bool:
        now = await course()
        return now is not None and (len(comparable(now.events)) >= events or now.outcome is not None)

    for due in one.todo:
        await lab.until(lambda due=due: come_to(due.events), f"{one.number} to come to {due}", 40)
        match due.what:
            case Action("keys", typed):
                await call.press(typed)
            case Action("hang_up"):
                await call.hang_up()
            case Dialled(targets, party, plan):
                await _rung(call, [sets[target] for target in targets], party, plan, lab.tones)

    async def ended() -> Course | None:
        now = await course()
        return now if now is not None and now.outcome is not None else None

    return await lab.until(ended, f"the end of {one.number}", 40)


async def _rung(call, called, party: Party, plan: DialPlan, tones) -> None:
    ringing = await asyncio.gather(*(phone.incoming(deadline=30) for phone in called))
    if party.status == "busy":
        await asyncio.gather(*(each.reject() for each in ringing))
    elif party.status == "no_answer":
        await asyncio.gather(*(each.ended(deadline=30) for each in ringing))
    elif party.status == "declined_by_key":
        await asyncio.gather(*(each.reject() for each in ringing[1:]))
        await ringing[0].answer()
        await _asked(ringing[0], plan, plan.decline, tones)
    else:
        await ringing[0].answer()
        await _asked(ringing[0], plan, plan.accept, tones)
        await asyncio.sleep(party.talk_seconds)
        if party.caller_hangs_up:
            await call.hang_up()
        else:
            with contextlib.suppress(PhoneError):  # the limit may have ended it in this moment
                await ringing[0].hang_up()


async def _asked(taken, plan: DialPlan, key: str, tones) -> None:
    """Hear what whoever answers hears, and press ``key`` where one is asked for."""
    if plan.confirm or plan.whisper:
        await taken.wait_for_tone(tones[plan.whisper or plan.confirm])
    if plan.confirm:
        await taken.press(key)
    elif plan.whisper:
        await taken.listen(SECONDS + 0.5)


def _as_file(kept: list[strategies.Kept]) -> dict[str, dict[str, object]]:
    """What is kept, as it is brought in."""
    found: dict[str, dict[str, object]] = {}
    for one in kept:
        for id, value in one.resources.items():  # noqa: A001
            found.setdefault(value.kind, {})[id] = plain_settings(value)
    return found


async def test_random_calls_take_the_course_the_simulator_tells(desk):
    print(f"SWITCHHOOK_TEST_SEED={SEED}")
    sample = [real(place, trial) for place, trial in enumerate(drawn())]
    documents = {one.number: text for one in sample for text in [next(iter(one.trial.documents.values()))]}
    others = {f"+492215570{n:02}": list(one.trial.documents.values())[1] for n, one in enumerate(sample)}
    names = [f"{name}{place}" for place in range(SAMPLE) for name in strategies.PHONES]
    with public_home() as home:
        lab = await Lab.make(
            home / "lab",
            {**documents, **others},
            list(strategies.PROMPTS),
            phones=names,
            trunk_matches=[desk.where],
            seconds=SECONDS,
        )
        async with lab, Phones(desk) as phones:
            await apply(lab, json.dumps(_as_file([one.kept for one in sample])))
            await lab.portal()
            courses = await asyncio.gather(*(act_out(lab, phones, one) for one in sample))
    for one, course in zip(sample, courses, strict=True):
        assert comparable(course.events) == one.expected, f"{one.number} of seed {SEED}: {one.trial.script}"
