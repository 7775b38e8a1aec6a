"""What the kernel costs without a telephone: hook calls and the simulator."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import attrs

from switchhook import Call, Caller, Module, hookimpl, hookspecs
from switchhook.calls.port import DialPlan
from switchhook.calls.prompts import Prompt
from switchhook.clock import SystemClock
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.loader import Source, load_plugins
from switchhook.dispatch.spec import specs_in
from switchhook.flows.document import read_flow
from switchhook.flows.flow import LiveFlow, Point
from switchhook.flows.interpreter import Interpreter
from switchhook.flows.module import Exit
from switchhook.flows.registry import ModuleRegistry
from switchhook.simulator.script import Script, read_script
from switchhook.simulator.simulate import simulate

from . import three_variables

ROUNDS = 5
_CALL = Call("bench-1.1", "acme", "+4922155503", Caller("+4930123456"), datetime(2026, 1, 5, 12, tzinfo=UTC))
_FIVE = """\
flow: five
label: Five modules
language: en
start: welcome
points:
  welcome: {module: announcement, settings: {prompts: [bench/first]}, exits: {next: ask}}
  ask: {module: menu, settings: {prompts: [bench/first], keys: ["1"]}, exits: {"key:1": keep, timeout: bye, invalid: bye}}
  keep: {module: bench-variables, exits: {next: second}}
  second: {module: announcement, settings: {prompts: [bench/second]}, exits: {next: bye}}
  bye: {module: announcement, settings: {prompts: [bench/second]}, exits: {next: hang-up}}
"""


def dispatch_costs(calls: int = 10_000) -> dict[str, float]:
    """Microseconds of CPU for one call of a ``notify`` hook: with 0, 1 and 10 plugins, ``def`` and ``async def``."""
    found = {"none": _timed(calls, [])}
    for kind, make in (("def", _plain), ("async def", _coroutine), ("async def that waits", _waiting)):
        for count in (1, 10):
            found[f"{count} {kind}"] = _timed(calls // count, [make() for _ in range(count)])
    return found


def _plain() -> Callable[..., object]:
    @hookimpl
    def point_entered(call: Call, point: str) -> None:
        return None

    return point_entered


def _coroutine() -> Callable[..., object]:
    @hookimpl
    async def point_entered(call: Call, point: str) -> None:
        return None

    return point_entered


def _waiting() -> Callable[..., object]:
    @hookimpl
    async def point_entered(call: Call, point: str) -> None:
        await asyncio.sleep(0)

    return point_entered


@attrs.frozen
class _Plugin:
    point_entered: Callable[..., object]


def _timed(calls: int, functions: list[Callable[..., object]]) -> float:
    hooks = _dispatcher(functions)

    async def work() -> float:
        began = time.thread_time()
        for _ in range(calls):
            await hooks.notify("point_entered", call=_CALL, point="ask", module="menu")
        return time.thread_time() - began

    return median(asyncio.run(work()) for _ in range(ROUNDS)) / calls * 1e6


def _dispatcher(functions: list[Callable[..., object]]) -> Dispatcher:
    breaker = Breaker(SystemClock(), _never)
    sources = [Source(f"plugin{n}", lambda one=one: _Plugin(one)) for n, one in enumerate(functions)]
    return Dispatcher(specs_in(hookspecs), load_plugins(sources, hookspecs, breaker).implementations, breaker)


def _never(fault: object) -> None:
    raise AssertionError(fault)


@attrs.frozen
class _Surroundings:
    """Everything the interpreter asks for, at no cost: the figure is the interpreter's."""

    live: LiveFlow

    def current(self, tenant: str, flow: str) -> LiveFlow | None:
        return self.live

    def last_resort(self, tenant: str) -> str:
        return ""

    def find(self, id: str, language: str, tenant: str) -> Prompt:  # noqa: A002 - the protocol's own word
        return Prompt(id, language, 0.3, Path("x.wav"))

    async def check(self, call: Call, plan: DialPlan, leg: int | None) -> DialPlan:
        return plan

    async def entered(self, call: Call, point: Point) -> None:
        return None

    async def left(self, call: Call, point: Point, way: Exit) -> None:
        return None

    def module_failed(self, call: Call, point: Point, error: Exception) -> None:
        raise error


def simulated_calls_a_second(calls: int = 2_000) -> float:
    """Calls through five modules that the simulator serves in one second of CPU."""
    from switchhook_ivr import plugin

    modules: list[tuple[str, type[Module]]] = [("ivr", one) for one in plugin.modules()]
    modules += [("bench", one) for one in three_variables.modules()]
    live = LiveFlow("1", 1, "acme", read_flow(_FIVE, ModuleRegistry(modules), "five.yaml"))
    around, script = _Surroundings(live), Script(read_script("1"))
    interpreter = Interpreter(around, around)

    async def work() -> float:
        began = time.thread_time()
        for _ in range(calls):
            done = await simulate(_CALL, live, script, interpreter=interpreter, prompts=around, gate=around)
        assert sum(event.kind == "point.left" for event in done.events) == 5, done
        return time.thread_time() - began

    return calls / median(asyncio.run(work()) for _ in range(ROUNDS))
