"""The module ``called-number`` (Gerufene Nummer): which number was called, and which one diverted the call here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from switchhook import Exit, Finding, Label, Module, NumberRefused, Session, classify, setting

from .names import name_of_exit, twice

_WHICH: Final = ("called", "diverted_from", "either")


def canonical(written: str) -> str:
    """A number or the beginning of one (``*`` at its end) as it is compared; empty for what is none."""
    text = written.strip()
    if text.endswith("*"):
        start = text[:-1].replace(" ", "")
        start = f"+49{start[1:]}" if start.startswith("0") and not start.startswith("00") else start
        start = f"+{start[2:]}" if start.startswith("00") else start
        return f"{start}*" if start.removeprefix("+").isdecimal() else ""
    try:
        return classify(text).canonical
    except NumberRefused:
        return ""


@attrs.frozen
class Numbers:
    """One row: some numbers, and whether they were called or diverted the call here."""

    name: str = name_of_exit()
    numbers: tuple[str, ...] = setting(
        "words",
        "Rufnummern",
        "Numbers",
        minimum=1,
        help=Label("* am Ende steht für jede Fortsetzung.", "* at the end stands for every continuation."),
    )
    which: str = setting(
        "choice",
        "Gemeint ist",
        "What is meant",
        default="called",
        choices=_WHICH,
        names=(
            Label("die gerufene Nummer", "the called number"),
            Label("die Nummer, die hierher weiterleitet", "the number that diverts here"),
            Label("eine von beiden", "either of them"),
        ),
    )

    def fits(self, called: str, diverted_from: str) -> str:
        """The number that fits this row, empty for none."""
        looked_at = {"called": (called,), "diverted_from": (diverted_from,), "either": (diverted_from, called)}
        for number in looked_at[self.which]:
            if number and any(_same(canonical(one), number) for one in self.numbers):
                return number
        return ""


def _same(wanted: str, number: str) -> bool:
    return number.startswith(wanted[:-1]) if wanted.endswith("*") else number == wanted


@attrs.frozen
class CalledNumber(Module):
    """Leaves by the first row with the called number or, for diverted calls, the one that diverts here."""

    kind = "called-number"
    label = Label("Gerufene Nummer", "Called number")
    help = Label(
        "Verzweigt nach der gerufenen Nummer oder der, die hierher weiterleitet.",
        "Branches by the called number or the one that diverts here.",
    )
    exit_labels = {"other": Label("Alle anderen", "all others")}  # noqa: RUF012 - as every module says it

    rows: tuple[Numbers, ...] = setting("rows", "Rufnummern", "Numbers", row=Numbers, minimum=1)

    def exits(self) -> tuple[str, ...]:
        """One for each row, and ``other``."""
        return (*(f"match:{name}" for name in dict.fromkeys(row.name for row in self.rows)), "other")

    def lint(self) -> Iterator[Finding]:
        """Numbers that are none."""
        yield from twice((row.name for row in self.rows), "settings.rows")
        for place, row in enumerate(self.rows):
            for number, written in enumerate(row.numbers):
                if not canonical(written):
                    yield Finding(
                        "called-number",
                        "error",
                        f"settings.rows[{place}].numbers[{number}]",
                        f"{written!r} is no number; write it in full, such as +4922112345 or +49221*",
                        german=f"{written!r} ist keine Rufnummer; schreiben Sie sie ganz, etwa +4922112345 oder +49221*.",
                    )

    async def run(self, session: Session) -> Exit:
        """Look; see the class."""
        call = session.call
        for row in self.rows:
            if found := row.fits(call.number, call.diverted_from):
                diverts = found == call.diverted_from != call.number
                why = f"{found} diverts the call here" if diverts else f"{found} was called"
                return Exit(f"match:{row.name}", why)
        return Exit("other", "no row has the number")
