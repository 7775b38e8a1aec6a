"""Random flows and callers for hypothesis, for the simulator alone and for comparing it with a real Asterisk.

A caller here does only what a real one can do at a moment that is sure: press keys while
the flow listens, no more of them than it takes; press nothing; hang up while the flow
listens or in a conversation. So each trial has one course, whoever the port is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import attrs
from hypothesis import strategies as st

from switchhook.calls.call import Call, Caller
from switchhook.calls.port import DialPlan, DialResult, Keys, LegSounds, Listen, Place
from switchhook.calls.prompts import Prompt
from switchhook.calls.session import Session
from switchhook.clock import SetClock
from switchhook.errors import CallEnded
from switchhook.flows.document import write_flow
from switchhook.flows.flow import HANG_UP, Flow, LiveFlow, Point
from switchhook.flows.interpreter import Interpreter
from switchhook.flows.module import Exit, Module
from switchhook.flows.registry import ModuleRegistry
from switchhook.resources.resource import Resource
from switchhook.simulator.port import SimulatedPort
from switchhook.simulator.script import Action, Party, Script
from switchhook.simulator.simulate import EventList, Simulated, simulate
from switchhook.testing import PromptShelf
from switchhook_forward.follow_me import FollowMe
from switchhook_forward.forward import Forward
from switchhook_forward.group import STRATEGIES, Member, RingGroup
from switchhook_forward.person import Device, Person
from switchhook_forward.ring_group import RingMembers
from switchhook_ivr.announcement import Announcement
from switchhook_ivr.entry import Entry
from switchhook_ivr.hang_up import CAUSES as HANG_UP_CAUSES
from switchhook_ivr.hang_up import HangUp
from switchhook_ivr.menu import Menu
from switchhook_ivr.music import Music
from switchhook_routing.called import CalledNumber, Numbers
from switchhook_routing.condition import Assignment, Case, Condition, SetVariable
from switchhook_routing.distribution import Distribution, Share
from switchhook_routing.limit import Limit
from switchhook_routing.number_announcement import NumberAnnouncement
from switchhook_routing.origin import Origin, Region
from switchhook_routing.sub_flow import Return, SubFlow

T = TypeVar("T")
ROUTING: Final = (
    CalledNumber,
    Condition,
    Distribution,
    Limit,
    NumberAnnouncement,
    Origin,
    Return,
    SetVariable,
    SubFlow,
)
REGISTRY: Final = ModuleRegistry(
    [
        *(("ivr", module) for module in (Announcement, Menu, Entry, Music, HangUp)),
        *(("forward", module) for module in (Forward, RingMembers, FollowMe)),
        *(("routing", module) for module in ROUTING),
    ]
)
PROMPTS: Final[Mapping[str, float]] = {
    **{f"tone/{name}": 1.5 for name in "abc"},
    **{f"digits/{digit}": 1.5 for digit in "12"},
    **dict.fromkeys(("stock/invalid", "stock/no-entry", "stock/unavailable"), 1.5),
}
"""Every prompt a flow here plays; a real one must last as long, so that a key can be pressed in it."""
PHONES: Final = ("anna", "bert")
MOST_ACTIONS: Final = 8
ENDS: Final = ("answered", "busy", "rejected", "no_answer")
CAUSES: Final = {"answered": 16, "busy": 17, "rejected": 21, "no_answer": 19, "declined_by_key": 16}
NOW: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
CALL: Final = Call("trial-1", "acme", "+4922155500", Caller("+4930123456", presentation="shown"), NOW, "simulator")
SHELF: Final = PromptShelf(PROMPTS)


@attrs.frozen
class Kept:
    """What the tenant keeps: a ring group of each strategy, and a person. ``place`` makes names and phones its own."""

    place: str = ""
    ring: int = 3

    @property
    def resources(self) -> dict[str, Resource]:
        """All of it by id."""
        anna, bert = (f"{phone}{self.place}" for phone in PHONES)
        members = (Member(target=anna), Member(target=bert, delay=1))
        groups: dict[str, Resource] = {
            f"{name}{self.place}": RingGroup(name=name, strategy=name, ring=self.ring, skip_busy=False, members=members)
            for name in STRATEGIES
        }
        devices = (Device(target=anna, ring=self.ring), Device(target=bert, ring=self.ring, step=2))
        return {**groups, f"kim{self.place}": Person(name="Kim", devices=devices)}

    async def find(self, tenant: str, kind: type[T], id: str) -> T:  # noqa: A002
        """See :meth:`switchhook.calls.surroundings.Shelf.find`."""
        found = self.resources[id]
        assert isinstance(found, kind)
        return found


KEPT: Final = Kept()


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


# -- flows --------------------------------------------------------------------------------------------

prompts = st.lists(st.sampled_from(["tone/a", "tone/b", "tone/c"]), min_size=1, max_size=2).map(tuple)
keys = st.lists(
    st.one_of(st.sampled_from("0123456789*#"), st.text("0123456789*#", min_size=2, max_size=3)),
    min_size=1,
    max_size=3,
    unique=True,
).map(tuple)
short_waits = st.sampled_from([1.0, 1.5])
announcements = st.builds(
    Announcement,
    prompts=prompts,
    times=st.integers(1, 2),
    pause=st.sampled_from([0, 1.0]),
    interruptible=st.booleans(),
)
menus = st.builds(
    Menu,
    prompts=prompts,
    keys=keys,
    wait=short_waits,
    between=short_waits,
    tries=st.integers(1, 2),
    barge_in=st.booleans(),
    direct_digits=st.sampled_from([0, 0, 2]),
)
entries = st.builds(
    Entry,
    prompts=prompts,
    variable=st.sampled_from(["customer", "pin"]),
    minimum=st.integers(1, 2),
    maximum=st.integers(2, 4),
    terminator=st.sampled_from(["#", "*", ""]),
    check=st.sampled_from(["none", "luhn"]),
    secret=st.booleans(),
    wait=short_waits,
    between=short_waits,
    tries=st.integers(1, 2),
)
_heard = st.sampled_from(["", "", "tone/a", "tone/b"])
AROUND: Final = {
    **dict.fromkeys(("intro", "waiting", "outro", "whisper", "confirm"), _heard),
    "decline": st.sampled_from(["", "2"]),
}
forwards = st.builds(
    Forward,
    targets=st.lists(st.sampled_from(PHONES), min_size=1, max_size=2, unique=True).map(tuple),
    strategy=st.sampled_from(["parallel", "serial"]),
    ring=st.just(3),
    limit=st.sampled_from([0, 2]),
    **AROUND,
)
groups = st.builds(RingMembers, group=st.sampled_from(STRATEGIES), limit=st.sampled_from([0, 2]), **AROUND)
persons = st.builds(FollowMe, person=st.just("kim"), **AROUND)
# Prompts here and in a real call last differently long: only what they begin within a second is the same.
# Any key ends it or none does: within its one second a caller on a real line presses no second one.
musics = st.builds(Music, prompts=prompts, longest=st.just(1), keys=st.sampled_from([(), tuple("0123456789*#")]))
hang_ups = st.builds(
    HangUp, prompt=st.sampled_from(["", "tone/a"]), cause=st.sampled_from(list(HANG_UP_CAUSES)), early=st.booleans()
)
expressions = st.sampled_from(
    ["customer = '1'", "length(pin) > 1", "caller.number starts '+4930'", "not customer and call.number contains '155'"]
)
conditions = st.builds(
    Condition,
    expression=expressions,
    cases=st.sampled_from([(), (Case(name="pin", expression="pin < 50"),)]),
)
setters = st.builds(
    SetVariable,
    assignments=st.builds(
        Assignment, variable=st.sampled_from(["customer", "pin"]), expression=st.sampled_from(["pin + 1", "'1'"])
    ).map(lambda one: (one,)),
)
origins = st.builds(
    Origin,
    regions=st.lists(
        st.sampled_from([("berlin", ("030",)), ("country", ("DE",)), ("east", ("+493",)), ("abroad", ("FR",))]),
        max_size=2,
        unique=True,
    ).map(lambda rows: tuple(Region(name=name, prefixes=prefixes) for name, prefixes in rows)),
)
called = st.sampled_from(["+49221*", "+4930*"]).map(
    lambda number: CalledNumber(rows=(Numbers(name="own", numbers=(number,)),))
)
counted = st.sampled_from(
    [Distribution(name="all", shares=(Share(name="a"), Share(name="b", weight=0))), Limit(name="many", parallel=1000)]
)
spoken = st.builds(NumberAnnouncement, number=st.sampled_from(["12", "21"]), times=st.just(1))
returns = st.builds(Return, name=st.sampled_from(["done", "vip"]))
routing: st.SearchStrategy[Module] = st.one_of(conditions, setters, origins, called, counted, spoken, returns)
modules: st.SearchStrategy[Module] = st.one_of(
    announcements, menus, entries, forwards, groups, persons, musics, hang_ups, routing
)


@st.composite
def flows(draw: st.DrawFn, id: str = "trial", others: Sequence[str] = (), *, wild: bool = False) -> Flow:  # noqa: A002
    """A flow of one to five points that may lead to ``others``.

    Only keys lead back, so that the caller decides how long a call gets. A
    ``wild`` flow leads anywhere: in circles, to what is not there, nowhere.
    """
    names = [f"p{n}" for n in range(draw(st.integers(1, 5)))]
    away = [HANG_UP, *(f"flow:{other}" for other in others)]
    points = {}
    for n, name in enumerate(names):
        inner = [st.builds(SubFlow, flow=st.sampled_from(others), returns=st.sampled_from([(), ("vip",)]))]
        module = draw(st.one_of(modules, *(inner if others else [])))
        onward = [*names[n + 1 :], *away]
        exits = {}
        for way in module.exits():
            back = names if wild or way.startswith("key:") else ()
            exits[way] = draw(st.sampled_from([*onward, *back, *(["gone", "flow:gone"] if wild else [])]))
        if wild and exits and draw(st.integers(0, 5)) == 0:
            exits.popitem()
        points[name] = Point(name, module, draw(st.sampled_from(["Begrüßung", "Menü"])), exits)
    resorts = ["", names[-1], *away[1:], *(["gone"] if wild else [])]
    return Flow(id, "Trial", names[0], points, draw(st.sampled_from(["de", "en"])), draw(st.sampled_from(resorts)))


# -- callers ------------------------------------------------------------------------------------------


@st.composite
def trials(draw: st.DrawFn, *, wild: bool = False) -> Trial:
    """A flow, and a caller who hears it and decides each time what to press."""
    main, other = draw(flows("trial", ["other"], wild=wild)), draw(flows("other", ["trial"] if wild else []))
    script = _finish(_decided((main, other), draw))
    return Trial((main, other), script, run((main, other), script))


def run(flows: Sequence[Flow], script: Script, kept: Kept = KEPT) -> Simulated:
    """The course of a call through ``flows`` by the simulator; a module that fails is an ``AssertionError``."""
    interpreter, live = _served(flows)
    return _finish(simulate(CALL, live, script, interpreter=interpreter, prompts=SHELF, gate=_Open(), shelf=kept))


async def _decided(flows: Sequence[Flow], draw: st.DrawFn) -> Script:
    """What a caller does who walks through ``flows`` and decides by ``draw``."""
    interpreter, live = _served(flows)
    clock = SetClock(NOW)
    port = _Deciding(Script(), clock, draw)
    with contextlib.suppress(CallEnded):
        await interpreter.run(Session(CALL, port, EventList(), SHELF, _Open(), clock, shelf=KEPT), live)
    return port.script


def _served(flows: Sequence[Flow]) -> tuple[Interpreter, LiveFlow]:
    published = _Published({flow.id: flow for flow in flows})
    return Interpreter(published, _Unwatched()), LiveFlow(f"{flows[0].id}.1", 1, CALL.tenant, flows[0])


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

    async def dial(self, plan: DialPlan, sounds: LegSounds, *, place: Place) -> DialResult:
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
        return await super().dial(plan, sounds, place=place)

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
    return st.one_of(sizes, st.text(within, max_size=listen.max_keys - 1).map(lambda typed: typed + listen.terminator))


def _finish(course: Coroutine[Any, Any, T]) -> T:
    """Nothing in a simulation waits, so it ends at its first step."""
    try:
        course.send(None)
    except StopIteration as done:
        given: T = done.value
        return given
    raise AssertionError("a simulated call waited for something")


@attrs.frozen
class _Published:
    flows: Mapping[str, Flow]

    def current(self, tenant: str, flow: str) -> LiveFlow | None:
        return LiveFlow(f"{flow}.1", 1, tenant, self.flows[flow]) if flow in self.flows else None

    def last_resort(self, tenant: str) -> str:
        return ""


@attrs.frozen
class _Open:
    async def check(self, call: Call, plan: DialPlan) -> DialPlan:
        return plan


@attrs.frozen
class _Unwatched:
    async def entered(self, call: Call, point: Point) -> None:
        pass

    async def left(self, call: Call, point: Point, way: Exit) -> None:
        pass

    def module_failed(self, call: Call, point: Point, error: Exception) -> None:
        raise AssertionError(f"module {point.module} failed") from error
