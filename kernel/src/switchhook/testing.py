"""The test kit for plugin authors: calls without Asterisk, by the same interpreter that serves real callers.

>>> done = await call(Menu(prompts=("welcome",), keys=("1", "2")), "wait,2")
>>> done.exit, done.heard
('key:2', ('welcome', 'stock/no-entry', 'welcome'))
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar, cast

import attrs

from .calls.call import Call, Caller
from .calls.course import Course, as_text
from .calls.network_number import NetworkNumber
from .calls.port import DialPlan, PhoneState
from .calls.programs import Unanswered
from .calls.prompts import Prompt, PromptMissing, check_prompt_id
from .calls.room import RoomState
from .calls.surroundings import Gate, LegRefused
from .clock import SetClock
from .config import PluginSections
from .dispatch.faults import Fault
from .dispatch.loader import Source
from .errors import NotFound
from .flows.document import read_flow
from .flows.flow import HANG_UP, Flow, LiveFlow, Point
from .flows.interpreter import Interpreter
from .flows.module import Module
from .in_call.board import FeatureBoard
from .portal.plugging import Plugged, plug_in
from .portal.plugin_settings import OperatorSays
from .resources.resource import Resource
from .simulator.script import Action, Party, Press, Script, read_parties, read_script
from .simulator.simulate import Simulated, simulate
from .store.books import StoredBooks
from .store.engine import Store
from .switchboard.gate import HookedGate
from .switchboard.observer import HookedObserver
from .testing_conformance import assert_module_conforms
from .testing_features import assert_feature_conforms

__all__ = [
    "Action",
    "Party",
    "Press",
    "PromptShelf",
    "Simulated",
    "Tried",
    "assert_feature_conforms",
    "assert_module_conforms",
    "call",
    "configured",
]

T = TypeVar("T")

NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday; when calls arrive unless a test says otherwise."""
TENANT: Final = "test"


@attrs.frozen
class PromptShelf:
    """Prompts without sounds: those in ``lengths`` with their seconds, or with None every prompt, 2 s long."""

    lengths: Mapping[str, float] | None = None

    def find(self, id: str, language: str, tenant: str = "") -> Prompt:  # noqa: A002 - the domain's own word
        """See :meth:`switchhook.calls.surroundings.Prompts.find`."""
        check_prompt_id(id)
        if self.lengths is not None and id not in self.lengths:
            raise PromptMissing(f"there is no sound for {id!r}", id=id)
        return Prompt(id, language, 2.0 if self.lengths is None else self.lengths[id], Path(language, id))


@attrs.frozen
class Tried(Simulated):
    """A simulated call as a test looks at it; ``str()`` of it is its course for people."""

    faults: tuple[Fault, ...] = ()
    """What plugins did wrong: modules that raised, hooks that failed."""

    @property
    def heard(self) -> tuple[str, ...]:
        """The ids of all prompts that began, in order."""
        started = (event.data["prompts"] for event in self.events if event.kind == "prompt.started")
        return tuple(str(prompt) for prompts in started if isinstance(prompts, Sequence) for prompt in prompts)

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """Each point left, with its exit, in order."""
        return tuple((e.point, str(e.data["exit"])) for e in self.events if e.kind == "point.left")

    @property
    def exit(self) -> str:
        """The exit of the last point left, empty when the caller hung up in the first."""
        return self.ways[-1][1] if self.ways else ""

    @property
    def why(self) -> str:
        """The reason of the last exit taken, in words."""
        return next((str(e.data["why"]) for e in reversed(self.events) if e.kind == "point.left"), "")

    @property
    def notes(self) -> tuple[str, ...]:
        """Reasons noted on the way."""
        return tuple(str(event.data["text"]) for event in self.events if event.kind == "note")

    @property
    def seconds(self) -> float:
        """How long the call took."""
        return (self.events[-1].at - self.call.arrived).total_seconds()

    def __str__(self) -> str:
        """See :func:`switchhook.calls.course.as_text`."""
        return as_text(Course(self.call, self.events, ended=self.events[-1].at, outcome=self.outcome))


async def call(
    what: Module | Flow | str,
    keys: str | Sequence[Action] = "",
    *,
    parties: str | Sequence[Party] = "",
    prompts: Mapping[str, float] | Iterable[str] | None = None,
    variables: Mapping[str, str] | None = None,
    caller: Caller | str = "+4930123456",
    number: str = "+4922155500",
    at: datetime = NOON,
    language: str = "de",
    plugins: Iterable[object] | None = None,
    resources: Mapping[str, Resource] | None = None,
    flows: Iterable[Flow | str] = (),
    network: str = "",
    diverted_from: str = "",
    refuse: str | LegRefused = "",
    phones: Mapping[str, PhoneState] | None = None,
    rooms: Mapping[str, RoomState] | None = None,
    store: Store | None = None,
    programs: Mapping[str, Mapping[str, object]] | None = None,
    deadline: float = 5.0,
) -> Tried:
    """Let a simulated caller call a module alone, a flow, or the YAML of one.

    ``keys`` is a script such as ``"1,wait,2#,hangup"``, an action for each
    time the caller is listened to; ``say:12`` speaks for 12 s the next time
    the caller is recorded, ``say:12#`` presses # after it; ``parties`` such as ``"busy,answered:12"``
    says how each dialled leg goes. ``prompts`` names the prompts there are,
    with their seconds if a mapping; without it each prompt has 2 s.
    ``plugins`` are the plugins whose modules and hooks take part, a class with
    the defaults of its settings, an instance with its own; left out, those
    installed for a YAML text and none otherwise. ``resources`` are what the
    tenant keeps, by id. ``flows`` are further published flows. ``network`` is the number the network gave, where ``caller`` shows none. ``diverted_from`` is the number
    that diverts the call, ``refuse`` is why every outbound leg is refused, or the refusal itself.
    ``phones`` names the phones that are ``engaged`` or ``offline``, ``rooms`` how rooms stand, by their owner's id.
    ``programs`` are the answers of other programs by their address; what is not there does not answer.
    ``store`` is a database with the tables of the plugins under test, for what modules look up there.

    Raises ``ScriptRefused``, ``FlowRefused``, and ``AssertionError`` when the
    call takes more than ``deadline`` real seconds: a module hangs.
    """
    texts = [one for one in (what, *flows) if isinstance(one, str)]
    faults: list[Fault] = []
    plugged = await _plug(SetClock(at), faults, plugins, installed=bool(texts))
    live = _live(what, plugged, language)
    others = {flow.id: flow for flow in (_flow(one, plugged, language) for one in flows)}
    who = Caller(caller, presentation="shown") if isinstance(caller, str) else caller
    arrived = Call("test-1", TENANT, number, who, at, "simulator", live.flow.language, diverted_from)
    who = await plugged.hooks.fold("caller_identified", who, call=arrived)
    observer = HookedObserver(plugged.hooks.notify, plugged.breaker, dict(plugged.module_owners))
    shelf = _Shelf(resources or {})
    gate: Gate = _Refusing(refuse) if refuse else HookedGate(plugged.hooks)
    try:
        async with asyncio.timeout(deadline):
            done = await simulate(
                attrs.evolve(arrived, caller=who),
                live,
                _script(keys, parties, phones or {}, rooms or {}),
                interpreter=Interpreter(_Published({**others, live.flow.id: live.flow}), observer),
                prompts=_shelf(prompts),
                gate=gate,
                variables=variables,
                plugins=plugged.objects,
                shelf=shelf,
                books=StoredBooks(store) if store is not None else None,
                programs=_Programs(programs or {}),
                network=NetworkNumber(network or who.number),
                in_call=FeatureBoard(plugged.in_call, shelf, plugged.breaker),
            )
    except TimeoutError:
        raise AssertionError(f"the call did not end within {deadline:g} s of real time: a module hangs") from None
    return Tried(done.call, done.events, done.outcome, done.cause, done.variables, tuple(faults))


def configured(plugin: type[T], **settings: object) -> T:
    """A plugin as it starts with ``settings`` in its section of the settings file; raises ``ConfigError``."""
    return cast(T, OperatorSays(PluginSections(sections={"test": settings}), ["test"]).make("test", plugin))


@attrs.frozen
class _Shelf:
    kept: Mapping[str, Resource]

    async def find(self, tenant: str, kind: type[T], id: str) -> T:  # noqa: A002
        found = self.kept.get(id)
        if not isinstance(found, kind):
            raise NotFound(
                f"there is no {getattr(kind, 'kind', kind)} {id!r}; a test names it: call(..., resources=...)"
            )
        return found

    async def all_of(self, tenant: str, kind: type[T]) -> Mapping[str, T]:
        return {name: kept for name, kept in self.kept.items() if isinstance(kept, kind)}


@attrs.frozen
class _Programs:
    answers: Mapping[str, Mapping[str, object]]

    async def ask(
        self, url: str, question: Mapping[str, object], *, secret: str = "", seconds: float = 3.0
    ) -> Mapping[str, object]:
        if url not in self.answers:
            raise Unanswered(f"the program did not answer within {seconds:g} s")
        return self.answers[url]


@attrs.frozen
class _Refusing:
    why: str | LegRefused

    async def check(self, call: Call, plan: DialPlan, leg: int | None) -> DialPlan:
        raise LegRefused(self.why) if isinstance(self.why, str) else self.why


@attrs.frozen
class _Published:
    flows: Mapping[str, Flow]

    def current(self, tenant: str, flow: str) -> LiveFlow | None:
        return LiveFlow(f"{flow}.1", 1, tenant, self.flows[flow]) if flow in self.flows else None

    def last_resort(self, tenant: str) -> str:
        return ""


async def _plug(clock: SetClock, faults: list[Fault], plugins: Iterable[object] | None, *, installed: bool) -> Plugged:
    if plugins is None and installed:
        return await plug_in(clock, faults.append)
    given = [Source(f"{getattr(p, '__name__', 'plugin')}-{n}", lambda p=p: p) for n, p in enumerate(plugins or ())]  # type: ignore[misc]
    return await plug_in(clock, faults.append, sources=given)


def _live(what: Module | Flow | str, plugged: Plugged, language: str) -> LiveFlow:
    flow = _flow(what, plugged, language)
    return LiveFlow(f"{flow.id}.1", 1, TENANT, flow)


def _flow(what: Module | Flow | str, plugged: Plugged, language: str) -> Flow:
    if isinstance(what, str):
        return read_flow(what, plugged.modules)
    if isinstance(what, Flow):
        return what
    exits = dict.fromkeys((*what.exits(), *what.optional_exits()), HANG_UP)
    return Flow("test", "Test", "it", {"it": Point("it", what, "", exits)}, language)


def _script(
    keys: str | Sequence[Action],
    parties: str | Sequence[Party],
    phones: Mapping[str, PhoneState],
    rooms: Mapping[str, RoomState],
) -> Script:
    return Script(
        read_script(keys) if isinstance(keys, str) else tuple(keys),
        read_parties(parties) if isinstance(parties, str) else tuple(parties),
        phones,
        rooms,
    )


def _shelf(prompts: Mapping[str, float] | Iterable[str] | None) -> PromptShelf:
    return PromptShelf(prompts if prompts is None or isinstance(prompts, Mapping) else dict.fromkeys(prompts, 2.0))
