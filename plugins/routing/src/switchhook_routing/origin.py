"""The module ``origin`` (Herkunft): where a caller comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import attrs

from switchhook import Caller, Exit, Finding, Label, Module, NumberRefused, Session, classify, setting

from .names import name_of_exit, twice

HOME: Final = "+49"
_COUNTRY: Final = re.compile("[A-Z]{2}")
_PREFIX: Final = re.compile(r"\+[1-9][0-9]{0,14}")
_KINDS: Final = ("any", "fixed", "mobile")


def canonical_prefix(written: str) -> str:
    """A prefix as it is compared, such as ``+49221`` for ``0221``; a country as its two letters; empty for neither."""
    text = re.sub(r"[ ()/.-]", "", written).upper()
    if _COUNTRY.fullmatch(text):
        return text
    if text.startswith("00"):
        text = f"+{text[2:]}"
    elif text.startswith("0"):
        text = f"{HOME}{text[1:]}"
    return text if _PREFIX.fullmatch(text) else ""


@attrs.frozen
class Region:
    """One row: callers whose number begins so, or who call from such a line; without prefixes, all of the kind."""

    name: str = name_of_exit()
    prefixes: tuple[str, ...] = setting(
        "words",
        "Vorwahlen oder Länder",
        "Prefixes or countries",
        default=(),
        help=Label("Etwa 0221, +43 oder FR.", "Such as 0221, +43 or FR."),
    )
    line: str = setting(
        "choice",
        "Anschluss",
        "Line",
        default="any",
        choices=_KINDS,
        names=(Label("jeder", "any"), Label("Festnetz", "fixed"), Label("Mobil", "mobile")),
    )

    def rank(self, caller: Caller, country: str) -> tuple[int, bool] | None:
        """How closely this row describes a caller, None for not at all: the longer prefix is the closer one."""
        if self.line not in ("any", caller.kind):
            return None
        if not self.prefixes:
            return (0, True) if self.line != "any" else None
        fitting = [len(prefix) for prefix in map(canonical_prefix, self.prefixes) if _fits(prefix, caller, country)]
        return (max(fitting), self.line != "any") if fitting else None


def _fits(prefix: str, caller: Caller, country: str) -> bool:
    if _COUNTRY.fullmatch(prefix):
        return prefix == country
    return bool(prefix) and caller.number.startswith(prefix)


@lru_cache(maxsize=1024)
def country_of(number: str) -> str:
    """The two letters of the country of a number, empty where it is not known."""
    try:
        return classify(number).country if number.startswith("+") else ""
    except NumberRefused:
        return ""


@attrs.frozen
class Origin(Module):
    """Leaves by the row that describes the caller most closely: the longest prefix, then the line, then the first.

    Whoever shows no number leaves by ``anonymous``, with ``tell_apart`` by the
    kind of line the network says it is; the number itself plays no part.
    """

    kind = "origin"
    label = Label("Herkunft", "Origin")
    help = Label("Verzweigt nach Vorwahl, Land und Anschluss.", "Branches by prefix, country and line.")
    exit_labels = {  # noqa: RUF012 - as every module says it
        "foreign": Label("Ausland", "abroad"),
        "anonymous": Label("Ohne Rufnummer", "without a number"),
        "anonymous:fixed": Label("Ohne Rufnummer, Festnetz", "without a number, fixed line"),
        "anonymous:mobile": Label("Ohne Rufnummer, Mobil", "without a number, mobile"),
        "anonymous:foreign": Label("Ohne Rufnummer, Ausland", "without a number, abroad"),
        "other": Label("Alle anderen", "all others"),
    }

    regions: tuple[Region, ...] = setting("rows", "Gebiete", "Regions", row=Region, default=())
    tell_apart: bool = setting(
        "boolean",
        "Anrufer ohne Rufnummer nach Anschluss unterscheiden",
        "Tell callers without a number apart by line",
        default=False,
    )

    def exits(self) -> tuple[str, ...]:
        """One for each row, then whoever none describes."""
        lines = tuple(f"anonymous:{kind}" for kind in ("fixed", "mobile", "foreign")) if self.tell_apart else ()
        rows = (f"region:{name}" for name in dict.fromkeys(row.name for row in self.regions))
        return (*rows, "foreign", *lines, "anonymous", "other")

    def lint(self) -> Iterator[Finding]:
        """Rows nobody can be described by."""
        yield from twice((row.name for row in self.regions), "settings.regions")
        for place, row in enumerate(self.regions):
            for number, prefix in enumerate(row.prefixes):
                if not canonical_prefix(prefix):
                    yield Finding(
                        "origin-prefix",
                        "error",
                        f"settings.regions[{place}].prefixes[{number}]",
                        f"{prefix!r} is neither a prefix such as 0221 or +43 nor a country such as FR",
                        german=f"{prefix!r} ist weder eine Vorwahl wie 0221 oder +43 noch ein Land wie FR.",
                    )
            if not row.prefixes and row.line == "any":
                yield Finding(
                    "origin-row",
                    "error",
                    f"settings.regions[{place}].prefixes",
                    "the row describes nobody; name a prefix, a country or a line",
                    german="Die Zeile beschreibt niemanden; nennen Sie eine Vorwahl, ein Land oder einen Anschluss.",
                )

    async def run(self, session: Session) -> Exit:
        """Look; see the class."""
        caller = session.call.caller
        if caller.anonymous:
            return self._without_number(caller)
        country = country_of(caller.number)
        ranked = [(rank, row) for row in self.regions if (rank := row.rank(caller, country)) is not None]
        if ranked:
            _, best = max(ranked, key=lambda one: one[0])
            return Exit(f"region:{best.name}", f"the caller comes from {best.name}")
        if caller.kind == "foreign" or (caller.number.startswith("+") and not caller.number.startswith(HOME)):
            return Exit("foreign", f"the caller comes from abroad ({country or 'unknown'})")
        return Exit("other", "no row describes the caller")

    def _without_number(self, caller: Caller) -> Exit:
        if self.tell_apart and caller.kind in ("fixed", "mobile", "foreign"):
            return Exit(f"anonymous:{caller.kind}", f"the caller shows no number ({caller.kind})")
        return Exit("anonymous", "the caller shows no number")
