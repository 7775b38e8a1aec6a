"""Walks a caller through a flow; the same for a real call and for the simulator."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import attrs

from ..calls.call import Call
from ..calls.port import Place
from ..calls.session import Session
from ..dispatch.faults import cancelled_from_outside, shown
from ..errors import AsteriskError, CallEnded, PluginError, UnsafeText
from .flow import HANG_UP, LiveFlow, Point
from .module import Exit

BUILT_IN_APOLOGY: Final = "stock/unavailable"
NORMAL_CLEARING: Final = 16  # Q.850


class Flows(Protocol):
    """The published flows, in memory."""

    def current(self, tenant: str, flow: str) -> LiveFlow | None:
        """The live version of a tenant's flow."""

    def last_resort(self, tenant: str) -> str:
        """The id of the flow that serves the tenant's callers when nothing else can, or an empty string."""


class Observer(Protocol):
    """Is told of each step; must not raise."""

    async def entered(self, call: Call, point: Point) -> None:
        """A point begins."""

    async def left(self, call: Call, point: Point, way: Exit) -> None:
        """A point ended by an exit."""

    def module_failed(self, call: Call, point: Point, error: Exception) -> None:
        """A module raised or broke its contract."""


@attrs.frozen
class Budget:
    """How far a call may go without the caller doing anything, before the last resort takes over."""

    hops: int = 200
    passes: int = 10
    depth: int = 5
    """How many flows may wait for one another."""


class _Trouble(Exception):
    """The flow cannot go on where it is; the text says why."""


@attrs.frozen
class Interpreter:
    """Runs flows. One serves all calls; the state of a call is in its session and its walk."""

    flows: Flows
    observer: Observer
    budget: Budget = Budget()

    async def run(
        self,
        session: Session,
        live: LiveFlow,
        resume: Place | None = None,
        waiting: Sequence[LiveFlow | None] = (),
    ) -> None:
        """Serve the caller until the flow hangs up.

        With ``resume`` the call goes on in the point it had reached; ``waiting``
        are the flows of its ``returns``, None for one that is gone. Raises
        ``CallEnded`` when the caller leaves first; trouble inside the flow
        never raises but leads to the last resort, and in the end to a hang-up.
        """
        returns = resume.returns if resume else ()
        found = [*waiting, *(None for _ in returns[len(waiting) :])]
        waits = [(flow, *one) for flow, one in zip(found, returns, strict=True)]
        await _Walk(self, session, live, resume, waits).to_the_end()


@attrs.define
class _Walk:
    interpreter: Interpreter
    session: Session
    live: LiveFlow
    resume: Place | None
    waiting: list[tuple[LiveFlow | None, str, str]]
    """The flows that wait for this one to return: each with its version and the point that went through it."""
    hops: int = 0
    passes: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    keys_seen: int = 0
    resorts: Iterator[tuple[LiveFlow, str]] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.resorts = self._resorts()

    async def to_the_end(self) -> None:
        target = self.resume.point if self.resume else self.live.flow.start
        while target != HANG_UP:
            try:
                target = await self._step(target)
            except _Trouble as trouble:
                target = await self._last_resort(str(trouble))
            except CallEnded:
                if not self.session.hung_up:
                    raise
                target = HANG_UP
        await self.session.hang_up(NORMAL_CLEARING)

    async def _step(self, target: str) -> str:
        point = self._go_to(target)
        self._count(point)
        session, call, observer = self.session, self.session.call, self.interpreter.observer
        session.label, session.flow = point.label or point.id, self.live.flow.id
        if self.resume:
            session.resume_at(self.resume)
            self.resume = None
        else:
            session.at_point(self.live.version, point.id, self._returns())
            module = point.module
            session.record("point.entered", module=module.kind, label=point.label, version=self.live.version)
        await observer.entered(call, point)
        way = await self._run(point)
        if way.through and not session.hung_up:
            return self._go_through(point, way)
        if way.returning and self.waiting and not session.hung_up:
            session.record("point.left", exit=way.name, why=way.why, to="")
            await observer.left(call, point, way)
            point, way = self._come_back(way)
        over = session.hung_up or way.returning
        goes_to = HANG_UP if over else point.exits.get(way.name)
        session.record("point.left", exit=way.name, why=way.why, to=goes_to or "")
        await observer.left(call, point, way)
        if goes_to is None:
            raise _Trouble(f"exit {way.name!r} of point {point.id!r} leads nowhere")
        return goes_to

    def _returns(self) -> tuple[tuple[str, str], ...]:
        return tuple((version, point) for _, version, point in self.waiting)

    def _go_through(self, point: Point, way: Exit) -> str:
        """Enter a flow that returns to this point; what is recorded of its way in are the points it goes through."""
        if len(self.waiting) >= self.interpreter.budget.depth:
            raise _Trouble(f"more than {self.interpreter.budget.depth} flows wait for one another")
        here = self.live
        other = self.interpreter.flows.current(here.tenant, way.through)
        if other is None:
            raise _Trouble(f"flow {way.through!r} is not published")
        self.waiting.append((here, here.version, point.id))
        self._change_to(other)
        self.session.record("flow.chosen", flow=way.through, version=other.version, why=way.why)
        return other.flow.start

    def _come_back(self, way: Exit) -> tuple[Point, Exit]:
        """The point that waited for this flow, and the exit it is left by."""
        flow, version, name = self.waiting.pop()
        point = flow.flow.points.get(name) if flow is not None else None
        if flow is None or point is None:
            raise _Trouble(f"the flow to return to, version {version!r}, cannot be read any more")
        self._change_to(flow)
        self.session.at_point(flow.version, point.id, self._returns())
        named = f"returned:{way.name}"
        return point, Exit(named if named in point.exits else "returned", way.why)

    async def _run(self, point: Point) -> Exit:
        try:
            return _checked(point, await point.module.run(self.session))
        except UnsafeText as error:  # nothing was sent: the line to Asterisk is as good as before
            return self._failed(point, error)
        except (CallEnded, AsteriskError):
            raise
        except SystemExit as leaving:  # a module must not end the process that serves other callers
            fault = PluginError(f"module {point.module.kind!r} tried to end the process ({leaving!r})")
            return self._failed(point, fault)
        except asyncio.CancelledError as error:
            if cancelled_from_outside():
                raise
            fault = PluginError(f"module {point.module.kind!r} ended as if it was cancelled ({error!r})")
            return self._failed(point, fault)
        except Exception as error:  # a module's fault must not cost the caller the call
            return self._failed(point, error)

    def _failed(self, point: Point, error: Exception) -> Exit:
        self.interpreter.observer.module_failed(self.session.call, point, error)
        why = f"{type(error).__name__}: {shown(error, str)}"
        self.session.record("plugin.fault", module=point.module.kind, error=why)
        return Exit("error", why)

    def _go_to(self, target: str) -> Point:
        if target.startswith("flow:"):
            name = target.removeprefix("flow:")
            other = self.interpreter.flows.current(self.live.tenant, name)
            if other is None:
                raise _Trouble(f"flow {name!r} is not published")
            self._change_to(other)
            self.session.record("flow.chosen", flow=name, version=other.version, why="an exit leads there")
            target = other.flow.start
        point = self.live.flow.points.get(target)
        if point is None:
            raise _Trouble(f"point {target!r} does not exist in flow {self.live.flow.id!r}")
        return point

    def _change_to(self, live: LiveFlow) -> None:
        """Go on in a flow, in the language of its prompts: the call is taken up again in the same."""
        self.live = live
        self.session.language = live.flow.language

    def _count(self, point: Point) -> None:
        if self.session.keys_pressed != self.keys_seen:
            self.keys_seen = self.session.keys_pressed
            self.passes.clear()
        self.hops += 1
        self.passes[self.live.version, point.id] += 1
        budget = self.interpreter.budget
        if self.hops > budget.hops:
            self.hops = 0
            raise _Trouble(f"the call went through more than {budget.hops} points")
        if self.passes[self.live.version, point.id] > budget.passes:
            self.passes.clear()
            raise _Trouble(f"point {point.id!r} was passed more than {budget.passes} times without a key")

    async def _last_resort(self, why: str) -> str:
        if self.resume:  # its point is gone: what follows are new steps, and none of them was done before
            step = self.resume.step
            self.session.resume_at(attrs.evolve(self.resume, first_step=step + 1))
            self.resume = None
        self.waiting.clear()
        for live, target in self.resorts:
            self.session.record("last_resort.used", why=why, to=target)
            self._change_to(live)
            return target
        self.session.at_point(self.live.version, "")
        self.session.record("call.failed", why=why)
        await self.session.play(BUILT_IN_APOLOGY)
        return HANG_UP

    def _resorts(self) -> Iterator[tuple[LiveFlow, str]]:
        """First the flow's own last resort, then the tenant's; each serves once."""
        if self.live.flow.last_resort:
            yield self.live, self.live.flow.last_resort
        tenants_own = self.interpreter.flows.last_resort(self.live.tenant)
        if tenants_own:
            yield self.live, f"flow:{tenants_own}"


def _checked(point: Point, way: object) -> Exit:
    if not isinstance(way, Exit):
        raise PluginError(f"module {point.module.kind!r} gave {shown(way)}, not an Exit")
    if not all(isinstance(one, str) for one in (way.name, way.why, way.through)):
        raise PluginError(f"module {point.module.kind!r} gave {shown(way)}; name and reason of an exit are texts")
    return way
