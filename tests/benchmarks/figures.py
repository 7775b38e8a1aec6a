"""Figures from samples: medians over rounds, percentiles, ratios against the native call. No input, no output."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

import attrs


@attrs.frozen
class Cost:
    """What calls cost in one round: ms of CPU per call in Asterisk and in the controller.

    ``speed`` is the speed probe beside it: ms for the fixed piece of work, less on a faster moment.
    """

    asterisk: float
    controller: float
    speed: float
    answers: tuple[float, ...] = ()

    @property
    def total(self) -> float:
        """Both together."""
        return self.asterisk + self.controller

    def at(self, speed: float) -> Cost:
        """The same on a machine whose probe takes ``speed`` ms."""
        factor = speed / self.speed
        return Cost(self.asterisk * factor, self.controller * factor, speed, self.answers)


@attrs.frozen
class Summary:
    """One way's costs over all rounds, at one speed: medians, and percentiles of INVITE to 200 in ms."""

    asterisk: float
    controller: float
    total: float
    ratio: float
    p50: float
    p99: float


def summaries(rounds: Sequence[Mapping[str, Cost]], base: str) -> dict[str, Summary]:
    """Each way's summary. ``ratio`` is the median over rounds of its total against ``base`` in the same round."""
    speed = median(cost.speed for one in rounds for cost in one.values())
    found = {}
    for way in rounds[0]:
        costs = [one[way].at(speed) for one in rounds]
        answers = [answer for cost in costs for answer in cost.answers]
        found[way] = Summary(
            median(cost.asterisk for cost in costs),
            median(cost.controller for cost in costs),
            median(cost.total for cost in costs),
            median(cost.total / one[base].at(speed).total for cost, one in zip(costs, rounds, strict=True)),
            percentile(answers, 50),
            percentile(answers, 99),
        )
    return found


def percentile(values: Iterable[float], percent: float) -> float:
    """The nearest-rank percentile; NaN of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)] if ordered else math.nan


def per_call(before: float, after: float, calls: int) -> float:
    """Milliseconds a call, from CPU seconds before and after."""
    return 1000 * (after - before) / calls


@attrs.define
class Search:
    """Looks for the highest rate that is held: up by ``step`` from ``rate`` until one is not, or down until one is.

    ``ask()`` is the next rate to try, None when it is known or ``tries`` are used up; ``tell`` takes the answer.
    ``best`` is the highest rate held so far, 0 for none.
    """

    rate: float
    step: float
    tries: int
    ceiling: float = 400
    best: float = 0
    _failed: float = math.inf

    def ask(self) -> float | None:
        """The next rate to try."""
        done = self.tries <= 0 or self.rate >= self._failed or self.rate > self.ceiling
        return None if done or self.rate <= self.best else self.rate

    def tell(self, held: bool) -> None:
        """Whether that rate was held."""
        self.tries -= 1
        if held:
            self.best = max(self.best, self.rate)
            self.rate *= self.step
        else:
            self._failed = min(self._failed, self.rate)
            self.rate /= self.step
