"""All measurements in their order, and what comes of them."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from pathlib import Path
from statistics import median

import attrs

from . import inner, probe
from .figures import Cost, Search, summaries
from .measure import Measure
from .page import Results, aims, page
from .site import Site
from .ways import NATIVE, SWITCHHOOK, WAYS

COARSE_SECONDS = 4.0
COARSE_FROM = 120.0
COARSE_STEP = 1.35
FINE_STEP = 1.1
RATES_UNTIL = 9.0
"""Minutes from the start after which no further round looks for the highest rate: the whole stays within twelve."""
NOTES = Path(__file__).with_name("notes.md")
"""Where the time goes: written by people who looked, kept with the figures."""


@attrs.frozen
class Plan:
    """How much is measured: see :class:`~.measure.Measure`; ``waiting`` callers at once."""

    rounds: int
    rate: float
    seconds: float
    held_seconds: float
    memory_callers: int
    waiting: int


async def measure_all(home: Path, plan: Plan, when: datetime, machine: str, command: str) -> str:
    """Measure everything and give the page."""
    _say("speed", f"{probe.speed():.2f} ms for the probe")
    hooks, simulated = await asyncio.to_thread(_inner)
    site = await Site.make(home)
    try:
        measure = Measure(site, plan.rate, plan.seconds, plan.held_seconds)
        trips = await measure.round_trips()
        _say("round trips", ", ".join(trips))
        memory = {}
        for way in WAYS:
            memory[way] = await measure.memory(way, plan.memory_callers)
            _say("memory", f"{way}: {memory[way][0]:.0f} + {memory[way][1]:.0f} KiB a waiting call")
        costs, rates = await _rounds(measure, plan)
        waiting = await measure.waiting(plan.waiting)
        _say("waiting", f"{waiting[0]} callers, {waiting[1]} failed, {waiting[2]:.2f} cores")
        _say("served", f"{await measure.served()} calls went Switchhook's measured way to its end")
    finally:
        await site.close()
    speeds = measure.speeds
    results = Results(
        when=f"{when:%Y-%m-%d}",
        machine=machine,
        command=command,
        speed=median(speeds),
        speed_range=(min(speeds), max(speeds)),
        rate=plan.rate,
        rounds=plan.rounds,
        held_seconds=plan.held_seconds,
        costs=summaries(costs, NATIVE),
        rates=rates,
        memory=memory,
        memory_callers=plan.memory_callers,
        waiting=waiting,
        trips=trips,
        hooks=hooks,
        simulated=simulated,
    )
    medians = {way: median(found) for way, found in rates.items()}
    for what, wanted, got, reached in aims(results, medians):
        _say("aim", f"{what}: {got} (wanted {wanted}){'' if reached else '  MISSED'}")
    return page(results, medians, NOTES.read_text(encoding="utf-8") if NOTES.exists() else "")


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


def _inner() -> tuple[dict[str, float], float]:
    hooks, simulated = inner.dispatch_costs(), inner.simulated_calls_a_second()
    _say("hooks", ", ".join(f"{name}: {cost:.1f} µs" for name, cost in hooks.items()))
    _say("simulator", f"{simulated:.0f} five-module calls a second")
    return hooks, simulated


def _say(what: str, text: str) -> None:
    print(f"{what:<12} {text}", flush=True)
