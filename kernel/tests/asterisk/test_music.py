"""Each prompt is a class of music, and what Asterisk does not know is the ringing tone."""

from __future__ import annotations

from switchhook.asterisk.music import music_class, musiconhold_conf, write_ringing
from switchhook.speech.audio import read_wav


def test_each_sound_is_a_class_of_its_own_named_by_nothing_that_could_be_an_option():
    names = ["/srv/sounds/de/a", "/srv/sounds/de/own/acme/a", "/srv/sounds/en/a"]
    text = musiconhold_conf(names, "/srv/tones/ringing")
    for name in names:
        assert f"[{music_class(name)}]\nmode = playlist\nentry = {name}\n" in text
        assert music_class(name).isalnum()
    assert len({music_class(name) for name in names}) == 3
    assert text == musiconhold_conf([*reversed(names), names[0]], "/srv/tones/ringing")


def test_an_unknown_class_is_the_ringing_tone():
    assert "[default]\nmode = playlist\nentry = /srv/tones/ringing\n" in musiconhold_conf([], "/srv/tones/ringing")


def test_the_ringing_tone_is_made_once(tmp_path):
    name = write_ringing(tmp_path)
    file = tmp_path / "tones" / "ringing.wav"
    assert name == str(file.with_suffix(""))
    assert read_wav(file).seconds == 5
    before = file.stat().st_mtime_ns
    assert write_ringing(tmp_path) == name
    assert file.stat().st_mtime_ns == before
