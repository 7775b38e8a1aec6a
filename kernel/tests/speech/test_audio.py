"""Sound is measured and changed as the telephone needs it: checked on sines, whose spectrum is known."""

from __future__ import annotations

import io
import math
import wave
from array import array

import pytest

from switchhook.speech.audio import (
    PEAK_DBFS,
    SPEECH_DBFS,
    AudioRefused,
    Sound,
    even_out,
    measure,
    read_wav,
    to_telephone,
    to_wav,
    tone,
    wav_seconds,
)


def sine(hertz: float, rate: int, seconds: float = 0.5, height: float = 10000) -> Sound:
    step = 2 * math.pi * hertz / rate
    return Sound(array("h", [round(height * math.sin(step * n)) for n in range(int(rate * seconds))]), rate)


def strength(sound: Sound, hertz: float) -> float:
    """The height of the sine of that frequency in the middle of the sound (Goertzel's question, asked directly)."""
    middle = sound.samples[400:-400]
    step = 2 * math.pi * hertz / sound.rate
    re = sum(sample * math.cos(step * n) for n, sample in enumerate(middle))
    im = sum(sample * math.sin(step * n) for n, sample in enumerate(middle))
    return 2 * math.hypot(re, im) / len(middle)


def wav(channels: int = 1, width: int = 2, rate: int = 8000, frames: int = 800) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(b"\1" * (frames * channels * width))
    return buffer.getvalue()


@pytest.mark.parametrize("rate", [11025, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("hertz", [100, 300, 1000, 3400])
def test_what_the_telephone_carries_passes_unchanged(rate: int, hertz: float) -> None:
    low = to_telephone(sine(hertz, rate))
    assert low.rate == 8000
    assert low.seconds == pytest.approx(0.5, abs=0.001)
    assert strength(low, hertz) == pytest.approx(10000, rel=0.02)


@pytest.mark.parametrize("rate", [16000, 22050, 48000])
@pytest.mark.parametrize("hertz", [4100, 5000, 7000])
def test_what_is_above_the_band_vanishes_and_does_not_fold_back(rate: int, hertz: float) -> None:
    low = to_telephone(sine(hertz, rate))
    middle = low.samples[400:-400]
    assert max(map(abs, middle)) < 10000 * 10 ** (-48 / 20)


def test_a_sound_stays_where_it_is_in_time() -> None:
    click = array("h", [0] * 16000)
    click[8000] = 30000
    low = to_telephone(Sound(click, 16000))
    assert low.samples.index(max(low.samples)) == 4000


def test_too_few_samples_a_second_are_refused() -> None:
    with pytest.raises(AudioRefused, match="only 6000"):
        to_telephone(sine(440, 6000))


def test_a_full_scale_square_does_not_wrap_round() -> None:
    square = Sound(array("h", [32767 if n // 20 % 2 else -32767 for n in range(16000)]), 16000)
    low = to_telephone(square)
    assert all(value >= 0 for value in low.samples[1000 : 1000 + 8]) or all(
        value <= 0 for value in low.samples[1000 : 1000 + 8]
    )
    assert max(low.samples) == 32767


def test_levels_are_those_of_the_sine() -> None:
    level = measure(sine(1000, 8000, height=32767 / 2))
    assert level.peak_dbfs == pytest.approx(-6.02, abs=0.05)
    assert level.speech_dbfs == pytest.approx(-9.03, abs=0.05)
    assert level.clipped == 0
    assert measure(Sound(array("h", [32767, -32768] * 100))).clipped == 200
    assert measure(Sound(array("h", [0] * 100))).peak_dbfs == -math.inf
    assert measure(Sound(array("h"))).speech_dbfs == -math.inf


@pytest.mark.parametrize("height", [50, 500, 5000, 32000])
def test_evened_out_speech_has_the_common_level_and_no_silence_around(height: float) -> None:
    silence = array("h", [0] * 8000)
    sound = even_out(Sound(silence + sine(700, 8000, 1.0, height).samples + silence))
    level = measure(sound)
    assert level.speech_dbfs == pytest.approx(SPEECH_DBFS, abs=0.6)
    assert 1.0 < sound.seconds < 1.2


def test_a_single_high_peak_limits_the_gain_instead_of_clipping() -> None:
    samples = sine(700, 8000, 1.0, 200).samples
    samples[4000] = 8000
    level = measure(even_out(Sound(samples)))
    assert level.peak_dbfs == pytest.approx(PEAK_DBFS, abs=0.1)
    assert level.clipped == 0


def test_silence_cannot_be_evened_out() -> None:
    with pytest.raises(AudioRefused, match="silent"):
        even_out(Sound(array("h", [1, -1] * 4000)))


def test_a_wav_file_comes_back_as_it_was(tmp_path) -> None:
    sound = sine(440, 8000)
    path = tmp_path / "a.wav"
    path.write_bytes(to_wav(sound))
    assert read_wav(path) == read_wav(to_wav(sound)) == sound
    assert wav_seconds(path) == 0.5


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (wav(channels=2), "2 channels"),
        (wav(width=1), "8 bits"),
        (wav(width=3), "24 bits"),
        (wav()[:-100], "cut short"),
        (wav()[:10], "no PCM WAV"),
        (b"", "no PCM WAV"),
        (b"ID3" + bytes(100), "no PCM WAV"),
    ],
)
def test_other_formats_are_refused_by_name(content: bytes, said: str, tmp_path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(AudioRefused, match=said):
        read_wav(content)
    with pytest.raises(AudioRefused, match=said):
        wav_seconds(path)


def test_a_refusal_says_how_to_convert() -> None:
    with pytest.raises(AudioRefused, match="sox -G INPUT -c 1 -r 8000 -b 16"):
        read_wav(wav(channels=2))


def test_asterisk_takes_only_eight_thousand_samples(tmp_path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(rate=16000))
    with pytest.raises(AudioRefused, match="16000 samples"):
        wav_seconds(path)
    path.write_bytes(wav(frames=0))
    with pytest.raises(AudioRefused, match="no sound"):
        wav_seconds(path)


def test_a_tone_has_its_frequency_level_and_length() -> None:
    beep = tone(1000, 0.5)
    assert beep.seconds == 0.5
    assert strength(beep, 1000) > 50 * strength(beep, 1500)
    assert measure(beep).speech_dbfs == pytest.approx(SPEECH_DBFS, abs=0.3)
    assert beep.samples[0] == beep.samples[-1] == 0
