"""Walks through small flows: modules that do one thing, and everything an interpreter needs around them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from switchhook.calls.call import Call, Caller
from switchhook.calls.event import Event
from switchhook.calls.port import DialPlan, Listen, Place
from switchhook.calls.session import Session
from switchhook.clock import SetClock
from switchhook.errors import CallEnded
from switchhook.flows.flow import HANG_UP, Flow, LiveFlow, Point
from switchhook.flows.interpreter import Budget, Interpreter
from switchhook.flows.module import Exit, Module
from switchhook.schema import Label
from switchhook.simulator.port import SimulatedPort
from switchhook.simulator.script import Script, read_parties, read_script
from switchhook.simulator.simulate import EventList
from switchhook.testing import PromptShelf

LISTEN = Listen(1, 5.0, 3.0)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@attrs.frozen
class Does(Module):
    """Runs what it is given."""

    kind = "does"
    label = Label("Tut", "Does")

    run_it: Callable[[Session], Any]

    def exits(self) -> tuple[str, ...]:
        return ("next",)

    async def run(self, session: Session) -> Exit:
        return await self.run_it(session)


def says(prompt: str) -> Does:
    async def run(session: Session) -> Exit:
        await session.play(prompt)
        return Exit("next", "said")

    return Does(run)


def listens() -> Does:
    async def run(session: Session) -> Exit:
        keys = await session.read("ask", listen=LISTEN)
        return Exit("next", keys.pressed or "silence")

    return Does(run)


def gives(way: object) -> Does:
    async def run(session: Session) -> object:
        return way

    return Does(run)


def raises(error: BaseException) -> Does:
    async def run(session: Session) -> Exit:
        raise error

    return Does(run)


def flow(
    name: str = "main", last_resort: str = "", **points: tuple[Module, str] | tuple[Module, Mapping[str, str]]
) -> Flow:
    """A flow whose points lead on by ``next`` to the id given, or by the exits given; the first one starts."""
    made = {
        point: Point(point, module, "", {"next": leads} if isinstance(leads, str) else leads)
        for point, (module, leads) in points.items()
    }
    return Flow(name, name, next(iter(points)), made, last_resort=last_resort)


@attrs.frozen
class Published:
    flows: Mapping[str, Flow]
    resort: str = ""

    def current(self, tenant: str, flow: str) -> LiveFlow | None:
        return live(self.flows[flow]) if flow in self.flows else None

    def last_resort(self, tenant: str) -> str:
        return self.resort


@attrs.define
class Seen:
    """What an observer was told."""

    steps: list[str] = attrs.field(factory=list)
    failed: list[tuple[str, Exception]] = attrs.field(factory=list)

    async def entered(self, call: Call, point: Point) -> None:
        self.steps.append(f"> {point.id}")

    async def left(self, call: Call, point: Point, way: Exit) -> None:
        self.steps.append(f"< {point.id} {way.name}")

    def module_failed(self, call: Call, point: Point, error: Exception) -> None:
        self.failed.append((point.id, error))


@attrs.frozen
class OpenGate:
    async def check(self, call: Call, plan: DialPlan, leg: int | None) -> DialPlan:
        return plan


def live(flow: Flow) -> LiveFlow:
    return LiveFlow(f"{flow.id}-v1", 1, "acme", flow)


@attrs.define
class Walked:
    session: Session
    port: SimulatedPort
    events: list[Event]
    seen: Seen
    gone: bool = False
    """The caller hung up."""

    @property
    def heard(self) -> list[str]:
        return [prompt for event in self.of("prompt.started") for prompt in event.data["prompts"]]

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event.kind == kind]

    @property
    def why(self) -> list[str]:
        return [event.data["why"] for event in self.events if event.kind in {"last_resort.used", "call.failed"}]


def prepared(keys: str = "", parties: str = "", port: type[SimulatedPort] = SimulatedPort) -> Walked:
    clock, events = SetClock(NOW), EventList()
    acts = port(Script(read_script(keys), read_parties(parties)), clock)
    call = Call("c-1", "acme", "+4922155500", Caller("+4930123456"), NOW)
    session = Session(call, acts, events, PromptShelf(), OpenGate(), clock)
    return Walked(session, acts, events.events, Seen())


async def walk(
    start: Flow,
    keys: str = "",
    *others: Flow,
    parties: str = "",
    resort: str = "",
    budget: Budget | None = None,
    resume: Place | None = None,
    port: type[SimulatedPort] = SimulatedPort,
) -> Walked:
    """A whole call; each one must end within a second and leave no gap in its events."""
    walked = prepared(keys, parties, port)
    flows = Published({one.id: one for one in (start, *others)}, resort)
    interpreter = Interpreter(flows, walked.seen, budget or Budget())
    async with asyncio.timeout(1):
        try:
            await interpreter.run(walked.session, live(start), resume)
        except CallEnded:
            walked.gone = True
    assert [event.seq for event in walked.events] == list(range(len(walked.events)))
    return walked


END = HANG_UP
