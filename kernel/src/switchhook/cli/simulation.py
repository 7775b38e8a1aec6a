"""A simulated call for the command line: what surrounds it, and its course as text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final

import attrs

from ..calls.call import Call, Caller
from ..calls.course import Course, as_text
from ..calls.course import as_json as course_values
from ..clock import SystemClock
from ..flows.flow import Flow, LiveFlow
from ..flows.interpreter import Interpreter
from ..flows.module import Exit
from ..simulator.script import Script, read_parties, read_script
from ..simulator.simulate import simulate
from ..switchboard.gate import HookedGate
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

    async def entered(self, call: Call, point: object) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.entered`."""

    async def left(self, call: Call, point: object, way: Exit) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.left`."""

    def module_failed(self, call: Call, point: object, error: Exception) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.module_failed`."""


async def simulated_course(
    here: Workplace, flow: Flow, *, number: str, caller: str, at: datetime | None, keys: str, legs: str, as_json: bool
) -> str:
    """The course of a call through ``flow``, as text or JSON; raises ``ScriptRefused`` for keys or legs."""
    context = await here.lint_context()
    called = number or next((one for one, leads in (context.numbers or {}).items() if leads == flow.id), "")
    arrived = at.replace(tzinfo=UTC) if at is not None else SystemClock().now()
    call = Call(
        id="simulated",
        tenant=here.tenant,
        number=called,
        caller=Caller(caller, presentation="shown" if caller else "suppressed"),
        arrived=arrived,
        origin="simulator",
        language=flow.language,
    )
    live = LiveFlow(VERSION, 0, here.tenant, flow)
    flows = TriedFlows(live, dict(context.flows or {}), context.tenant_last_resort)
    done = await simulate(
        call,
        live,
        Script(read_script(keys), read_parties(legs)),
        interpreter=Interpreter(flows, QuietObserver()),
        prompts=here.library,
        gate=HookedGate(here.plugged.hooks),
        plugins=here.plugged.objects,
    )
    course = Course(call, done.events, ended=done.events[-1].at, outcome=done.outcome, ended_by="portal")
    return json.dumps(course_values(course), indent=2) if as_json else as_text(course)
