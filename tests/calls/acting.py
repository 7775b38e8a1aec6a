"""Real calls that take the course of simulated ones: who does what, and as soon as the call has come how far."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import attrs
from lab import PASSWORD, Lab, course_of, trace
from phones import TONES, PhoneCall, PhoneError, Phones, tone
from trials import Open

from switchhook.calls.call import Call, Caller
from switchhook.calls.course import Course
from switchhook.calls.pins import OneCallsPins
from switchhook.calls.port import DialPlan
from switchhook.calls.session import Session
from switchhook.calls.surroundings import Books, NoBooks, Prompts, Shelf
from switchhook.clock import SetClock
from switchhook.errors import CallEnded
from switchhook.flows.flow import LiveFlow
from switchhook.flows.interpreter import Interpreter
from switchhook.simulator.port import SimulatedPort, SimulatedTape
from switchhook.simulator.script import Action, Party, Script
from switchhook.simulator.simulate import EventList
from switchhook.store.history import History

SECONDS = 2.5
"""How long each prompt is in a real call."""
SAID = TONES[20]


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
class Act:
    """A call to be made: who makes it, what is to be done when, and the course expected."""

    call: Call
    todo: tuple[Due, ...]
    expected: list[str]


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

    async def dial(self, plan: DialPlan, sounds, *, place, **more):
        here = len(comparable(self.seen.events))
        party = self._script.parties[self._dialled]
        self.todo.append(Due(here, Dialled(tuple(target.address for target in plan.targets), party, plan)))
        return await super().dial(plan, sounds, place=place, **more)


NOBODYS = Call("trial", "acme", "", Caller(), datetime(2026, 3, 2, 12, tzinfo=UTC))


def comparable(events) -> list[str]:
    """What can be compared of a course."""
    return trace(Course(NOBODYS, tuple(events)))


async def rehearsed(
    call: Call,
    live: LiveFlow,
    script: Script,
    *,
    interpreter: Interpreter,
    prompts: Prompts,
    shelf: Shelf,
    plugins: Sequence[object] = (),
    books: Books | None = None,
) -> Act:
    """The simulated call, and what is to be done in the real one."""
    clock, seen = SetClock(call.arrived), EventList()
    port = Watching(script, clock, seen)
    session = Session(
        call,
        port,
        seen,
        prompts,
        Open(),
        clock,
        language=live.flow.language,
        shelf=shelf,
        plugins=plugins,
        books=books or NoBooks(),
        tape=SimulatedTape(port),
        pins=OneCallsPins(),
    )
    with suppress(CallEnded):
        await interpreter.run(session, live)
    return Act(call, tuple(port.todo), comparable(seen.events))


async def act_out(lab: Lab, phones: Phones, one: Act) -> Course:
    """Make the call and do what is due whenever it has come far enough."""
    names = {target for due in one.todo if isinstance(due.what, Dialled) for target in due.what.targets}
    sets = {name: await phones.register(name, PASSWORD, lab.where) for name in sorted(names)}
    call = await phones.call(lab.sip(one.call.number), number=one.call.caller.number)
    id = await lab.until(lambda: _id_of(lab, one.call.number), f"a call to {one.call.number}", 40)  # noqa: A001

    async def come_to(events: int) -> bool:
        now = await course_of(lab, id)
        return now is not None and (len(comparable(now.events)) >= events or now.outcome is not None)

    for due in one.todo:
        await lab.until(lambda due=due: come_to(due.events), f"{one.call.number} to come to {due}", 40)
        match due.what:
            case Action():
                await _does(call, due.what)
            case Dialled(targets, party, plan):
                await _rung(call, [sets[target] for target in targets], party, plan, lab.tones)

    async def ended() -> Course | None:
        now = await course_of(lab, id)
        return now if now is not None and now.outcome is not None else None

    return await lab.until(ended, f"the end of {one.call.number}", 40)


async def _id_of(lab: Lab, number: str) -> str:
    return next((line.id for line in await History(lab.store).list_calls(limit=100) if line.number == number), "")


async def _does(call: PhoneCall, action: Action) -> None:
    if action.kind == "say":
        await call.say(tone(SAID, action.seconds))
        await call.listen(action.seconds + 0.3)
    if action.keys:
        await call.press(action.keys)
    if action.kind == "hang_up":
        await call.hang_up()


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
