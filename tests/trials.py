"""Random callers for random flows.

A caller here does only what a real one can do at a moment that is sure: press keys while
the flow listens, no more of them than it takes; press nothing; hang up while the flow
listens or in a conversation. So each trial has one course, whoever the port is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, Final, TypeVar

import attrs
from hypothesis import strategies as st
from strategies import CALL, KEPT, NOW, PIN, SHELF, Kept, flows

from switchhook.calls.call import Call
from switchhook.calls.pins import OneCallsPins
from switchhook.calls.port import DialPlan, DialResult, Keys, LegSounds, Listen, Place
from switchhook.calls.prompts import Prompt
from switchhook.calls.session import Session
from switchhook.clock import SetClock
from switchhook.errors import CallEnded
from switchhook.flows.document import write_flow
from switchhook.flows.flow import Flow, LiveFlow, Point
from switchhook.flows.interpreter import Interpreter
from switchhook.flows.module import Exit
from switchhook.simulator.port import SimulatedPort
from switchhook.simulator.script import Action, Party, Script
from switchhook.simulator.simulate import EventList, Simulated, simulate
from switchhook_routing.pin_entry import LONGEST as LONGEST_PIN

T = TypeVar("T")
MOST_ACTIONS: Final = 8
ENDS: Final = ("answered", "busy", "rejected", "no_answer")
CAUSES: Final = {"answered": 16, "busy": 17, "rejected": 21, "no_answer": 19, "declined_by_key": 16}


@attrs.frozen
class Trial:
    """A flow with those it leads to, a caller's script for it, and the course the simulator gives."""

    flows: tuple[Flow, ...]
    script: Script
    expected: Simulated

    @property
    def documents(self) -> dict[str, str]:
        """The flows as YAML, by id; the first one is called."""
        return {flow.id: write_flow(flow) for flow in self.flows}

    @property
    def seconds(self) -> float:
        """How long the call takes, by the simulator's clock."""
        return (self.expected.events[-1].at - self.expected.call.arrived).total_seconds()


@st.composite
def trials(draw: st.DrawFn, *, wild: bool = False) -> Trial:
    """A flow, and a caller who hears it and decides each time what to press."""
    main, other = draw(flows("trial", ["other"], wild=wild)), draw(flows("other", ["trial"] if wild else []))
    script = finish(_decided((main, other), draw))
    return Trial((main, other), script, run((main, other), script))


def run(flows: Sequence[Flow], script: Script, kept: Kept = KEPT) -> Simulated:
    """The course of a call through ``flows`` by the simulator; a module that fails is an ``AssertionError``."""
    interpreter, live = served(flows)
    return finish(simulate(CALL, live, script, interpreter=interpreter, prompts=SHELF, gate=Open(), shelf=kept))


async def _decided(flows: Sequence[Flow], draw: st.DrawFn) -> Script:
    """What a caller does who walks through ``flows`` and decides by ``draw``."""
    interpreter, live = served(flows)
    clock = SetClock(NOW)
    port = _Deciding(Script(), clock, draw)
    with contextlib.suppress(CallEnded):
        pins = OneCallsPins()
        await interpreter.run(Session(CALL, port, EventList(), SHELF, Open(), clock, shelf=KEPT, pins=pins), live)
    return port.script


def served(flows: Sequence[Flow]) -> tuple[Interpreter, LiveFlow]:
    """An interpreter that knows these flows, and the first of them."""
    published = Published({flow.id: flow for flow in flows})
    return Interpreter(published, Unwatched()), LiveFlow(f"{flows[0].id}.1", 1, CALL.tenant, flows[0])


class _Deciding(SimulatedPort):
    """Draws what the caller does when the flow listens, knowing how it listens."""

    def __init__(self, script: Script, clock: SetClock, draw: st.DrawFn) -> None:
        super().__init__(script, clock)
        self.draw = draw

    @property
    def script(self) -> Script:
        return self._script

    async def play(self, prompts: Sequence[Prompt], *, interruptible: bool, early: bool, place: Place) -> str:
        if interruptible:
            self._act(st.sampled_from("0123456789*#"))
        return await super().play(prompts, interruptible=interruptible, early=early, place=place)

    async def read(self, prompts: Sequence[Prompt], listen: Listen, *, place: Place) -> Keys:
        self._act(_typed(listen))
        return await super().read(prompts, listen, place=place)

    async def dial(self, plan: DialPlan, sounds: LegSounds, *, place: Place, **more: Any) -> DialResult:
        ends = (*ENDS, "declined_by_key") if plan.confirm and plan.decline else ENDS
        status = self.draw(st.sampled_from(ends))
        party = Party(
            status,
            1e6 if status == "no_answer" else 1.0,
            self.draw(st.sampled_from([1.0, 4.0])),
            CAUSES[status],
            caller_hangs_up=status == "answered" and self.draw(st.integers(0, 4)) == 0 and not plan.limit_seconds,
        )
        self._script = attrs.evolve(self._script, parties=(*self._script.parties, party))
        return await super().dial(plan, sounds, place=place, **more)

    def _act(self, typed: st.SearchStrategy[str]) -> None:
        kinds = ["keys", "keys", "keys", "wait", "hang_up"]
        if len(self._script.actions) >= MOST_ACTIONS:
            kinds = ["hang_up"]
        kind = self.draw(st.sampled_from(kinds))
        action = Action("keys", self.draw(typed)) if kind == "keys" else Action(kind)
        self._script = attrs.evolve(self._script, actions=(*self._script.actions, action))


def _typed(listen: Listen) -> st.SearchStrategy[str]:
    """Keys that one reading takes: none is left over for whatever comes next."""
    within = "0123456789*#".replace(listen.terminator or "none", "")
    sizes = st.text(within, min_size=1, max_size=listen.max_keys)
    if not listen.terminator:
        return sizes
    if listen.max_keys == LONGEST_PIN:
        return st.one_of(st.just(f"{PIN}#"), st.text(within, min_size=1, max_size=5).map(lambda typed: typed + "#"))
    return st.one_of(sizes, st.text(within, max_size=listen.max_keys - 1).map(lambda typed: typed + listen.terminator))


def finish(course: Coroutine[Any, Any, T]) -> T:
    """Nothing in a simulation waits, so it ends at its first step."""
    try:
        course.send(None)
    except StopIteration as done:
        given: T = done.value
        return given
    raise AssertionError("a simulated call waited for something")


@attrs.frozen
class Published:
    """Flows that are live."""

    flows: Mapping[str, Flow]

    def current(self, tenant: str, flow: str) -> LiveFlow | None:
        return LiveFlow(f"{flow}.1", 1, tenant, self.flows[flow]) if flow in self.flows else None

    def last_resort(self, tenant: str) -> str:
        return ""


@attrs.frozen
class Open:
    """A gate that lets every leg through."""

    async def check(self, call: Call, plan: DialPlan, leg: int | None) -> DialPlan:
        return plan


@attrs.frozen
class Unwatched:
    """Sees to it that no module fails."""

    async def entered(self, call: Call, point: Point) -> None:
        pass

    async def left(self, call: Call, point: Point, way: Exit) -> None:
        pass

    def module_failed(self, call: Call, point: Point, error: Exception) -> None:
        raise AssertionError(f"module {point.module} failed") from error
