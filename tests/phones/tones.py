"""Prompts that a machine can tell apart: pure tones, written as WAV and recognised in what a phone heard."""

from __future__ import annotations

import array
import itertools
import math
import sys
import wave
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import attrs

RATE = 8000
#: Frequencies (Hz) another meaning is given to: DTMF, ringing and busy in Europe and America, fax calling and answering.
TAKEN = (350, 425, 440, 480, 620, 697, 770, 852, 941, 1100, 1209, 1336, 1477, 1633, 2100)
_FRAME = 200  # samples: 25 ms, so that bins are 40 Hz apart
_LOUD = 100.0  # rms below this is silence; a test tone has about 5600
_PURE = 0.8  # share of a frame's energy one frequency must have

DTMF_PAIRS = dict(
    zip("123A456B789C*0#D", itertools.product((697, 770, 852, 941), (1209, 1336, 1477, 1633)), strict=True)
)


def _grid() -> Iterator[int]:
    last = 0
    for freq in range(300, 3350, 10):
        if freq - last >= 100 and all(abs(freq - other) >= 45 for other in TAKEN):
            last = freq
            yield freq


#: The frequencies (Hz, rising, at least 100 apart) test prompts are made of; none is part of DTMF or a ringing tone.
TONES: tuple[int, ...] = tuple(_grid())


@attrs.frozen
class Heard:
    """A tone that was recognised: its frequency (Hz), where it began and how long it lasted (seconds)."""

    freq: int
    start: float
    seconds: float


def tone(freq: float | Sequence[float], seconds: float, *, amplitude: int = 8000) -> bytes:
    """Sine of ``freq`` Hz (several: their sum) as 16-bit little-endian mono PCM at 8 kHz, faded in and out over 5 ms.

    ``amplitude`` is that of each sine; with two it must stay below 16384.
    """
    freqs = [freq] if isinstance(freq, (int, float)) else list(freq)
    count, fade = round(seconds * RATE), 40
    steps = [2 * math.pi * one / RATE for one in freqs]
    samples = array.array("h")
    for n in range(count):
        edge = min(1.0, n / fade, (count - 1 - n) / fade)
        samples.append(round(amplitude * edge * sum(math.sin(step * n) for step in steps)))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def silence(seconds: float) -> bytes:
    """PCM without sound, of the given length."""
    return bytes(2 * round(seconds * RATE))


def dtmf(keys: str, *, on: float = 0.1, off: float = 0.1) -> bytes:
    """The keys (0-9 A-D * #) as in-band tones, each ``on`` seconds long and followed by ``off`` seconds of silence.

    Raises KeyError for a character that is no key.
    """
    return b"".join(tone(DTMF_PAIRS[key.upper()], on) + silence(off) for key in keys)


def write_wav(pcm: bytes, path: Path) -> Path:
    """Write 16-bit mono PCM of 8 kHz as a WAV file Asterisk plays; the directory is made. Returns ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    return path


def tone_wav(freq: float, seconds: float, path: Path) -> Path:
    """Write a prompt that is one pure tone: take ``freq`` from :data:`TONES` and at least 0.2 seconds."""
    return write_wav(tone(freq, seconds), path)


def heard(
    pcm: bytes,
    rate: int = RATE,
    candidates: Iterable[int] = TONES,
    *,
    least: float = 0.1,
    bridge: float = 0.1,
) -> list[Heard]:
    """The tones in ``pcm`` (16-bit little-endian mono), in the order in which they sounded.

    Only ``candidates`` (Hz) are looked for; anything else, speech and DTMF included, is passed over. What is shorter
    than ``least`` seconds is no tone; a hole of up to ``bridge`` seconds (lost or late packets) does not end one.
    Times are good to 25 ms.
    """
    ear = Ear(rate, candidates)
    ear.feed(pcm)
    return ear.heard(least=least, bridge=bridge)


class Ear:
    """Recognises tones as the sound comes in, each sample looked at once; :func:`heard` for sound that grows."""

    def __init__(self, rate: int = RATE, candidates: Iterable[int] = TONES) -> None:
        self._rate, self._candidates = rate, tuple(candidates)
        self._size = _FRAME * rate // RATE
        self._rest = b""
        self._frames = 0
        self._runs: list[tuple[int, float, float]] = []

    def feed(self, pcm: bytes) -> None:
        """Listen to what comes next: 16-bit little-endian mono."""
        sound = self._rest + pcm
        whole = len(sound) // (2 * self._size)
        self._rest = sound[whole * 2 * self._size :]
        samples = array.array("h", sound[: whole * 2 * self._size])
        if sys.byteorder == "big":
            samples.byteswap()
        step = self._size / self._rate
        for number in range(whole):
            freq = _pitch(samples[number * self._size : (number + 1) * self._size], self._rate, self._candidates)
            if freq is not None:
                start = self._frames * step
                _extend(self._runs, (freq, start, start + step), step / 2)
            self._frames += 1

    def heard(self, *, least: float = 0.1, bridge: float = 0.1) -> list[Heard]:
        """The tones so far, see :func:`heard`; the last one may still be sounding."""
        step = self._size / self._rate
        joined: list[tuple[int, float, float]] = []
        # A single frame, as at the border of two tones, may look like a third one and must not come between.
        for run in self._runs:
            if run[2] - run[1] > 1.5 * step or any(run[0] == other[0] for other in joined[-1:]):
                _extend(joined, run, bridge + step / 2)
        return [Heard(freq, start, end - start) for freq, start, end in joined if end - start >= least - step / 2]


def _extend(runs: list[tuple[int, float, float]], run: tuple[int, float, float], hole: float) -> None:
    """Append the run, or let it prolong the last one when that has the same pitch and ended not long before."""
    if runs and runs[-1][0] == run[0] and run[1] - runs[-1][2] <= hole:
        runs[-1] = (run[0], runs[-1][1], run[2])
    else:
        runs.append(run)


def tones_of(pcm: bytes, rate: int = RATE, candidates: Iterable[int] = TONES) -> list[int]:
    """Only the frequencies of :func:`heard`, in order: what most tests compare with."""
    return [one.freq for one in heard(pcm, rate, candidates)]


def _pitch(frame: array.array[int], rate: int, candidates: Sequence[int]) -> int | None:
    energy = math.fsum(sample * sample for sample in frame)
    if energy < _LOUD * _LOUD * len(frame):
        return None
    best = max(candidates, key=lambda freq: power(frame, freq, rate), default=None)
    if best is None or 2 * power(frame, best, rate) / (len(frame) * energy) < _PURE:
        return None
    return best


def power(frame: array.array[int], freq: int, rate: int) -> float:
    """Goertzel: the power of one frequency in the frame, a pure tone gives half of samples times energy."""
    coefficient = 2 * math.cos(2 * math.pi * freq / rate)
    before = last = 0.0
    for sample in frame:
        before, last = last, sample + coefficient * last - before
    return before * before + last * last - coefficient * before * last
