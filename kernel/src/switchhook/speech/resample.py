"""A change of sample rate by a windowed sinc, in the telephone's own terms."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from functools import cache
from operator import mul
from typing import Final

if sys.version_info >= (3, 12):
    from math import sumprod
else:

    def sumprod(p: Sequence[float], q: Sequence[float], /) -> float:
        """The sum of products, as in :func:`math.sumprod` from Python 3.12 on."""
        return sum(map(mul, p, q), 0.0)


PASS_SHARE: Final = 0.85  # of half the new rate: 3400 Hz of 4000, the telephone's band (ITU-T G.712)
STOP_DB: Final = 50.0  # well below the noise of A-law itself, 38 dB


def resample(samples: Sequence[int], old_rate: int, new_rate: int) -> list[float]:
    """``samples`` at a lower rate; flat up to 0.85 of half the new rate, 50 dB down from half of it on.

    The filter is a sinc under a Kaiser window (Kaiser's formulas for length and
    shape), one phase for each place a new sample can have between two old
    ones. Nothing is delayed: sample 0 stays where it is.
    """
    divisor = math.gcd(old_rate, new_rate)
    step, phases = old_rate // divisor, new_rate // divisor
    half = _half_length(old_rate, new_rate)
    table = _phases(phases, half, new_rate / old_rate)
    padding = [0.0] * half
    padded = [*padding, *map(float, samples), *padding]
    count = (len(samples) * phases) // step
    places = (divmod(number * step, phases) for number in range(count))
    return [sumprod(table[phase], padded[start : start + 2 * half]) for start, phase in places]


def _half_length(old_rate: int, new_rate: int) -> int:
    transition = (1 - PASS_SHARE) * new_rate / 2
    taps = (STOP_DB - 7.95) / (2.285 * 2 * math.pi * transition / old_rate)
    return math.ceil(taps / 2) + 1


@cache
def _phases(phases: int, half: int, ratio: float) -> tuple[tuple[float, ...], ...]:
    """For each place of a new sample between two old ones, the weights of the ``2 * half`` old ones around it."""
    return tuple(_weights(phase / phases, half, ratio) for phase in range(phases))


def _weights(offset: float, half: int, ratio: float) -> tuple[float, ...]:
    cutoff = (1 + PASS_SHARE) / 2 * ratio
    shape = 0.5842 * (STOP_DB - 21) ** 0.4 + 0.07886 * (STOP_DB - 21)
    weights = []
    for place in range(-half, half):
        distance = place - offset
        inside = max(0.0, 1 - (distance / (half + 1)) ** 2)
        weights.append(_sinc(cutoff * distance) * _bessel(shape * math.sqrt(inside)))
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def _sinc(value: float) -> float:
    return math.sin(math.pi * value) / (math.pi * value) if value else 1.0


def _bessel(value: float) -> float:
    """The modified Bessel function of order 0, by its series, exact for a window's arguments."""
    total = term = 1.0
    for order in range(1, 25):
        term *= (value / (2 * order)) ** 2
        total += term
    return total
