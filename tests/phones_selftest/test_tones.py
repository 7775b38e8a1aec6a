"""The recogniser on sounds of our own making: order, gaps, G.711, lost packets, and what is no tone."""

from __future__ import annotations

import math
import random
import struct
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phones.tones import DTMF_PAIRS, TAKEN, TONES, Ear, dtmf, heard, silence, tone, tone_wav, tones_of

pitches = st.sampled_from(TONES)


def through_mu_law(pcm: bytes) -> bytes:
    """Quantise as G.711 does: 8 bit, logarithmic."""
    out = []
    for (sample,) in struct.iter_unpack("<h", pcm):
        level = math.log1p(255 * min(abs(sample), 32635) / 32635) / math.log(256)
        level = round(level * 127) / 127
        out.append(round(math.copysign((256**level - 1) / 255 * 32635, sample)))
    return struct.pack(f"<{len(out)}h", *out)


def test_the_grid_keeps_its_distance() -> None:
    assert len(TONES) >= 20
    assert all(abs(a - b) >= 100 for a, b in combinations(TONES, 2))
    assert all(abs(a - b) >= 45 for a in TONES for b in TAKEN)


@settings(max_examples=25)
@given(st.lists(st.tuples(pitches, st.floats(0.2, 0.5), st.floats(0.16, 0.5)), min_size=1, max_size=5))
def test_order_times_and_lengths(played: list[tuple[int, float, float]]) -> None:
    pcm, starts = b"", []
    for freq, seconds, pause in played:
        starts.append(len(pcm) / 16000)
        pcm += tone(freq, seconds) + silence(pause)
    found = heard(through_mu_law(pcm))
    assert [one.freq for one in found] == [freq for freq, _, _ in played]
    for one, start, (_, seconds, _) in zip(found, starts, played, strict=True):
        assert one.start == pytest.approx(start, abs=0.03)
        assert one.seconds == pytest.approx(seconds, abs=0.055)


@settings(max_examples=25)
@given(st.lists(pitches, min_size=2, max_size=5), st.floats(0, 0.025))
def test_tones_without_a_gap(freqs: list[int], shift: float) -> None:
    distinct = [freq for n, freq in enumerate(freqs) if n == 0 or freqs[n - 1] != freq]
    assert tones_of(silence(shift) + b"".join(tone(freq, 0.25) for freq in distinct)) == distinct


@settings(max_examples=25)
@given(st.lists(pitches, min_size=1, max_size=3, unique=True), st.integers(0, 10_000))
def test_lost_packets_do_not_split_a_tone(freqs: list[int], seed: int) -> None:
    random.seed(seed)
    pcm = bytearray(b"".join(tone(freq, 0.6) + silence(0.2) for freq in freqs))
    last = -10
    for packet in range(len(pcm) // 320):
        if packet - last > 8 and random.random() < 0.1:
            pcm[packet * 320 : packet * 320 + 320] = bytes(320)
            last = packet
    assert tones_of(bytes(pcm)) == freqs


@given(st.text("".join(DTMF_PAIRS), min_size=1, max_size=4))
@settings(max_examples=15)
def test_keys_are_no_tones(keys: str) -> None:
    assert tones_of(dtmf(keys)) == []


def test_noise_ringing_and_a_whisper_are_no_tones() -> None:
    random.seed(1)
    noise = struct.pack("<8000h", *(random.randrange(-9000, 9000) for _ in range(8000)))
    assert tones_of(noise + tone(425, 1) + tone((440, 480), 1) + tone(TONES[3], 1, amplitude=80)) == []


def test_other_candidates_and_rates(tmp_path: object) -> None:
    assert tones_of(tone(425, 0.5), candidates=(425, 950)) == [425]
    assert tones_of(tone(TONES[4], 0.5), rate=16000, candidates=(2 * TONES[4],)) == [2 * TONES[4]]


def test_wav(tmp_path: object) -> None:
    import wave
    from pathlib import Path

    path = tone_wav(TONES[2], 0.3, Path(str(tmp_path)) / "deep" / "x.wav")
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert tones_of(file.readframes(file.getnframes())) == [TONES[2]]


@settings(max_examples=15)
@given(st.lists(pitches, min_size=1, max_size=3), st.integers(1, 700))
def test_in_pieces_as_in_one(freqs: list[int], size: int) -> None:
    pcm = b"".join(tone(freq, 0.22) + silence(0.13) for freq in freqs)
    ear = Ear()
    for start in range(0, len(pcm), size):
        ear.feed(pcm[start : start + size])
    assert ear.heard() == heard(pcm)
