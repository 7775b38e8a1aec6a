"""The page docs/benchmarks.md, from figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from .figures import Summary

AIMS = {
    "trips": 6,
    "ratio": 1.4,
    "rate": 0.8,
    "waiting": 500,
    "hook": 15.0,
    "simulated": 2000,
}


@attrs.frozen
class Results:
    """Everything that was measured. ``rates`` and ``memory`` are by way; ``hooks`` in µs; ``speed`` in ms."""

    when: str
    machine: str
    command: str
    speed: float
    speed_range: tuple[float, float]
    rate: float
    rounds: int
    held_seconds: float
    costs: Mapping[str, Summary]
    rates: Mapping[str, Sequence[float]]
    memory: Mapping[str, tuple[float, float]]
    memory_callers: int
    waiting: tuple[int, int, float]
    trips: Sequence[str]
    hooks: Mapping[str, float]
    simulated: float

    @property
    def hook_each(self) -> float:
        """The dearest implementation that does not wait: µs each, beyond what the call costs with none."""
        none = self.hooks["none"]
        return max((self.hooks[f"{n} {kind}"] - none) / n for n in (1, 10) for kind in ("def", "async def"))


_NAMES = {"native": "native dialplan", "panoramisk": "bare panoramisk 1.4, uvloop", "switchhook": "Switchhook"}


def aims(results: Results, median_rates: Mapping[str, float]) -> list[tuple[str, str, str, bool]]:
    """Aim, wanted, measured, reached."""
    ratio = results.costs["switchhook"].ratio
    rate = median_rates["switchhook"] / median_rates["native"] if median_rates["native"] else 0.0
    waiting, failed, _ = results.waiting
    return [
        ("AGI round trips for the call", f"at most {AIMS['trips']}", str(len(results.trips)), len(results.trips) <= 6),
        ("total CPU against native", f"at most {AIMS['ratio']}", f"{ratio:.2f}", ratio <= AIMS["ratio"]),
        ("highest rate against native", f"at least {AIMS['rate']}", f"{rate:.2f}", rate >= AIMS["rate"]),
        (
            "callers waiting without a failure",
            str(AIMS["waiting"]),
            f"{waiting}, {failed} failed",
            waiting >= AIMS["waiting"] and not failed,
        ),
        (
            "one hook implementation",
            f"at most {AIMS['hook']:g} µs",
            f"{results.hook_each:.1f} µs",
            results.hook_each <= AIMS["hook"],
        ),
        (
            "five-module calls in the simulator",
            f"at least {AIMS['simulated']} a second",
            f"{results.simulated:.0f}",
            results.simulated >= AIMS["simulated"],
        ),
    ]


def page(results: Results, median_rates: Mapping[str, float], notes: str) -> str:
    """The whole page as Markdown."""
    parts = [
        "# Speed\n",
        f"Written by `{results.command}` on {results.when}; run it to write it anew.\n",
        _how(results),
        "## What was to be reached\n",
        _table(
            ("", "wanted", "measured", ""),
            [(*row[:3], "reached" if row[3] else "**missed**") for row in aims(results, median_rates)],
        ),
        "## The call\n",
        _costs(results, median_rates),
        f"The AGI round trips of Switchhook's call: {', '.join(f'`{trip}`' for trip in results.trips)}.\n",
        "## Callers who wait\n",
        _waiting(results),
        "## Inside the kernel\n",
        _inner(results),
        notes,
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _how(results: Results) -> str:
    low, high = results.speed_range
    return (
        "The same call is taken three ways on the same Asterisk, in one run, the ways one after the other in each round:"
        " answer, a prompt of 300 ms while listening for one key, three variables, a second prompt of 300 ms, hang up."
        " Callers are SIPp's, with voice and a real RFC 4733 key. Nothing else is started while one way is measured,"
        " so the native call has no portal and no manager connection beside it; CEL and CDR are written for all three.\n\n"
        f"Machine: {results.machine}. It is shared: **only ratios mean something**, milliseconds do not compare with"
        " another machine's or another day's. A speed probe, a fixed piece of pure Python, runs beside every figure:"
        f" {results.speed:.2f} ms of CPU in the median, {low:.2f} to {high:.2f} over the run; milliseconds of CPU are"
        " brought to that median.\n\n"
        f"{results.rounds} rounds, medians.\n"
    )


def _costs(results: Results, rates: Mapping[str, float]) -> str:
    rows = []
    for way, cost in results.costs.items():
        rows.append(
            (
                _NAMES[way],
                f"{cost.asterisk:.2f}",
                f"{cost.controller:.2f}",
                f"{cost.ratio:.2f}",
                f"{cost.p50:.1f} / {cost.p99:.1f}",
                f"{rates[way]:.0f}" if way in rates else "-",
                ", ".join(f"{rate:.0f}" for rate in results.rates.get(way, ())),
            )
        )
    head = (
        "",
        "Asterisk, ms CPU a call",
        "controller, ms CPU a call",
        "total against native",
        "INVITE to 200, p50 / p99 ms",
        "highest rate, calls/s",
        "its rounds",
    )
    return (
        _table(head, rows) + f"\nCPU and answers at {results.rate:g} calls a second. The highest rate is one held for"
        f" {results.held_seconds:g} s with every call served and none late by more than 2 s; SIPp runs on the same cores.\n"
    )


def _waiting(results: Results) -> str:
    rows = [
        (_NAMES[way], f"{asterisk:.0f}", f"{controller:.0f}") for way, (asterisk, controller) in results.memory.items()
    ]
    there, failed, used = results.waiting
    return (
        _table(("", "Asterisk, KiB a call", "controller, KiB a call"), rows)
        + f"\nMemory of the processes' own (USS) with {results.memory_callers} callers waiting in a menu, less that with none."
        f"\n\n{there} callers waiting in Switchhook's menu at once, all sending voice: {failed} failures,"
        f" Asterisk and portal use {used:.2f} cores.\n"
    )


def _inner(results: Results) -> str:
    rows = [(name, f"{cost:.1f}") for name, cost in results.hooks.items()]
    return (
        _table(("plugins that implement the hook", "µs for one call of the hook"), rows)
        + "\nAn implementation that suspends pays for a timer of its own; one that only computes does not."
        f"\n\nThe simulator serves {results.simulated:.0f} calls through five modules in a second of one core.\n"
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
