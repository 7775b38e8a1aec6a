"""The module ``entry`` (Eingabe): the caller types digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import attrs

from switchhook import Exit, Finding, Keys, Label, Listen, Module, Reference, Session, setting

from .tries import used_up


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812-1 annex B."""
    doubled = [int(d) * 2 if place % 2 else int(d) for place, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


CHECKS: Final[dict[str, Callable[[str], bool]]] = {"none": lambda _: True, "luhn": luhn}


@attrs.frozen
class Entry(Module):
    """Reads ``minimum`` to ``maximum`` digits into a variable, up to ``tries`` times.

    After a wrong entry ``invalid_prompt`` is played before the prompts, after
    none ``timeout_prompt``; a digit pressed in them belongs to the next entry.
    A secret entry is recorded only as a count and kept only in the variable.
    """

    kind = "entry"
    label = Label("Eingabe", "Digit entry")
    help = Label("Der Anrufer gibt Ziffern ein.", "The caller types digits.")
    consumes_input = True

    prompts: tuple[str, ...] = setting("prompts", "Ansagen", "Prompts", minimum=1)
    variable: str = setting(
        "text",
        "Variable",
        "Variable",
        pattern="[a-z][a-z0-9_]{0,39}",
        shape=Label("ein Name aus kleinen Buchstaben, Ziffern und _", "a name of small letters, digits and _"),
    )
    minimum: int = setting("integer", "Mindestens", "At least", default=1, minimum=1, maximum=32)
    maximum: int = setting("integer", "Höchstens", "At most", default=16, minimum=1, maximum=32)
    terminator: str = setting("choice", "Abschluss", "Closing key", default="#", choices=("#", "*", ""))
    check: str = setting("choice", "Prüfung", "Check", default="none", choices=tuple(CHECKS))
    pattern: str = setting(
        "text", "Muster", "Pattern", default="", help=Label("Regulärer Ausdruck", "Regular expression")
    )
    secret: bool = setting("boolean", "Geheim", "Secret", default=False)
    wait: float = setting(
        "seconds", "Wartezeit auf die erste Ziffer", "Wait for the first digit", default=8.0, minimum=0.5, maximum=60
    )
    between: float = setting(
        "seconds", "Wartezeit zwischen Ziffern", "Wait between digits", default=4.0, minimum=0.5, maximum=30
    )
    tries: int = setting("integer", "Versuche", "Tries", default=3, minimum=1, maximum=20)
    invalid_prompt: str = setting(
        "prompt", "Ansage bei falscher Eingabe", "Prompt after a wrong entry", default="stock/invalid"
    )
    timeout_prompt: str = setting(
        "prompt", "Ansage bei keiner Eingabe", "Prompt after no entry", default="stock/no-entry"
    )

    def exits(self) -> tuple[str, ...]:
        """``ok`` with the digits in the variable, or what the last try failed of."""
        return ("ok", "invalid", "timeout")

    def references(self) -> Iterator[Reference]:
        """All prompts it may play."""
        for number, prompt in enumerate(self.prompts):
            yield Reference("prompt", prompt, f"settings.prompts[{number}]")
        yield Reference("prompt", self.invalid_prompt, "settings.invalid_prompt")
        yield Reference("prompt", self.timeout_prompt, "settings.timeout_prompt")

    def lint(self) -> Iterator[Finding]:
        """Lengths that exclude every entry, and patterns that are none."""
        if self.minimum > self.maximum:
            yield Finding(
                "entry-length",
                "error",
                "settings.minimum",
                "is greater than the maximum: no entry can be right",
                german="Ist größer als die Höchstzahl: Keine Eingabe kann richtig sein.",
            )
        try:
            re.compile(self.pattern)
        except (re.error, OverflowError, RecursionError) as error:
            yield Finding(
                "entry-pattern",
                "error",
                "settings.pattern",
                f"is no regular expression: {error}",
                german=f"Ist kein regulärer Ausdruck: {error}",
            )
        if _may_be_slow(self.pattern):
            yield Finding(
                "entry-pattern",
                "error",
                "settings.pattern",
                "may take very long to check; repeat no group, and use at most three groups and three of * + ? {m,n}",
                german="Die Prüfung kann sehr lange dauern; wiederholen Sie keine Gruppe, und nehmen Sie höchstens drei Gruppen.",
            )

    async def run(self, session: Session) -> Exit:
        """Ask; see the class."""
        way = Exit("timeout")
        before: tuple[str, ...] = ()
        listen = Listen(self.maximum, self.wait, self.between, self.terminator)  # type: ignore[arg-type]
        for turn in range(1, self.tries + 1):
            keys = await session.read(*before, *self.prompts, listen=listen, secret=self.secret)
            way = self._judge(keys)
            if way.name == "ok":
                session.variables[self.variable] = keys.pressed
                return way
            session.note(f"try {turn} of {self.tries}: {way.why}")
            before = (self.invalid_prompt if way.name == "invalid" else self.timeout_prompt,)
        return attrs.evolve(way, why=f"{way.why}; {used_up(self.tries)}")

    def _judge(self, keys: Keys) -> Exit:
        count = len(keys.pressed)
        if not count:
            return Exit("timeout", "nothing entered")
        if count < self.minimum:
            return Exit("invalid", f"{_digits(count)} entered, at least {self.minimum} needed")
        if not keys.pressed.isdigit():
            return Exit("invalid", "not only digits entered")
        if self.pattern and not re.fullmatch(self.pattern, keys.pressed):
            return Exit("invalid", "the entry does not have the wanted shape")
        if not CHECKS[self.check](keys.pressed):
            return Exit("invalid", f"the entry fails the check {self.check}")
        return Exit("ok", f"{_digits(count)} entered")


def _digits(count: int) -> str:
    return "1 digit" if count == 1 else f"{count} digits"


_PIECE: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\)[*+{]|\)\?|[*+?(]|\{\d*,\d*\}")


def _may_be_slow(pattern: str) -> bool:
    """Whether matching 32 digits could block all calls of this worker: Python's matcher tries every split.

    Conservative: a group repeated, or more than three choices of length, or more than three groups.
    """
    pieces = [found for found in _PIECE.findall(pattern) if found[0] not in "\\["]
    choices = sum(piece != "(" for piece in pieces)
    return any(piece in {")*", ")+", "){"} for piece in pieces) or choices > 3 or len(pieces) - choices > 3
