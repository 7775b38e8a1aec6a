"""Speaking texts: which voices there are, and how words of a tenant are pronounced."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from switchhook import NotFound
from switchhook.administration import CommandEngine, SpeechEngine, SpeechError, Utterance, installed_engines

MOST_TEXT: Final = 2000
PIPER: Final = "piper"
_SECOND: Final[Mapping[str, Sequence[str]]] = {"de": ("de+f3@130",), "en": ("en-us+f3@150", "en-gb@150")}
"""Further voices of espeak-ng."""


@attrs.frozen
class Voice:
    """A voice of an engine for a language; ``id`` is ``ENGINE:NAME``."""

    engine: SpeechEngine
    language: str
    name: str

    @property
    def id(self) -> str:
        """What the voice is called in requests and versions."""
        return f"{self.engine.name}:{self.name}"


@attrs.frozen
class Spoken:
    """A text spoken by a voice, as a WAV file of any rate."""

    wav: bytes
    voice: str


def piper(voices: Mapping[str, Path]) -> CommandEngine | None:
    """Piper with the administrator's own voice files by language, if the program is installed; None without either.

    It runs as a program of its own: Piper is under the GPL.
    """
    beside = Path(sys.executable).with_name("piper")
    program = str(beside) if beside.is_file() else shutil.which("piper")
    if program is None or not voices:
        return None

    def arguments(utterance: Utterance) -> list[str]:
        language = next(tag for tag, file in voices.items() if file.stem == utterance.voice)
        if lost := lacking(voices[language]):
            raise SpeechError(
                f"Piper's voice file {lost} is not there; the operator brings one and names it in piper_voices",
                file=str(lost),
            )
        return [program, "--model", str(voices[language]), "--output_file", str(utterance.output)]

    names = {language: file.stem for language, file in voices.items()}
    return CommandEngine(PIPER, names, arguments, deadline_seconds=60)


def lacking(voice: Path) -> Path | None:
    """The file of a voice of Piper that is not there: the model, or the description beside it."""
    return next((one for one in (voice, voice.with_name(f"{voice.name}.json")) if not one.is_file()), None)


@attrs.frozen
class Speaking:
    """The engines that can be used, the best first; ``lost`` are files of Piper's voices that are not there."""

    engines: Sequence[SpeechEngine]
    lost: Mapping[str, Path] = attrs.field(factory=dict)

    @classmethod
    def installed(cls, voices: Mapping[str, Path]) -> Speaking:
        """Piper, where it has a voice, and what else is installed here."""
        own = piper(voices)
        lost = {language: file for language, voice in voices.items() if (file := lacking(voice)) is not None}
        return cls((*((own,) if own is not None else ()), *installed_engines()), lost if own is not None else {})

    def voices(self, language: str) -> Sequence[Voice]:
        """The voices for a language, the best first; one whose file is not there is the last, and says so when it speaks."""
        return tuple(sorted(self._voices(language), key=lambda one: one.engine.name == PIPER and language in self.lost))

    def _voices(self, language: str) -> Iterator[Voice]:
        for engine in self.engines:
            if language in engine.languages:
                yield Voice(engine, language, engine.voice(language))
                if engine.name.startswith("espeak-ng"):
                    yield from (Voice(engine, language, name) for name in _SECOND.get(language, ()))

    def voice(self, language: str, id: str = "") -> Voice:  # noqa: A002 - the domain's own word
        """A voice by its id, or the best one; raises ``NotFound``, and ``SpeechError`` where nothing can speak."""
        there = self.voices(language)
        if not there:
            raise SpeechError(
                f"nothing here speaks {language!r}; the operator installs a speech engine", language=language
            )
        for one in there:
            if id in ("", one.id):
                return one
        raise NotFound(f"there is no voice {id!r} for {language!r}", voice=id)

    async def speak(self, text: str, language: str, voice: str = "") -> Spoken:
        """A text spoken; raises ``SpeechError``, and ``NotFound`` for a voice that is none."""
        chosen = self.voice(language, voice)
        wav = await asyncio.to_thread(chosen.engine.synthesize, text, language, chosen.name)
        return Spoken(wav, chosen.id)


def pronounced(text: str, words: Mapping[str, str]) -> str:
    """A text with each whole word that is in the lexicon, small or capital, as it is to be spoken."""
    if not words:
        return text
    known = {word.casefold(): spoken for word, spoken in words.items()}
    longest = sorted(known, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest)) + r")(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: known.get(found[0].casefold(), found[0]), text)
