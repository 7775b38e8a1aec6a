"""What callers hear while it rings: Asterisk's classes of music, one for each prompt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from switchhook.asterisk.conf_text import file_text, safe_value, section
from switchhook.speech.audio import to_wav, tone

RINGING: Final = "tones/ringing"
"""The ringing tone as a sound, below the data directory, without the extension."""
_TONE_SECONDS, _PAUSE_SECONDS, _HERTZ = 1.0, 4.0, 425.0  # as German networks do


def music_class(sound: str) -> str:
    """The class for a sound, by its name in Asterisk: of its own, and of letters and digits alone."""
    return f"sh{hashlib.sha256(sound.encode()).hexdigest()[:24]}"


def musiconhold_conf(sounds: Iterable[str], ringing: str) -> str:
    """The text of musiconhold.conf: each of ``sounds`` (Asterisk's names) by itself, again and again.

    A class Asterisk does not know is the class ``default``, which is ``ringing``: a prompt made a moment ago, or one
    that is no more, is never silence. Raises ConfigError for a name that would break a line.
    """
    classes = [("default", ringing)] if ringing else []
    classes += sorted((music_class(sound), sound) for sound in set(sounds))
    return file_text(
        section("general", []),
        *(section(name, [("mode", "playlist"), ("entry", safe_value(sound, "data_dir"))]) for name, sound in classes),
    )


def write_ringing(data_dir: Path) -> str:
    """Put the ringing tone in place where it is not, and give its name in Asterisk."""
    file = data_dir / f"{RINGING}.wav"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = file.with_suffix(".part")
        made.write_bytes(to_wav(tone(_HERTZ, _TONE_SECONDS, pause=_PAUSE_SECONDS)))
        made.chmod(0o644)  # Asterisk may run under another user
        made.replace(file)
    return str(data_dir / RINGING)
