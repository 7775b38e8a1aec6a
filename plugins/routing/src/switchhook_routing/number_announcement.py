"""The module ``number-announcement`` (Rufnummernansage): speaks a number, such as the new one of who has moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from switchhook import Exit, Finding, Label, Module, Reference, Session, setting, spoken

from .names import VARIABLE

_SOURCES: Final = ("fixed", "called", "diverted_from", "caller", "variable")


def digits_of(number: str) -> tuple[str, ...]:
    """The prompts of a number, digit by digit, as people here dial it."""
    dialled = number.removeprefix("+49")
    if dialled != number:
        dialled = f"0{dialled}"
    elif number.startswith("+"):
        dialled = f"00{number[1:]}"
    return spoken.digits(dialled, "")


@attrs.frozen
class NumberAnnouncement(Module):
    """Plays prompts around a number that is spoken digit by digit, some times with a pause between.

    Where there is no number to speak, such as of a caller who shows none, the
    prompts alone are played.
    """

    kind = "number-announcement"
    label = Label("Rufnummernansage", "Number announcement")
    help = Label("Sagt eine Rufnummer an.", "Speaks a number.")

    source: str = setting(
        "choice",
        "Welche Rufnummer",
        "Which number",
        default="fixed",
        choices=_SOURCES,
        names=(
            Label("diese", "this one"),
            Label("die gerufene", "the called one"),
            Label("die hierher weiterleitet", "the one that diverts here"),
            Label("die des Anrufers", "the caller's"),
            Label("aus einer Variable", "of a variable"),
        ),
    )
    number: str = setting("number", "Rufnummer", "Number", default="")
    variable: str = setting("text", "Variable", "Variable", default="", pattern=f"({VARIABLE})?")
    before: tuple[str, ...] = setting("prompts", "Ansagen davor", "Prompts before", default=())
    after: tuple[str, ...] = setting("prompts", "Ansagen danach", "Prompts after", default=())
    times: int = setting("integer", "Wie oft", "How often", default=2, minimum=1, maximum=9)
    pause: float = setting("seconds", "Pause dazwischen", "Pause between", default=1.0, minimum=0, maximum=10)
    early: bool = setting("boolean", "Vor dem Annehmen ansagen", "Play before the call is answered", default=False)

    def exits(self) -> tuple[str, ...]:
        """Always ``next``."""
        return ("next",)

    def references(self) -> Iterator[Reference]:
        """All prompts it may play, the digits included."""
        for name, prompts in (("before", self.before), ("after", self.after)):
            for place, prompt in enumerate(prompts):
                yield Reference("prompt", prompt, f"settings.{name}[{place}]")
        told = digits_of(self.number) if self.source == "fixed" else spoken.digits("0123456789*#", "")
        for prompt in dict.fromkeys(told):
            yield Reference("prompt", prompt, "settings.number")

    def lint(self) -> Iterator[Finding]:
        """A source that says nothing."""
        if self.source == "fixed" and not self.number:
            yield Finding(
                "number-missing",
                "error",
                "settings.number",
                "there is no number to speak; write it, or choose another source",
                german="Es gibt keine Rufnummer anzusagen; tragen Sie sie ein, oder wählen Sie eine andere Quelle.",
            )
        if self.source == "variable" and not self.variable:
            yield Finding(
                "number-missing",
                "error",
                "settings.variable",
                "the variable with the number is not named",
                german="Die Variable mit der Rufnummer ist nicht genannt.",
            )

    async def run(self, session: Session) -> Exit:
        """Speak; see the class."""
        said = digits_of(self._number(session))
        for turn in range(self.times):
            if turn:
                await session.wait(self.pause)
            await session.play(*self.before, *said, *self.after, early=self.early)
        return Exit("next", "the number was spoken" if said else "there was no number to speak")

    def _number(self, session: Session) -> str:
        call = session.call
        return {
            "fixed": self.number,
            "called": call.number,
            "diverted_from": call.diverted_from,
            "caller": call.caller.number,
            "variable": session.variables.get(self.variable, ""),
        }[self.source]
