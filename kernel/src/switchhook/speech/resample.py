"""A change of sample rate, by the SoX resampler.

Apart from ``audio``, which every portal imports: NumPy takes its time to load.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy
import soxr

_QUALITY = "HQ"


def resample(samples: array[int], old_rate: int, new_rate: int) -> array[int]:
    """16-bit ``samples`` at another rate, nothing delayed and never beyond full scale.

    To 8 kHz it is flat over the telephone's band, up to 3400 Hz (ITU-T G.712).
    """
    changed = soxr.resample(numpy.asarray(samples, dtype=numpy.int16), old_rate, new_rate, quality=_QUALITY)
    return array("h", changed.tobytes())


def resample_pieces(pieces: Iterable[array[int]], old_rate: int, new_rate: int) -> array[int]:
    """What :func:`resample` makes of all the pieces put together, with only one of them in memory."""
    stream = soxr.ResampleStream(old_rate, new_rate, 1, dtype="int16", quality=_QUALITY)
    changed = array("h")
    for piece in pieces:
        changed.frombytes(stream.resample_chunk(numpy.asarray(piece, dtype=numpy.int16)).tobytes())
    changed.frombytes(stream.resample_chunk(numpy.empty(0, dtype=numpy.int16), last=True).tobytes())
    return changed
