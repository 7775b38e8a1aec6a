"""The stock prompts: complete in each language, spoken, loud enough, made once and never over someone's own (S25)."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from switchhook.calls.prompts import APOLOGY, PromptRefused
from switchhook.cli.main import group as switchhook
from switchhook.errors import NotFound
from switchhook.prompts import build, catalogue
from switchhook.prompts.build import build_stock_prompts
from switchhook.prompts.catalogue import TONES, read_texts, stock_languages
from switchhook.prompts.library import PromptLibrary
from switchhook.speech import engines
from switchhook.speech.audio import PEAK_DBFS, SPEECH_DBFS, Sound, measure, read_wav, to_wav, tone
from switchhook.speech.engine import NoSpeechEngine, SpeechError, check_text

NEEDED = {
    "stock": "welcome menu unavailable invalid try-again no-entry goodbye please-hold connecting nobody-available busy "
    "confirm enter-number thank-you",
    "digits": "0 1 2 3 4 5 6 7 8 9",
    "demo": "welcome menu announcement enter-number number-taken connecting nobody-available goodbye",
}


class Voice:
    """An engine that hums: the longer the text, the longer the tone; it counts what it is asked."""

    name = "hum"
    languages = ("de", "en")

    def __init__(self, pitch: str = "a") -> None:
        self.pitch = pitch
        self.said: list[str] = []

    def voice(self, language: str) -> str:
        return f"{language}-{self.pitch}"

    def synthesize(self, text: str, language: str, voice: str | None = None) -> bytes:
        self.said.append(text)
        return to_wav(tone(300 if self.pitch == "a" else 400, 0.02 * len(text) + 0.1, dbfs=-30))


def stock_texts(language: str) -> dict[str, str]:
    """The catalogue, and of what counts up only the first few: a voice speaks for a minute and more at all of them."""
    counted = {f"{group}/{n}" for group in ("number", "day", "month") for n in range(4, 100)}
    return {id: text for id, text in catalogue.stock_texts(language).items() if id not in counted}  # noqa: A001


@pytest.fixture(scope="module", autouse=True)
def few_texts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "stock_texts", stock_texts)
        yield


@pytest.fixture(scope="module")
def spoken(tmp_path_factory) -> PromptLibrary:
    engine = engines.bundled_espeak_ng()
    assert engine is not None
    directory = tmp_path_factory.mktemp("spoken")
    report = build_stock_prompts(directory, engine)
    assert report.engine == "espeak-ng-bundled"
    assert report.count("made") == len(report.prompts) == 2 * (len(stock_texts("de")) + len(TONES))
    return PromptLibrary(directory, fallback=())


def test_each_language_has_every_prompt() -> None:
    wanted = {f"{group}/{key}" for group, keys in NEEDED.items() for key in keys.split()}
    assert stock_languages() == ("de", "en")
    for language in stock_languages():
        texts = stock_texts(language)
        assert wanted <= set(texts)
        assert APOLOGY in texts
        assert set(texts) == set(stock_texts("de"))
        for text in texts.values():
            check_text(text)
            assert not any(letter.isdigit() for letter in text), "digits are written as words"


def test_a_language_without_texts_is_named() -> None:
    with pytest.raises(NotFound, match="no stock prompts in 'fr', only in: de, en"):
        stock_texts("fr")
    with pytest.raises(PromptRefused):
        stock_texts("../de")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("[stock]\nHello = 'x'", "'stock/Hello' cannot be a prompt id"),
        ("[stock]\na = 5", "stock/a is no text"),
        ("[stock]\na = ' '", "stock/a is no text"),
        ("a = 'x'", "outside a table"),
    ],
)
def test_a_wrong_entry_in_the_catalogue_is_named(source, said) -> None:
    with pytest.raises(PromptRefused, match=said):
        read_texts(source)


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_was_spoken_is_heard(spoken, language) -> None:
    for key, text in stock_texts(language).items():
        prompt = spoken.find(key, language)
        sound = read_wav(prompt.path)
        level = measure(sound)
        assert sound.rate == 8000
        assert level.clipped == 0, key
        assert level.peak_dbfs <= PEAK_DBFS + 0.1, key
        assert SPEECH_DBFS - 4 < level.speech_dbfs < SPEECH_DBFS + 1, (key, level)
        # People and engines speak 8 to 22 letters a second; a short word takes its time.
        assert len(text) / 22 < prompt.seconds < len(text) / 8 + 1.0, (key, prompt.seconds)
        assert prompt.seconds == sound.seconds


def test_no_two_prompts_sound_the_same(spoken) -> None:
    by_sound = {prompt.path.read_bytes() for prompt in spoken.prompts() if prompt.id not in TONES}
    texts = {(language, text) for language in stock_languages() for text in stock_texts(language).values()}
    assert len(by_sound) == len(texts)


def test_speech_is_no_tone(spoken) -> None:
    """A tone's frames are all equally loud; speech rises and falls."""

    def swing(sound: Sound) -> float:
        frames = [measure(Sound(sound.samples[at : at + 160])).speech_dbfs for at in range(800, 3200, 160)]
        return max(frames) - min(frames)

    assert swing(read_wav(spoken.find("stock/welcome", "de").path)) > 6
    assert swing(tone(1000, 0.5)) < 1


def test_a_second_build_speaks_nothing(tmp_path) -> None:
    voice, steps = Voice(), []
    first = build_stock_prompts(tmp_path, voice, ["de"], lambda done, total, built: steps.append((done, total)))
    count = len(first.prompts)
    assert steps == [(number, count) for number in range(1, count + 1)]
    assert first.count("made") == count
    again = Voice()
    second = build_stock_prompts(tmp_path, again, ["de"])
    assert (second.count("unchanged"), again.said) == (count, [])


def test_another_voice_or_text_or_a_lost_file_is_spoken_again(tmp_path, monkeypatch) -> None:
    build_stock_prompts(tmp_path, Voice(), ["de"])
    other = Voice("b")
    assert build_stock_prompts(tmp_path, other, ["de"]).count("made") == len(stock_texts("de"))
    (tmp_path / "de/stock/goodbye.wav").unlink()
    lost = Voice("b")
    build_stock_prompts(tmp_path, lost, ["de"])
    assert lost.said == [stock_texts("de")["stock/goodbye"]]
    changed = {**stock_texts("de"), "stock/busy": "Besetzt."}
    monkeypatch.setattr(build, "stock_texts", lambda language: changed)
    anew = Voice("b")
    build_stock_prompts(tmp_path, anew, ["de"])
    assert anew.said == ["Besetzt."]


def test_a_sound_put_in_place_by_someone_is_kept(tmp_path) -> None:
    build_stock_prompts(tmp_path, Voice(), ["de"])
    own = PromptLibrary(tmp_path).add("stock/welcome", "de", to_wav(tone(1234, 1)))
    content = own.path.read_bytes()
    report = build_stock_prompts(tmp_path, Voice("b"), ["de"])
    assert [built.id for built in report.prompts if built.state == "kept"] == ["stock/welcome"]
    assert own.path.read_bytes() == content


def test_a_build_that_was_cut_off_goes_on_and_knows_its_own_sounds(tmp_path, monkeypatch) -> None:
    build_stock_prompts(tmp_path, Voice(), ["de"])

    def cut_off(*_: object):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(PromptLibrary, "add", cut_off)
        with pytest.raises(KeyboardInterrupt):
            build_stock_prompts(tmp_path, Voice("b"), ["de"])
    report = build_stock_prompts(tmp_path, Voice("b"), ["de"])
    assert report.count("kept") == 0
    assert report.count("made") == len(stock_texts("de"))


def test_an_engine_that_fails_or_is_silent_stops_the_build_and_leaves_no_sound(tmp_path) -> None:
    class Mute(Voice):
        def synthesize(self, text, language, voice=None):
            return to_wav(Sound(array("h", [0] * 8000)))

    with pytest.raises(SpeechError, match=r"stock/welcome.*silent"):
        build_stock_prompts(tmp_path, Mute(), ["de"])
    assert list(tmp_path.rglob("*.wav")) == []


def test_without_an_engine_nothing_stands_in_for_speech(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(build, "choose_engine", lambda: engines.choose_engine("none-such"))
    with pytest.raises(NoSpeechEngine, match="pip install"):
        build_stock_prompts(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_commands_build_and_list(tmp_path) -> None:
    config = tmp_path / "switchhook.toml"
    config.write_text(
        'data_dir = "data"\n[store]\nurl = "sqlite:///x.db"\n[agi]\nsecret = "0123456789abcdef0123456789abcdef"\n'
        '[ami]\nsecret = "0123456789abcdef0123456789abcdef"\n'
    )
    directory = tmp_path / "data/sounds"

    def run(*arguments: str):
        return CliRunner().invoke(switchhook, ["--config", str(config), "prompts", *arguments])

    empty = run("list")
    assert (empty.exit_code, "switchhook prompts build" in empty.output) == (0, True), empty.output
    made = run("build", "--language", "en", "--engine", "espeak-ng-bundled")
    assert made.exit_code == 0, made.output
    count = len(stock_texts("en")) + len(TONES)
    assert f"{count}/{count} en stock/dial-tone: made" in made.output
    assert f"{count} made, 0 unchanged, 0 kept; spoken by espeak-ng-bundled" in made.output
    (directory / "en/bad.wav").write_bytes(b"")
    listed = run("list", "--sounds", str(directory))
    assert "en  stock/goodbye" in listed.output
    assert "not used: this is no PCM WAV" in listed.output
    values = json.loads(run("list", "--json").output)
    assert len(values["prompts"]) == count
    assert values["refused"][0]["id"] == "bad"
    wrong = run("build", "--engine", "festival")
    assert (wrong.exit_code, "no speech engine 'festival'" in wrong.output) == (1, True)
