"""Which voices there are: Piper where it has a file, others where it has none."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from switchhook.administration import SpeechError
from switchhook.speech.audio import read_wav, to_wav, tone
from switchhook_announcements import speech
from switchhook_announcements.speech import Speaking

from .conftest import Toning

PROGRAM = """#!{python}
import shutil, sys
given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
assert sys.stdin.read() == "Guten Tag" and open(given["--model"]).read() == "a voice"
shutil.copy({wav!r}, given["--output_file"])
"""


@pytest.fixture
def voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program as Piper is asked, which speaks with a voice file of this test alone."""
    (tmp_path / "spoken.wav").write_bytes(to_wav(tone(440, 0.3)))
    program, python = tmp_path / "piper", tmp_path / "python"
    program.write_text(PROGRAM.format(python=sys.executable, wav=str(tmp_path / "spoken.wav")))
    program.chmod(0o755)
    monkeypatch.setattr(speech.sys, "executable", str(python))
    monkeypatch.setattr(speech, "installed_engines", lambda: (Toning(),))
    return tmp_path / "de_DE-kim-medium.onnx"


def test_piper_speaks_with_the_voice_file_that_is_there_and_names_the_one_that_is_not(voice: Path) -> None:
    voice.write_text("a voice")
    half = Speaking.installed({"de": voice})
    assert [one.id for one in half.voices("de")] == ["toning:tone-de", "piper:de_DE-kim-medium"]
    assert half.lost == {"de": voice.with_name("de_DE-kim-medium.onnx.json")}
    assert asyncio.run(half.speak("Guten Tag", "de")).voice == "toning:tone-de", "calls go on"
    with pytest.raises(SpeechError, match=r"voice file .*de_DE-kim-medium\.onnx\.json is not there"):
        asyncio.run(half.speak("Guten Tag", "de", "piper:de_DE-kim-medium"))
    voice.with_name(f"{voice.name}.json").write_text("{}")
    whole = Speaking.installed({"de": voice})
    spoken = asyncio.run(whole.speak("Guten Tag", "de"))
    assert (spoken.voice, whole.lost) == ("piper:de_DE-kim-medium", {})
    assert read_wav(spoken.wav).seconds == pytest.approx(0.3, abs=0.01)
    assert [one.id for one in whole.voices("en")] == ["toning:tone-en"]


def test_without_the_program_there_is_no_piper(voice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice.with_name("piper").unlink()
    monkeypatch.setenv("PATH", "/nowhere")
    found = Speaking.installed({"de": voice})
    assert ([one.id for one in found.voices("de")], found.lost) == (["toning:tone-de"], {})
