"""The sections about calls, callers who wait, and the kernel, from figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

import attrs

from .figures import Summary
from .sections import aims, table

_NAMES = {"native": "native dialplan", "panoramisk": "bare panoramisk 1.4, uvloop", "switchhook": "Switchhook"}
_COSTS = (
    "",
    "Asterisk, ms CPU a call",
    "controller, ms CPU a call",
    "total against native",
    "INVITE to 200, p50 / p99 ms",
    "highest rate, calls/s",
    "its rounds",
)
MOST_TRIPS, MOST_CPU, LEAST_RATE, MOST_WAITING, MOST_HOOK, LEAST_SIMULATED = 6, 1.4, 0.8, 500, 15.0, 2000


@attrs.frozen
class Calls:
    """What one call costs. ``costs`` and ``rates`` are by way, the latter for each round; ``speeds`` of the probe in ms."""

    speeds: Sequence[float]
    rate: float
    rounds: int
    held_seconds: float
    costs: Mapping[str, Summary]
    rates: Mapping[str, Sequence[float]]
    trips: Sequence[str]

    def text(self, notes: str = "") -> str:
        """The section, ``notes`` at its end."""
        rates = {way: median(found) for way, found in self.rates.items()}
        rows = [
            (
                _NAMES[way],
                f"{cost.asterisk:.2f}",
                f"{cost.controller:.2f}",
                f"{cost.ratio:.2f}",
                f"{cost.p50:.1f} / {cost.p99:.1f}",
                f"{rates[way]:.0f}",
                ", ".join(f"{rate:.0f}" for rate in self.rates[way]),
            )
            for way, cost in self.costs.items()
        ]
        return (
            "The same call is taken three ways on the same Asterisk, in one run, the ways one after the other in each round:"
            " answer, a prompt of 300 ms while listening for one key, three variables, a second prompt of 300 ms, hang up."
            " Callers are SIPp's, with voice and a real RFC 4733 key. Nothing else is started while one way is measured,"
            " so the native call has no portal and no manager connection beside it; CEL and CDR are written for all three.\n\n"
            f"{aims(self._aims(rates))}\n{table(_COSTS, rows)}\n"
            f"{self.rounds} rounds, medians. CPU and answers at {self.rate:g} calls a second. The highest rate is one held"
            f" for {self.held_seconds:g} s with every call served and none late by more than 2 s; SIPp runs on the same"
            f" cores. The speed probe: {median(self.speeds):.2f} ms in the median, {min(self.speeds):.2f} to"
            f" {max(self.speeds):.2f}.\n\n"
            f"The AGI round trips of Switchhook's call: {', '.join(f'`{trip}`' for trip in self.trips)}.\n\n{notes}"
        )

    def _aims(self, rates: Mapping[str, float]) -> list[tuple[str, str, str, bool]]:
        ratio, trips = self.costs["switchhook"].ratio, len(self.trips)
        rate = rates["switchhook"] / rates["native"] if rates["native"] else 0.0
        return [
            ("AGI round trips for the call", f"at most {MOST_TRIPS}", str(trips), trips <= MOST_TRIPS),
            ("total CPU against native", f"at most {MOST_CPU}", f"{ratio:.2f}", ratio <= MOST_CPU),
            ("highest rate against native", f"at least {LEAST_RATE}", f"{rate:.2f}", rate >= LEAST_RATE),
        ]


@attrs.frozen
class Waiting:
    """Memory of callers who wait, in KiB by way; and how many waited at once, failed, and the cores they took."""

    memory: Mapping[str, tuple[float, float]]
    memory_callers: int
    there: int
    failed: int
    cores: float

    def text(self) -> str:
        """The section."""
        rows = [(_NAMES[way], *(f"{kib:.0f}" for kib in both)) for way, both in self.memory.items()]
        reached = self.there >= MOST_WAITING and not self.failed
        aim = ("callers waiting without a failure", str(MOST_WAITING), f"{self.there}, {self.failed} failed", reached)
        return (
            f"{aims([aim])}\n{table(('', 'Asterisk, KiB a call', 'controller, KiB a call'), rows)}\n"
            f"Memory of the processes' own (USS) with {self.memory_callers} callers waiting in a menu, less that with none."
            f"\n\n{self.there} callers waiting in Switchhook's menu at once, all sending voice: {self.failed} failures,"
            f" Asterisk and portal use {self.cores:.2f} cores.\n"
        )


@attrs.frozen
class Kernel:
    """µs of hook calls, by what implements the hook; and the calls a second the simulator serves."""

    hooks: Mapping[str, float]
    simulated: float

    @property
    def hook_each(self) -> float:
        """The dearest implementation that does not wait: µs each, beyond what the call costs with none."""
        none = self.hooks["none"]
        return max((self.hooks[f"{n} {kind}"] - none) / n for n in (1, 10) for kind in ("def", "async def"))

    def text(self) -> str:
        """The section."""
        each, simulated = self.hook_each, self.simulated
        reached = aims(
            [
                ("one hook implementation", f"at most {MOST_HOOK:g} µs", f"{each:.1f} µs", each <= MOST_HOOK),
                (
                    "five-module calls in the simulator",
                    f"at least {LEAST_SIMULATED} a second",
                    f"{simulated:.0f}",
                    simulated >= LEAST_SIMULATED,
                ),
            ]
        )
        rows = [(name, f"{cost:.1f}") for name, cost in self.hooks.items()]
        return (
            f"{reached}\n{table(('plugins that implement the hook', 'µs for one call of the hook'), rows)}\n"
            "An implementation that suspends pays for a timer of its own; one that only computes does not."
            f"\n\nThe simulator serves {simulated:.0f} calls through five modules in a second of one core.\n"
        )
