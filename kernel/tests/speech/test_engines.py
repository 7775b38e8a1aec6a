"""Engines are programs: what they are given, what happens when they fail, and that the bundled one speaks."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from switchhook.speech import engines
from switchhook.speech.audio import even_out, measure, read_wav
from switchhook.speech.engine import CommandEngine, NoSpeechEngine, SpeechError, check_text


def program(path: Path, body: str) -> Path:
    path.write_text(f"#!{sys.executable}\n{body}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def python_engine(body: str, **settings) -> CommandEngine:
    return CommandEngine(
        "test-engine",
        {"de": "eva"},
        lambda said: [sys.executable, "-c", body, said.voice, str(said.output)],
        **settings,
    )


def bundled() -> CommandEngine:
    engine = engines.bundled_espeak_ng()
    assert engine is not None, "espeakng-loader is needed: it is the extra [speech]"
    return engine


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_bundled_engine_speaks(language: str) -> None:
    sound = read_wav(bundled().synthesize("eins zwei drei" if language == "de" else "one two three", language))
    assert sound.rate == 22050
    telephone = even_out(sound)
    assert 0.8 < telephone.seconds < 3.0
    assert measure(telephone).clipped == 0


def test_a_longer_text_takes_longer_and_the_same_text_sounds_the_same() -> None:
    short = bundled().synthesize("Guten Tag.", "de")
    long = bundled().synthesize("Guten Tag. Vielen Dank für Ihren Anruf.", "de")
    assert len(long) > 1.5 * len(short)
    assert bundled().synthesize("Guten Tag.", "de") == short


def test_umlauts_are_read_as_one_letter() -> None:
    proper = len(bundled().synthesize("für", "de"))
    spelled_by_bytes = len(bundled().synthesize("fÃ¼r", "de"))
    assert proper < spelled_by_bytes


@pytest.mark.parametrize("text", ["-h", "--version", "-w /tmp/x.wav eins", "$(touch x); eins", "@eins", "[[h@'loU]]"])
def test_a_text_is_never_an_option_or_a_command(text: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_wav(bundled().synthesize(text, "de")).seconds > 0.1
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_voice_is_reported_by_the_engine() -> None:
    with pytest.raises(SpeechError, match="no voice no-such-voice"):
        bundled().synthesize("eins", "de", "no-such-voice@150")


def test_a_language_without_a_voice_names_those_there_are() -> None:
    with pytest.raises(SpeechError, match="no voice for 'fr', only for: de, en"):
        bundled().synthesize("un", "fr")
    assert bundled().voice("de-at") == bundled().voice("de")


@pytest.mark.parametrize("text", ["", " \n", "a\0b", "<genfile file='/etc/x'/>", "eins\x1bzwei", "x" * 2001])
def test_what_is_no_plain_text_is_refused_before_anything_runs(text: str) -> None:
    ran = []
    engine = CommandEngine("test-engine", {"de": "eva"}, lambda said: ran.append(said) or ["false"])
    with pytest.raises(SpeechError):
        engine.synthesize(text, "de")
    assert ran == []
    check_text("Grüß Gott, 5 % Rabatt!\nBis bald.")


def test_text_goes_to_standard_input_and_the_environment_stays_here(monkeypatch) -> None:
    monkeypatch.setenv("SWITCHHOOK_SECRET", "hidden")
    echo = "import os, sys; open(sys.argv[2], 'w').write(sys.stdin.read() + sys.argv[1] + str(sorted(os.environ)))"
    content = python_engine(echo).synthesize("Grüße", "de").decode()
    assert content.startswith("Grüßeeva")
    assert "SECRET" not in content
    assert "PATH" in content


def test_a_failing_engine_is_quoted() -> None:
    with pytest.raises(SpeechError, match=r"code 3\): no lungs"):
        python_engine("import sys; sys.stderr.write('no lungs'); sys.exit(3)").synthesize("eins", "de")


def test_an_engine_that_writes_nothing_has_failed() -> None:
    with pytest.raises(SpeechError, match="without a sound"):
        python_engine("pass").synthesize("eins", "de")


def test_an_engine_that_hangs_is_ended(tmp_path) -> None:
    marker = tmp_path / "pid"
    body = f"import os, time; open({str(marker)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with pytest.raises(SpeechError, match="longer than 1 s"):
        python_engine(body, deadline_seconds=1.0).synthesize("eins", "de")
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)


def test_a_program_that_is_not_there_is_a_speech_error() -> None:
    with pytest.raises(SpeechError, match="cannot be started"):
        CommandEngine("gone", {"de": "x"}, lambda said: ["/no/such/program"]).synthesize("eins", "de")


def test_the_commands_of_pico_and_espeak(tmp_path, monkeypatch) -> None:
    show = "import sys; a = sys.argv; open(a[a.index('-w') + 1], 'w').write(repr((a[1:], sys.stdin.read())))"
    program(tmp_path / "pico2wave", show)
    program(tmp_path / "espeak-ng", show)
    monkeypatch.setenv("PATH", str(tmp_path))
    pico, espeak = engines.pico2wave(), engines.espeak_ng()
    assert pico is not None
    assert espeak is not None
    arguments, text = eval(pico.synthesize("-eins", "de"))
    assert (arguments[:2], arguments[-2:], text) == (["-l", "de-DE"], ["--", "-eins"], "")
    arguments, text = eval(espeak.synthesize("-eins", "de"))
    assert (arguments[:2], arguments[-1], text) == (["-v", "de"], "--stdin", "-eins")
    assert [engine.name for engine in engines.installed_engines()] == ["pico2wave", "espeak-ng-bundled", "espeak-ng"]
    assert engines.choose_engine().name == "pico2wave"
    assert engines.choose_engine("espeak-ng").name == "espeak-ng"
    with pytest.raises(NoSpeechEngine, match=r"'festival' is installed .there is: pico2wave"):
        engines.choose_engine("festival")


def test_without_any_engine_it_says_what_to_install(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engines.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NoSpeechEngine, match=r"pip install 'switchhook\[speech\]'.*libttspico-utils.*espeak-ng"):
        engines.choose_engine()


def test_the_library_under_the_gpl_stays_out_of_this_process() -> None:
    bundled().synthesize("eins", "de")
    assert "espeakng_loader" not in sys.modules
    assert "libespeak" not in Path("/proc/self/maps").read_text()
