"""A simulated call for the command line: what surrounds it, and its course."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import attrs

from ..calls.call import Call, Caller
from ..calls.course import Course
from ..calls.numbers import caller_key, caller_number
from ..clock import SystemClock
from ..config import Settings
from ..flows.flow import Flow, LiveFlow, Point
from ..flows.interpreter import Interpreter
from ..flows.module import Exit
from ..in_call.board import FeatureBoard
from ..outbound.authorizing import Outbound
from ..outbound.kept import KeptFacts
from ..portal.keys import installation_key
from ..resources.kept import Rows
from ..resources.seal import Seal
from ..resources.shelf import Shelf
from ..simulator.script import Script, read_parties, read_script
from ..simulator.simulate import simulate
from ..switchboard.arrival import display
from ..switchboard.gate import HookedGate
from .deadline import Progress
from .workplace import Workplace

VERSION: Final = "simulated"


@attrs.frozen
class TriedFlows:
    """The tenant's live flows with the one that is tried in its place."""

    tried: LiveFlow
    others: dict[str, Flow]
    resort: str

    def current(self, tenant: str, flow: str) -> LiveFlow | None:
        """See :meth:`switchhook.flows.interpreter.Flows.current`."""
        if flow == self.tried.flow.id:
            return self.tried
        other = self.others.get(flow)
        return LiveFlow(VERSION, 0, tenant, other) if other is not None and other.points else None

    def last_resort(self, tenant: str) -> str:
        """See :meth:`switchhook.flows.interpreter.Flows.last_resort`."""
        return self.resort


@attrs.frozen
class QuietObserver:
    """Keeps plugins out of a simulation: nothing happened that they should act on. Faults are in the course."""

    progress: Progress

    async def entered(self, call: Call, point: Point) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.entered`."""
        self.progress.doing = f"in point {point.id!r} (module {point.module.kind!r})"

    async def left(self, call: Call, point: Point, way: Exit) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.left`."""

    def module_failed(self, call: Call, point: Point, error: Exception) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.module_failed`."""


@attrs.frozen
class Attempt:
    """What a simulated call is like: who calls which number when, what they do, and how each dialled leg goes."""

    number: str = ""
    caller: str = ""
    caller_name: str = ""
    at: datetime | None = None
    keys: str = ""
    legs: str = ""


async def simulated_course(here: Workplace, flow: Flow, attempt: Attempt, progress: Progress) -> Course:
    """The course of a call through ``flow``; raises ``ScriptRefused`` for keys or legs."""
    script = Script(read_script(attempt.keys), read_parties(attempt.legs))
    context = await here.lint_context()
    called = (
        caller_number(attempt.number)[0]
        or attempt.number
        or next((one for one, leads in (context.numbers or {}).items() if leads == flow.id), "")
    )
    arrived = attempt.at.replace(tzinfo=UTC) if attempt.at is not None else SystemClock().now()
    known = _caller(attempt, here.settings)
    call = Call("simulated", here.tenant, called, known, arrived, "simulator", flow.language)
    call = attrs.evolve(call, caller=await here.plugged.hooks.fold("caller_identified", known, call=call))
    live = LiveFlow(VERSION, 0, here.tenant, flow)
    flows = TriedFlows(live, dict(context.flows or {}), context.tenant_last_resort)
    shelf = Shelf(here.directory.store, Rows(here.plugged.resources, _seal(here.settings)))
    done = await simulate(
        call,
        live,
        script,
        interpreter=Interpreter(flows, QuietObserver(progress)),
        prompts=here.library,
        gate=HookedGate(here.plugged.hooks, Outbound(KeptFacts(here.directory.store))),
        plugins=here.plugged.objects,
        shelf=shelf,
        in_call=FeatureBoard(here.plugged.in_call, shelf),
    )
    return Course(call, done.events, ended=done.events[-1].at, outcome=done.outcome, ended_by="portal")


def _seal(settings: Settings) -> Seal:
    return Seal(installation_key(settings.data_dir, "seal"))


def _caller(attempt: Attempt, settings: Settings) -> Caller:
    """The caller as a call over the network would be known."""
    if not attempt.caller:
        return Caller(presentation="suppressed")
    number, kind = caller_number(attempt.caller)
    key = caller_key(number, installation_key(settings.data_dir, "callers")) if number else ""
    return Caller(number, display(attempt.caller_name), "shown" if number else "unknown", kind, key)
