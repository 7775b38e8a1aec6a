"""The library finds sounds in memory, takes only what Asterisk can play, and nothing from outside itself."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from switchhook.calls.prompts import Prompt, PromptMissing, PromptRefused
from switchhook.errors import ConfigError
from switchhook.prompts.library import MAX_BYTES, PromptLibrary
from switchhook.speech.audio import AudioRefused, Sound, read_wav, to_wav, tone, wav_seconds


def beep(hertz: float = 1000, seconds: float = 0.5) -> bytes:
    return to_wav(tone(hertz, seconds))


@pytest.fixture
def sounds(tmp_path) -> Path:
    return tmp_path / "sounds"


@pytest.fixture
def library(sounds) -> PromptLibrary:
    return PromptLibrary(sounds)


def test_a_prompt_added_is_found_with_its_length(library, sounds) -> None:
    added = library.add("shop/welcome", "de", beep(seconds=1.25))
    assert added == Prompt("shop/welcome", "de", 1.25, sounds / "de/shop/welcome.wav")
    assert library.find("shop/welcome", "de") == added
    assert PromptLibrary(sounds).find("shop/welcome", "de") == added
    assert library.prompts() == (added,)


def test_the_name_for_asterisk_is_absolute_without_extension(library, sounds) -> None:
    prompt = library.add("shop/welcome", "de", beep())
    assert library.asterisk_name(prompt) == f"{sounds}/de/shop/welcome"
    assert Path(library.asterisk_name(prompt) + ".wav").is_file()


def test_an_asterisk_in_its_own_root_sees_another_name(sounds) -> None:
    library = PromptLibrary(sounds, seen_as="/srv/sounds")
    assert library.asterisk_name(library.add("a", "en", beep())) == "/srv/sounds/en/a"


@pytest.mark.parametrize("hostile", ["../a", "/a", "a&b", "http://a", "a\0", "a" * 300])
def test_no_way_out_through_a_prompt_value_made_elsewhere(library, hostile) -> None:
    with pytest.raises(PromptRefused):
        library.asterisk_name(Prompt(hostile, "de", 1.0, Path("x")))
    with pytest.raises(PromptRefused):
        library.find(hostile, "de")
    with pytest.raises(PromptRefused):
        library.add(hostile, "de", beep())
    with pytest.raises(PromptRefused):
        library.add("a", hostile, beep())
    assert not library.directory.exists()


@pytest.mark.parametrize("name", ["so unds", "so&unds", "so,unds", "so${unds}", "söunds", "so;unds", "so'unds"])
def test_a_directory_with_other_characters_is_refused(tmp_path, name) -> None:
    with pytest.raises(ConfigError, match="choose another data directory"):
        PromptLibrary(tmp_path / name)


@pytest.mark.parametrize("name", ["relative/sounds", "/a/../b", "", "/a b"])
def test_a_foreign_view_of_the_directory_is_checked_too(sounds, name) -> None:
    if name:
        with pytest.raises(ConfigError):
            PromptLibrary(sounds, seen_as=name)
    else:
        assert PromptLibrary(sounds, seen_as=name).directory == sounds


def test_languages_fall_back_in_order(library) -> None:
    english = library.add("a", "en", beep())
    assert library.find("a", "de") == english
    german = library.add("a", "de", beep())
    assert library.find("a", "de") == german
    assert library.find("a", "de-at") == german
    assert library.find("a", "fr") == english
    austrian = library.add("a", "de-at", beep())
    assert library.find("a", "de-at") == austrian


def test_a_missing_prompt_names_a_near_match_and_the_languages(library) -> None:
    library.add("stock/goodbye", "en", beep())
    with pytest.raises(
        PromptMissing, match=r"'stock/godbye' in any of: de, en .did you mean 'stock/goodbye'"
    ) as missing:
        library.find("stock/godbye", "de")
    assert missing.value.data["languages"] == ("de", "en")


def test_finding_reads_nothing_from_disk_and_rescan_does(library, sounds) -> None:
    prompt = library.add("a", "de", beep())
    prompt.path.unlink()
    (sounds / "de/b.wav").write_bytes(beep())
    assert library.find("a", "de") == prompt
    with pytest.raises(PromptMissing):
        library.find("b", "de")
    library.rescan()
    assert library.find("b", "de").seconds == 0.5
    with pytest.raises(PromptMissing):
        library.find("a", "de")


def test_a_symbolic_link_that_leaves_the_library_is_refused(library, sounds, tmp_path) -> None:
    library.add("a", "de", beep())
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.wav").write_bytes(beep())
    (sounds / "de/link.wav").symlink_to(outside / "secret.wav")
    (sounds / "de/inside.wav").symlink_to(sounds / "de/a.wav")
    (sounds / "fr").symlink_to(outside)
    (sounds / "de/folder").symlink_to(outside)
    library.rescan()
    with pytest.raises(PromptRefused, match="leads out of the library"):
        library.find("link", "de")
    with pytest.raises(PromptMissing):
        library.find("secret", "fr")
    with pytest.raises(PromptMissing):
        library.find("folder/secret", "de")
    with pytest.raises(PromptRefused, match="leads out"):
        library.add("folder/new", "de", beep())
    assert [file.name for file in outside.iterdir()] == ["secret.wav"]
    assert library.find("inside", "de").seconds == 0.5


def test_adding_replaces_a_link_instead_of_writing_through_it(library, sounds, tmp_path) -> None:
    library.add("a", "de", beep())
    target = tmp_path / "target.wav"
    target.write_bytes(b"precious")
    (sounds / "de/link.wav").symlink_to(target)
    library.add("link", "de", beep())
    assert target.read_bytes() == b"precious"
    assert not (sounds / "de/link.wav").is_symlink()


def test_files_that_cannot_be_played_are_listed_with_the_reason(library, sounds) -> None:
    library.add("a", "de", beep())
    (sounds / "de/Wrong Name.wav").write_bytes(beep())
    (sounds / "de/mp3.wav").write_bytes(b"ID3" + bytes(50))
    (sounds / "de/wide.wav").write_bytes(to_wav(Sound(tone(440, 1).samples, 16000)))
    (sounds / "de/notes.txt").write_text("nothing to play")
    library.rescan()
    assert {key: re.split("[;:(]", reason)[0] for (_, key), reason in library.refused.items()} == {
        "Wrong Name": "'Wrong Name' cannot be a prompt id",
        "mp3": "this is no PCM WAV file ",
        "wide": "it has 16000 samples a second instead of 8000",
    }
    with pytest.raises(PromptRefused, match="'wide' in 'de' is not used: it has 16000"):
        library.find("wide", "de")
    library.add("wide", "de", beep())
    assert library.find("wide", "de").seconds == 0.5
    assert ("de", "wide") not in library.refused


def test_sixteen_thousand_samples_are_brought_to_eight(library) -> None:
    prompt = library.add("a", "de", to_wav(Sound(tone(440, 2).samples, 16000)))
    assert prompt.seconds == 1.0
    assert wav_seconds(prompt.path) == 1.0


@pytest.mark.parametrize("rate", [6000, 11025, 44100])
def test_other_rates_are_refused_with_the_way_to_convert(library, rate) -> None:
    with pytest.raises(AudioRefused, match=rf"{rate} samples a second instead of 8000 or 16000; convert it with: sox"):
        library.add("a", "de", to_wav(Sound(tone(440, 0.5).samples, rate)))
    assert library.prompts() == ()


def test_an_empty_and_an_enormous_file_are_refused(library, tmp_path) -> None:
    with pytest.raises(AudioRefused, match="no sound"):
        library.add("a", "de", to_wav(Sound(tone(1, 0).samples)))
    huge = tmp_path / "huge.wav"
    huge.touch()
    os.truncate(huge, MAX_BYTES + 1)
    with pytest.raises(AudioRefused, match="at most"):
        library.add("a", "de", huge)


def test_the_file_kept_holds_samples_only_and_is_readable_for_asterisk(library, tmp_path) -> None:
    plain = beep()
    upload = tmp_path / "..evil name&.wav"
    upload.write_bytes(plain + b"LIST" + (20).to_bytes(4, "little") + b"INFOsecret data here")
    prompt = library.add("a", "de", upload)
    assert prompt.path.read_bytes() == plain
    assert stat.S_IMODE(prompt.path.stat().st_mode) == 0o644
    assert [file.name for file in prompt.path.parent.iterdir()] == ["a.wav"]


def test_a_call_that_plays_the_former_sound_hears_it_to_its_end(library) -> None:
    prompt = library.add("a", "de", beep(500))
    with prompt.path.open("rb") as playing:
        playing.read(100)
        library.add("a", "de", beep(900, 0.8))
        playing.seek(0)
        assert playing.read() == beep(500)
    assert library.find("a", "de").seconds == 0.8
    assert read_wav(prompt.path).seconds == 0.8


def test_a_failed_replacement_leaves_the_former_sound(library) -> None:
    library.add("a", "de", beep(500))
    with pytest.raises(AudioRefused):
        library.add("a", "de", b"nonsense")
    assert library.find("a", "de").path.read_bytes() == beep(500)
