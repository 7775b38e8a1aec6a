"""Sound as samples: reading and writing WAV, measuring its level, and evening it out for the telephone."""

from __future__ import annotations

import io
import math
import sys
import wave
from array import array
from pathlib import Path
from typing import Final

import attrs

from ..errors import SwitchhookError

TELEPHONE_RATE: Final = 8000
FULL_SCALE: Final = 32767
SPEECH_DBFS: Final = -20.0  # where Asterisk's own prompts lie, so that mixed announcements sound alike
PEAK_DBFS: Final = -2.0  # A-law and mu-law clip just below full scale
SILENCE_DB: Final = 35.0  # this far below the loudest frame nothing is spoken
_SILENT_DBFS: Final = -60.0
_MARGIN_SECONDS: Final = 0.06
_FRAME_SECONDS: Final = 0.02
_SOX: Final = "convert it with: sox -G INPUT -c 1 -r 8000 -b 16 -e signed-integer OUTPUT.wav"


class AudioRefused(SwitchhookError):
    """A sound file that is not what a telephone line takes; the message says what is wrong and how to mend it."""

    code = "audio_refused"


@attrs.frozen
class Sound:
    """One channel of signed 16-bit samples at ``rate`` samples a second."""

    samples: array[int]
    rate: int = TELEPHONE_RATE

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


@attrs.frozen
class Level:
    """How loud a sound is, in dB below full scale: its highest peak, and its mean while something sounds."""

    peak_dbfs: float
    speech_dbfs: float
    clipped: int


def read_wav(source: Path | bytes) -> Sound:
    """Read a mono 16-bit PCM WAV file of any rate, given by path or as its bytes.

    Raises ``AudioRefused`` for everything else.
    """
    try:
        with wave.open(io.BytesIO(source) if isinstance(source, bytes) else str(source), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            _check_form(channels, width)
            promised = file.getnframes()
            raw = file.readframes(promised)
    except (wave.Error, EOFError) as error:
        raise AudioRefused(f"this is no PCM WAV file ({error}); {_SOX}") from error
    if len(raw) < promised * 2:
        raise AudioRefused(f"the file is cut short: it promises {promised} samples and holds {len(raw) // 2}")
    return Sound(_from_little_endian(raw), rate)


def wav_seconds(path: Path) -> float:
    """The length of a file that Asterisk plays as it is: mono, 16-bit, 8 kHz.

    Only the header is read. Raises ``AudioRefused`` for any other format, for
    an empty file and for one that is cut short, ``OSError`` if it cannot be read.
    """
    try:
        with wave.open(str(path), "rb") as file:
            channels, width, rate, frames = (
                file.getnchannels(),
                file.getsampwidth(),
                file.getframerate(),
                file.getnframes(),
            )
    except (wave.Error, EOFError) as error:
        raise AudioRefused(f"this is no PCM WAV file ({error}); {_SOX}") from error
    _check_form(channels, width)
    if rate != TELEPHONE_RATE:
        raise AudioRefused(f"it has {rate} samples a second instead of {TELEPHONE_RATE}; {_SOX}", rate=rate)
    if not frames:
        raise AudioRefused("it holds no sound at all")
    if frames * 2 > path.stat().st_size:
        raise AudioRefused(f"the file is cut short: it promises {frames} samples")
    return frames / rate


def to_wav(sound: Sound) -> bytes:
    """The sound as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes(_from_little_endian(sound.samples.tobytes()).tobytes())
    return buffer.getvalue()


def to_telephone(sound: Sound) -> Sound:
    """The sound at 8 kHz, without anything above the telephone's band; raises ``AudioRefused`` below 8 kHz."""
    if sound.rate == TELEPHONE_RATE:
        return sound
    if sound.rate < TELEPHONE_RATE:
        raise AudioRefused(f"it has only {sound.rate} samples a second, a telephone line takes {TELEPHONE_RATE}")
    from .resample import resample

    return Sound(resample(sound.samples, sound.rate, TELEPHONE_RATE))


def even_out(sound: Sound) -> Sound:
    """Speech at the telephone's rate and the common level, without the silence around it; never clipped.

    Raises ``AudioRefused`` when there is nothing but silence.
    """
    if _decibels(_peak(sound)) < _SILENT_DBFS:
        raise AudioRefused("it is silent")
    telephone = to_telephone(_without_silence(sound))
    level = measure(telephone)
    gain = min(SPEECH_DBFS - level.speech_dbfs, PEAK_DBFS - level.peak_dbfs)
    return Sound(_louder(telephone.samples, 10 ** (gain / 20)))


def measure(sound: Sound) -> Level:
    """The sound's levels; a silent or empty one has -infinity."""
    energies = [energy for energy in _frames(sound) if energy > 0]
    if not energies:
        return Level(-math.inf, -math.inf, 0)
    threshold = max(energies) / 10 ** (SILENCE_DB / 10)
    spoken = [energy for energy in energies if energy >= threshold]
    clipped = sum(1 for sample in sound.samples if not -FULL_SCALE < sample < FULL_SCALE)
    return Level(_decibels(_peak(sound)), _decibels(math.sqrt(sum(spoken) / len(spoken))), clipped)


def tone(hertz: float, seconds: float, dbfs: float = SPEECH_DBFS, *, pause: float = 0.0) -> Sound:
    """A sine with 10 ms of fading at both ends, so that it does not click, and ``pause`` seconds of silence after it."""
    count = round(seconds * TELEPHONE_RATE)
    fade = TELEPHONE_RATE // 100
    height = FULL_SCALE * 10 ** (dbfs / 20) * math.sqrt(2)
    step = 2 * math.pi * hertz / TELEPHONE_RATE
    shape = (height * min(1.0, n / fade, (count - 1 - n) / fade) * math.sin(step * n) for n in range(count))
    return Sound(array("h", [round(value) for value in shape]) + array("h", [0]) * round(pause * TELEPHONE_RATE))


def _check_form(channels: int, width: int) -> None:
    if channels != 1:
        raise AudioRefused(f"it has {channels} channels instead of one; {_SOX}", channels=channels)
    if width != 2:
        raise AudioRefused(f"it has {width * 8} bits a sample instead of 16; {_SOX}", bits=width * 8)


def _from_little_endian(raw: bytes) -> array[int]:
    samples = array("h")
    samples.frombytes(raw[: len(raw) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _louder(samples: array[int], gain: float) -> array[int]:
    whole = [round(sample * gain) for sample in samples]
    if whole and (max(whole) > FULL_SCALE or min(whole) < -FULL_SCALE):
        whole = [max(-FULL_SCALE, min(FULL_SCALE, value)) for value in whole]
    return array("h", whole)


def _peak(sound: Sound) -> int:
    return max(max(sound.samples), -min(sound.samples)) if sound.samples else 0


def _frames(sound: Sound) -> list[float]:
    size = max(1, round(sound.rate * _FRAME_SECONDS))
    starts = range(0, len(sound.samples), size)
    return [_mean_square(sound.samples[start : start + size]) for start in starts]


def _mean_square(samples: array[int]) -> float:
    return sum(sample * sample for sample in samples) / len(samples)


def _without_silence(sound: Sound) -> Sound:
    energies = _frames(sound)
    threshold = max(energies) / 10 ** (SILENCE_DB / 10)
    spoken = [place for place, energy in enumerate(energies) if energy >= threshold]
    size = max(1, round(sound.rate * _FRAME_SECONDS))
    margin = round(sound.rate * _MARGIN_SECONDS)
    first = max(0, spoken[0] * size - margin)
    return Sound(sound.samples[first : (spoken[-1] + 1) * size + margin], sound.rate)


def _decibels(value: float) -> float:
    return 20 * math.log10(value / FULL_SCALE) if value else -math.inf
