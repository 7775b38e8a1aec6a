"""What a recording holds: whether anything was said, where it ends, and its waveform."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

import attrs

from ..speech.audio import TELEPHONE_RATE, Sound

_FRAME: Final = TELEPHONE_RATE // 50  # 20 ms
_LOUD: Final = 256
"""The mean height of a frame from which on it is no silence; Asterisk's own measure, so that both agree."""
_LEAST: Final = 5
"""Loud frames in a row that are something said: a click is shorter."""
_TAIL: Final = TELEPHONE_RATE // 4
"""What is kept of the silence at the end."""
PEAKS: Final = 400


@attrs.frozen
class Heard:
    """What was said: the sound without the silence at its end."""

    sound: Sound


def heard(samples: array[int]) -> Heard | None:
    """What a recording of a caller holds, None where it is nothing but silence."""
    last = _last_loud(samples)
    if last is None:
        return None
    return Heard(Sound(samples[: (last + 1) * _FRAME + _TAIL]))


def _last_loud(samples: array[int]) -> int | None:
    """The last loud frame, None where there are not enough of them in a row anywhere.

    Looked for from the end, where most recordings tell at once: to look at
    all of a long one takes longer than everything else that is done with it.
    """
    last, row = None, 0
    for place in range((len(samples) - 1) // _FRAME, -1, -1):
        start = place * _FRAME
        if sum(map(abs, samples[start : start + _FRAME])) < _LOUD * _FRAME:
            row = 0
            continue
        last, row = place if last is None else last, row + 1
        if row == _LEAST:
            return last
    return None


def peaks_of(samples: Sequence[int], count: int = PEAKS) -> str:
    """A waveform as ``count`` heights at most, two hexadecimal digits each."""
    if not samples:
        return ""
    size = max(1, -(-len(samples) // count))
    tops = (samples[start : start + size] for start in range(0, len(samples), size))
    return "".join(f"{min(255, max(max(top), -min(top)) >> 7):02x}" for top in tops)
