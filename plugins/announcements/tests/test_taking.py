"""Sound files of strangers: what is a sound comes out as the telephone has it, everything else is refused with a sentence (S27)."""

from __future__ import annotations

import io
import math
import resource
import struct
import zipfile
from array import array

import av
import pytest

from switchhook.speech.audio import measure, read_wav, to_wav, tone
from switchhook_announcements import taking
from switchhook_announcements.taking import SoundRefused, demuxer_of, take

WAV = to_wav(tone(440, 0.3))


def encoded(form: str, codec: str, *, rate: int = 44100, seconds: float = 0.5, height: float = 0.1) -> bytes:
    """A stereo sine as a program would save it."""
    file = io.BytesIO()
    with av.open(file, "w", format=form) as made:
        stream = made.add_stream(codec, rate=rate)
        stream.layout = "stereo"
        count = int(rate * seconds)
        wave = [max(-1.0, min(1.0, height * math.sin(math.tau * 440 * n / rate))) for n in range(count)]
        samples = array("h", [round(32767 * one) for one in wave for _ in "LR"])
        frame = av.AudioFrame(format="s16", layout="stereo", samples=count)
        frame.planes[0].update(samples.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate = rate
        size = stream.codec_context.frame_size or 1024
        fit = av.AudioResampler(format=stream.codec_context.format, layout="stereo", rate=rate, frame_size=size)
        for one in (*fit.resample(frame), *fit.resample(None)):
            made.mux(stream.encode(one))
        made.mux(stream.encode(None))
    return file.getvalue()


def riff(size: int | None = None, channels: int = 1, rate: int = 8000, tail: bytes = b"", extra: bytes = b"") -> bytes:
    """A WAV file with a header of one's choice."""
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2 % 2**32, channels * 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + extra + b"data" + struct.pack("<I", 4800) + b"\1\2" * 2400
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body + tail


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("zeros", b"\0" * 5_000_000)
    return file.getvalue()


def endless() -> bytes:
    """Hours of silence in a small MP3."""
    quiet = encoded("mp3", "mp3", rate=8000, seconds=2, height=0)
    start = quiet.index(b"\xff\xe3")
    return quiet[start:] * 2000


def chunk(content: bytes) -> bytes:
    return b"note" + struct.pack("<I", len(content)) + content


@pytest.mark.parametrize(
    ("form", "codec", "rate"),
    [("wav", "pcm_s24le", 48000), ("mp3", "mp3", 44100), ("ogg", "libopus", 48000), ("ipod", "aac", 44100)],
)
async def test_each_kind_of_file_becomes_the_telephones_at_the_common_loudness(form, codec, rate):
    made = await take(encoded(form, codec, rate=rate))
    sound = read_wav(made.wav)
    assert sound.rate == 8000
    assert made.seconds == pytest.approx(0.5, abs=0.06) == sound.seconds
    assert -24 < measure(sound).speech_dbfs < -19
    assert made.warnings == ()
    assert 5 < max(made.peaks) < 40


async def test_cut_silent_and_clipped():
    assert (await take(to_wav(tone(440, 1.0)), begin=0.25, end=0.5)).seconds == 0.25
    quiet = encoded("wav", "pcm_s16le", height=0)
    assert (await take(quiet)).warnings == ("silent",)
    assert (await take(encoded("wav", "pcm_s16le", height=4))).warnings == ("clipped",)


REFUSED = {
    "nothing": (b"", "is empty"),
    "text": (b"hello", "no sound file"),
    "flac": (b"fLaC" + b"\0" * 100, "no sound file"),
    "page": (b"<html><script>alert(1)</script>", "no sound file"),
    "zip": (zipped(), "no sound file"),
    "playlist": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "no sound file"),
    "page in a chunk": (riff(extra=chunk(b"<HTML><script>")), "something else"),
    "archive behind": (WAV + zipped(), "something else"),
    "sound behind": (riff(tail=b"x" * 100), "something else"),
    "no length": (riff(size=0), "how long"),
    "endless length": (riff(size=2**32 - 1), "how long"),
    "cut short": (WAV[:-100], "cut short"),
    "rate 0": (riff(rate=0), "odd form|damaged"),
    "rate 2^30": (riff(rate=2**30), "odd form|damaged"),
    "1000 channels": (riff(channels=1000), "odd form|damaged"),
    "no channel": (riff(channels=0), "odd form|damaged"),
    "mp3 of noise": (b"ID3\3\0\0\0\0\0\0" + bytes(range(1, 200)) * 50, "damaged|no sound"),
    "ogg of noise": (b"OggS" + bytes(range(256)) * 50, "damaged|no sound"),
    "mp4 of noise": (b"\0\0\0\x18ftypM4A " + bytes(range(256)) * 50, "damaged|no sound"),
    "hours in little": (endless(), "longer than 10 minutes"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_no_sound_is_refused_in_little_memory(case, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    content, sentence = REFUSED[case]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # of all that other tests have started
    with pytest.raises(SoundRefused, match=sentence):
        await take(content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(largest, 512 * 1024)
    assert list(tmp_path.iterdir()) == []


async def test_a_process_that_hangs_or_dies_is_a_refusal(tmp_path, monkeypatch):
    hangs = tmp_path / "hangs.py"
    hangs.write_text("import time; time.sleep(100)")
    monkeypatch.setattr(taking, "_CHILD", hangs)
    monkeypatch.setattr(taking, "PATIENCE", 0.2)
    with pytest.raises(SoundRefused, match="too much time"):
        await take(WAV)
    monkeypatch.setattr(taking, "PATIENCE", 30)
    hangs.write_text("import os; os.kill(os.getpid(), 11)")
    with pytest.raises(SoundRefused, match="damaged"):
        await take(WAV)


def test_too_large_a_file_is_refused_before_it_is_looked_at():
    with pytest.raises(SoundRefused, match="at most"):
        demuxer_of(b"RIFF" + bytes(taking.MOST_BYTES))
