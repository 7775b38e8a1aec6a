"""The measurements of calls, of callers who wait, and of the kernel."""

from __future__ import annotations

import time
from pathlib import Path

import attrs

from . import inner
from .figures import Cost, Search, summaries
from .measure import Measure
from .page import Calls, Kernel, Waiting
from .site import Site
from .ways import NATIVE, SWITCHHOOK, WAYS

COARSE_SECONDS = 4.0
COARSE_FROM = 120.0
COARSE_STEP = 1.35
FINE_STEP = 1.1
RATES_UNTIL = 9.0
"""Minutes from the start after which no further round looks for the highest rate: the whole stays within ten."""


@attrs.frozen
class Plan:
    """How much is measured: see :class:`~.measure.Measure`; ``waiting`` callers at once, ``messages`` left a second."""

    rounds: int
    rate: float
    seconds: float
    held_seconds: float
    memory_callers: int
    waiting: int
    messages: float


async def calls(home: Path, plan: Plan) -> Calls:
    """What one call costs, and how many can be served."""
    site = await Site.make(home)
    try:
        measure = Measure(site, plan.rate, plan.seconds, plan.held_seconds)
        trips = await measure.round_trips()
        _say("round trips", ", ".join(trips))
        costs, rates = await _rounds(measure, plan)
        _say("served", f"{await measure.served()} calls went Switchhook's measured way to its end")
    finally:
        await site.close()
    return Calls(measure.speeds, plan.rate, plan.rounds, plan.held_seconds, summaries(costs, NATIVE), rates, trips)


async def waiting(home: Path, plan: Plan) -> Waiting:
    """What callers who wait take, and whether many of them can."""
    site = await Site.make(home)
    try:
        measure = Measure(site, plan.rate, plan.seconds, plan.held_seconds)
        memory = {}
        for way in WAYS:
            memory[way] = await measure.memory(way, plan.memory_callers)
            _say("memory", f"{way}: {memory[way][0]:.0f} + {memory[way][1]:.0f} KiB a waiting call")
        there, failed, cores = await measure.waiting(plan.waiting)
        _say("waiting", f"{there} callers, {failed} failed, {cores:.2f} cores")
    finally:
        await site.close()
    return Waiting(memory, plan.memory_callers, there, failed, cores)


def kernel() -> Kernel:
    """What the kernel costs without a telephone."""
    hooks, simulated = inner.dispatch_costs(), inner.simulated_calls_a_second()
    _say("hooks", ", ".join(f"{name}: {cost:.1f} µs" for name, cost in hooks.items()))
    _say("simulator", f"{simulated:.0f} five-module calls a second")
    return Kernel(hooks, simulated)


async def _rounds(measure: Measure, plan: Plan) -> tuple[list[dict[str, Cost]], dict[str, list[float]]]:
    costs: list[dict[str, Cost]] = []
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    coarse = dict.fromkeys(WAYS, 0.0)
    began = time.monotonic()
    for number in range(1, plan.rounds + 1):
        costs.append({})
        for way in WAYS:
            cost = costs[-1][way] = await measure.cost(way)
            _say(f"round {number}", f"{way}: {cost.asterisk:.2f} + {cost.controller:.2f} ms, probe {cost.speed:.2f} ms")
        _say(f"round {number}", f"Switchhook against native: {_ratio(costs[-1]):.2f}")
        if number > 1 and time.monotonic() - began > RATES_UNTIL * 60 * number / plan.rounds:
            _say(f"round {number}", "no time for the highest rate")
            continue
        for way in WAYS:
            if number == 1 and plan.rounds > 1:
                rough = Search(COARSE_FROM, COARSE_STEP, tries=4)
                await measure.rates(way, rough, COARSE_SECONDS)
                coarse[way] = rough.best or COARSE_FROM / COARSE_STEP
            fine = _fine(plan, rates[way], coarse[way])
            await measure.rates(way, fine, plan.held_seconds)
            rates[way].append(fine.best)
            _say(f"round {number}", f"{way}: {fine.best:.0f} calls a second held for {plan.held_seconds:g} s")
    return costs, rates


def _fine(plan: Plan, earlier: list[float], coarse: float) -> Search:
    """One short round looks roughly; the first of several finds the place, the others look around it."""
    if plan.rounds == 1:
        return Search(COARSE_FROM, COARSE_STEP, tries=4)
    return Search(earlier[-1], FINE_STEP, tries=2) if earlier else Search(coarse, FINE_STEP, tries=6)


def _ratio(one: dict[str, Cost]) -> float:
    return summaries([one], NATIVE)[SWITCHHOOK].ratio


def _say(what: str, text: str) -> None:
    print(f"{what:<12} {text}", flush=True)
