"""What a speech engine is, and engines that are programs."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import attrs

from ..errors import SwitchhookError

MAX_TEXT: Final = 2000  # characters; a prompt of more than two minutes is no prompt


class SpeechError(SwitchhookError):
    """A text could not be spoken."""

    code = "speech"


class NoSpeechEngine(SpeechError):
    """No program that speaks is installed here; the message says what to install."""

    code = "no_speech_engine"


class SpeechEngine(Protocol):
    """Turns text into sound, by whatever means; never used while a call waits for it."""

    @property
    def name(self) -> str:
        """A short word for people and for telling the engine's sounds from another's."""

    @property
    def languages(self) -> Collection[str]:
        """The languages it has voices for, such as ``de``."""

    def voice(self, language: str) -> str:
        """The voice it takes for a language, with all that shapes the sound; raises ``SpeechError`` if none."""

    def synthesize(self, text: str, language: str, voice: str | None = None) -> bytes:
        """The text spoken, as a mono 16-bit WAV of any rate.

        Blocks for up to the engine's deadline: call it in a thread. Raises
        ``SpeechError`` for a text or voice it cannot speak and when it fails
        or takes too long.
        """


@attrs.frozen
class Utterance:
    """One run of a program: say ``text`` with ``voice`` into the WAV file ``output``."""

    text: str
    voice: str
    output: Path


@attrs.frozen
class CommandEngine:
    """An engine that is a program, run once for each text, without a shell.

    ``arguments`` gives the whole command line. With ``text_on_input`` the text
    is written to standard input, so that no text can be taken for an option.
    The program sees nothing of this process's environment but where programs
    are, since settings and secrets may be in it.
    """

    name: str
    voices: Mapping[str, str]
    arguments: Callable[[Utterance], Sequence[str]]
    text_on_input: bool = True
    directory: Path | None = None
    deadline_seconds: float = 20.0

    @property
    def languages(self) -> Collection[str]:
        """See :attr:`SpeechEngine.languages`."""
        return tuple(self.voices)

    def voice(self, language: str) -> str:
        """See :meth:`SpeechEngine.voice`; ``de-at`` is spoken by the voice for ``de`` when it has none of its own."""
        for tag in (language, language.partition("-")[0]):
            if tag in self.voices:
                return self.voices[tag]
        known = ", ".join(self.voices)
        raise SpeechError(f"{self.name} has no voice for {language!r}, only for: {known}", language=language)

    def synthesize(self, text: str, language: str, voice: str | None = None) -> bytes:
        """See :meth:`SpeechEngine.synthesize`."""
        check_text(text)
        chosen = self.voice(language) if voice is None else voice
        with tempfile.TemporaryDirectory(prefix="switchhook-speech-") as folder:
            utterance = Utterance(text, chosen, Path(folder, "speech.wav"))
            self._run(utterance)
            if not utterance.output.is_file():
                raise SpeechError(f"{self.name} ended without a sound")
            return utterance.output.read_bytes()

    def _run(self, utterance: Utterance) -> None:
        try:
            done = subprocess.run(  # noqa: S603 - a list of arguments, no shell, and the text checked
                list(self.arguments(utterance)),
                input=utterance.text.encode() if self.text_on_input else b"",
                capture_output=True,
                timeout=self.deadline_seconds,
                cwd=self.directory or utterance.output.parent,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
                check=False,
            )
        except OSError as error:
            raise SpeechError(f"{self.name} cannot be started: {error}") from error
        except subprocess.TimeoutExpired as error:
            raise SpeechError(f"{self.name} took longer than {self.deadline_seconds:g} s and was ended") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()[-300:] or "it gave no reason"
            raise SpeechError(f"{self.name} failed (code {done.returncode}): {said}", returncode=done.returncode)


def check_text(text: str) -> None:
    """Refuse, by ``SpeechError``, what is no plain text to speak.

    ``<`` and ``>`` are refused because Pico obeys tags inside a text, among
    them ones that read and write files.
    """
    if not text.strip():
        raise SpeechError("there is no text to speak")
    if len(text) > MAX_TEXT:
        raise SpeechError(f"a text to speak has at most {MAX_TEXT} characters, this one has {len(text)}")
    if wrong := sorted({letter for letter in text if letter in "<>" or not (letter.isprintable() or letter == "\n")}):
        raise SpeechError(f"a text to speak must not hold {', '.join(map(repr, wrong))}")
