"""The module ``say`` (Sprachausgabe): speaks a text with what is known of the call in it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

import attrs

from switchhook import CallEnded, CallTaken, Exit, Finding, Label, Module, Session, SwitchhookError, setting

from .plugin_settings import Announcements

_RECIPE: Final = 1  # raised whenever the same text and voice would give another sound
_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)(:digits)?\}")
_MOST: Final = 2000
_UNSPEAKABLE: Final = re.compile(r"[<>\x00-\x1f\x7f]+")


@attrs.frozen
class Say(Module):
    """Speaks ``text``, in which ``{name}`` stands for a variable of the call and ``{caller}`` and ``{number}`` for its
    numbers; with ``:digits``, as numbers always, digit by digit. What was spoken once is played again.
    """

    kind = "say"
    label = Label("Sprachausgabe", "Say")
    exit_labels: ClassVar[Mapping[str, Label]] = {"failed": Label("Stimme kommt nicht", "no voice in time")}
    help = Label("Spricht einen Text mit Angaben zum Anruf.", "Speaks a text with what is known of the call.")

    text: str = setting(
        "text",
        "Text",
        "Text",
        pattern=r"[\s\S]{1,1000}",
        shape=Label("ein Text mit 1 bis 1000 Zeichen", "a text of 1 to 1000 characters"),
        lines=4,
        help=Label(
            "{caller} ist die Rufnummer des Anrufers, {number} die gewählte, {name} eine Variable, {name:digits} Ziffer für Ziffer.",
            "{caller} is the caller's number, {number} the one dialled, {name} a variable, {name:digits} digit by digit.",
        ),
    )
    voice: str = setting(
        "text",
        "Stimme",
        "Voice",
        default="",
        pattern=r"[A-Za-z0-9_.:@+-]{0,100}",
        shape=Label("leer oder eine Stimme wie espeak-ng:de@130", "empty or a voice such as espeak-ng:de@130"),
    )
    interruptible: bool = setting("boolean", "Taste unterbricht", "A key interrupts", default=False)
    within: float = setting(
        "seconds",
        "Längste Wartezeit auf die Stimme",
        "Longest wait for the voice",
        default=4.0,
        minimum=1,
        maximum=20,
    )

    def exits(self) -> tuple[str, ...]:
        """``next`` once it was spoken, ``failed`` when no voice did so in time, ``key`` when a key interrupts."""
        return ("next", "failed", "key") if self.interruptible else ("next", "failed")

    def lint(self) -> Iterator[Finding]:
        """Braces that stand for nothing are spoken as they are."""
        rest = _PLACE.sub("", self.text)
        if "{" in rest or "}" in rest:
            yield Finding(
                "say-braces",
                "warning",
                "settings.text",
                "a brace stands for nothing; write {name} with small letters, digits and _",
                german="Eine geschweifte Klammer steht für nichts; schreiben Sie {name} mit kleinen Buchstaben, Ziffern und _.",
            )

    async def run(self, session: Session) -> Exit:
        """Speak; see the class."""
        text = filled(self.text, _known(session))
        if not text.strip():
            return Exit("next", "there is nothing to say")
        plugin, language = session.plugin(Announcements), session.language.partition("-")[0]
        key = hashlib.sha256(json.dumps([_RECIPE, text, language, self.voice]).encode()).hexdigest()[:40]

        def make() -> bytes:
            voice = plugin.speaking().voice(language, self.voice)
            return voice.engine.synthesize(text, language, voice.name)

        # As it was written, never as it is spoken: what callers said or keyed in is in no call's course.
        session.note(f"says “{self.text}”")
        try:
            prompt = await session.made(key, make, within=self.within)
        except TimeoutError:
            return Exit("failed", f"the voice took longer than {self.within:g} s")
        except (CallEnded, CallTaken):
            raise
        except SwitchhookError as error:
            return Exit("failed", f"the voice failed: {error}".replace(text, self.text))
        key = await session.play(prompt, interruptible=self.interruptible)
        return Exit("key", f"key {key} interrupted") if key else Exit("next", "played to the end")


def filled(template: str, known: Mapping[str, str]) -> str:
    """A text with what is known in it; what is not known is left out, and what no voice may read as well."""

    def value(found: re.Match[str]) -> str:
        text = _UNSPEAKABLE.sub(" ", known.get(found[1], ""))
        return " ".join(text.removeprefix("+")) if found[2] or found[1] in ("caller", "number") else text

    return _UNSPEAKABLE.sub(" ", _PLACE.sub(value, template))[:_MOST]


def _known(session: Session) -> Mapping[str, str]:
    call = session.call
    return {**session.variables, "caller": call.caller.number, "number": call.number}
