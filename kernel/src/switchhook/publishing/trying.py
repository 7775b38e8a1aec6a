"""Trying a call before anyone makes it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import ClassVar

import attrs

from ..calls.call import Call, Caller
from ..calls.course import Course, as_text
from ..calls.network_number import NetworkNumber
from ..calls.numbers import caller_number
from ..errors import NotFound
from ..flows.flow import Flow, LiveFlow, Point
from ..flows.interpreter import Interpreter
from ..flows.lint import LintContext
from ..flows.module import Exit
from ..flows.sketch import read_sketch
from ..in_call.board import FeatureBoard, features_among
from ..outbound.authorizing import Outbound
from ..outbound.kept import KeptFacts
from ..resources.kept import Rows
from ..resources.shelf import Shelf
from ..schema import Problem, SettingsRefused
from ..simulator.script import Script, read_parties, read_script
from ..simulator.simulate import simulate
from ..store import flow_versions
from ..store.books import TrialBooks
from ..switchboard.arrival import display
from ..switchboard.gate import HookedGate
from .drafts import Drafts, desk_of
from .refusals import TrialHangs
from .steps import steps_of, targets_of
from .values import Trial, Tried


@attrs.frozen
class TriedFlows:
    """The tenant's live flows with the one that is tried in its place. A version is called as its flow."""

    tenant: str
    tried: Flow
    others: Mapping[str, Flow]
    resort: str

    def current(self, tenant: str, flow: str) -> LiveFlow | None:
        """See :meth:`switchhook.flows.interpreter.Flows.current`."""
        found = self.tried if flow == self.tried.id else self.others.get(flow)
        return LiveFlow(flow, 0, self.tenant, found) if found is not None and found.points else None

    def last_resort(self, tenant: str) -> str:
        """See :meth:`switchhook.flows.interpreter.Flows.last_resort`."""
        return self.resort


class Nobody:
    """Keeps plugins out of a trial: nothing happened that they should act on. Faults are in the course."""

    async def entered(self, call: Call, point: Point) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.entered`."""

    async def left(self, call: Call, point: Point, way: Exit) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.left`."""

    def module_failed(self, call: Call, point: Point, error: Exception) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.module_failed`."""


@attrs.frozen
class Trying(Drafts):
    """Calls that nobody makes."""

    patience: ClassVar[float] = 10.0
    """Seconds of real time after which a tried call is given up."""

    async def try_flow(self, flow: str, trial: Trial, version: int | None = None, *, live: bool = False) -> Tried:
        """The course of a call through the draft, a version by its number, or what is live.

        Raises ``ScriptRefused`` for keys or legs that cannot be read.
        """
        await self.look(flow)
        async with self.ground.keeping.store.read() as conn:
            if version is not None:
                text = (await flow_versions.numbered(conn, self.tenant, flow, version)).document
            else:
                desk = await desk_of(conn, self.tenant, flow)
                text = desk.live.document if live and desk.live is not None else desk.document
        sketch = await asyncio.to_thread(read_sketch, text, self.ground.modules)
        return await self.tried(sketch.document.flow, trial, await self.ground.context(self.tenant))

    async def try_number(self, number: str, trial: Trial) -> Tried:
        """The course of a call to one of the tenant's numbers as it would go now; raises ``NotFound``."""
        context = await self.ground.context(self.tenant)
        called = caller_number(number)[0] or number
        flow = (context.numbers or {}).get(called, "")
        if not flow:
            raise NotFound(f"the number {called} leads to no flow", number=called)
        return await self.try_flow(flow, attrs.evolve(trial, number=called), live=True)

    async def tried(self, flow: Flow, trial: Trial, context: LintContext) -> Tried:
        """The course of a call through a flow, with what surrounds it."""
        script = Script(read_script(trial.keys), read_parties(trial.legs))
        arrived = trial.at or self.ground.keeping.clock.now()
        if arrived.tzinfo is None:
            raise SettingsRefused([Problem("at", "needs a time zone, such as 2026-12-24T18:00:00+01:00")])
        trial = attrs.evolve(trial, at=arrived, number=self._called(flow, trial, context))
        known = self._caller(trial)
        call = Call("trial", self.tenant, trial.number, known, arrived, "simulator", flow.language)
        hooks, keeping = self.ground.keeping.hooks, self.ground.keeping
        call = attrs.evolve(call, caller=await hooks.fold("caller_identified", known, call=call))
        flows = TriedFlows(self.tenant, flow, dict(context.flows or {}), context.tenant_last_resort)
        shelf = Shelf(keeping.store, Rows(keeping.kinds, keeping.seal))
        walk = simulate(
            call,
            LiveFlow(flow.id, 0, self.tenant, flow),
            script,
            interpreter=Interpreter(flows, Nobody()),
            prompts=self.ground.prompts,
            gate=HookedGate(hooks, Outbound(KeptFacts(keeping.store))),
            plugins=self.ground.plugins,
            books=TrialBooks(keeping.store),
            network=NetworkNumber(known.number),
            shelf=shelf,
            in_call=FeatureBoard(features_among(keeping.kinds), shelf),
        )
        try:
            done = await asyncio.wait_for(walk, self.patience)
        except TimeoutError as hangs:
            raise TrialHangs(
                f"the call did not end within {self.patience:g} s; a plugin hangs, see the course of a real call",
                flow=flow.id,
            ) from hangs
        steps = steps_of(done.events, arrived, flow.language)
        ended_by = str(done.events[-1].data.get("by", ""))
        course = Course(call, done.events, ended=done.events[-1].at, outcome=done.outcome, ended_by="portal")
        seconds = (done.events[-1].at - arrived).total_seconds()
        targets = targets_of(done.events)
        return Tried(flow.id, trial, steps, done.outcome.value, ended_by, seconds, targets, as_text(course))

    def _called(self, flow: Flow, trial: Trial, context: LintContext) -> str:
        if trial.number:
            return caller_number(trial.number)[0] or trial.number
        return next((one for one, leads in (context.numbers or {}).items() if leads == flow.id), "")

    def _caller(self, trial: Trial) -> Caller:
        """The caller as a call over the network would be known."""
        if not trial.caller:
            return Caller(presentation="suppressed")
        number, kind = caller_number(trial.caller)
        key = self.ground.caller_key(number) if number else ""
        return Caller(number, display(trial.caller_name), "shown" if number else "unknown", kind, key)
