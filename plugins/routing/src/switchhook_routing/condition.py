"""The modules ``condition`` (Bedingung) and ``set-variable`` (Variable setzen)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

from switchhook import Exit, Finding, Label, Module, Session, setting

from .expression import LONGEST, ExpressionRefused, Value, read, shown, truth
from .names import VARIABLE, VARIABLE_SHAPE, name_of_exit, twice

_HELP: Final = Label(
    "Etwa: caller.number starts \"+49221\" and time >= '08:00'",
    "Such as: caller.number starts \"+49221\" and time >= '08:00'",
)
_ZONES: Final = r"[A-Za-z_]+(/[A-Za-z_+0-9-]+){0,2}"


def zone_setting() -> Any:
    """The field for the zone in which ``time``, ``date`` and ``weekday`` are told."""
    return setting("text", "Zeitzone", "Time zone", default="Europe/Berlin", pattern=_ZONES, shape=_ZONE_SHAPE)


_ZONE_SHAPE: Final = Label("eine Zeitzone wie Europe/Berlin", "a time zone such as Europe/Berlin")


def known_of(session: Session, zone: str) -> Mapping[str, Value]:
    """What expressions can name: the flow's variables, and what is known of the call."""
    call, local = session.call, session.now().astimezone(ZoneInfo(zone))
    caller = call.caller
    return {
        **session.variables,
        "caller.number": caller.number,
        "caller.name": caller.name,
        "caller.kind": caller.kind,
        "caller.anonymous": caller.anonymous,
        "call.number": call.number,
        "call.diverted": call.diverted_from,
        "call.language": session.language,
        "time": f"{local:%H:%M}",
        "date": f"{local:%Y-%m-%d}",
        "weekday": float(local.isoweekday()),
    }


def unread(expression: str, path: str) -> Iterator[Finding]:
    """Where an expression cannot be read."""
    try:
        read(expression)
    except ExpressionRefused as refused:
        yield Finding(
            "expression",
            "error",
            path,
            f"cannot be read {refused}",
            german=f"Ab Zeichen {refused.position} nicht zu verstehen: {refused}",
        )


def unknown_zone(zone: str) -> Iterator[Finding]:
    """A zone nobody knows."""
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        yield Finding(
            "expression-zone",
            "error",
            "settings.zone",
            f"there is no time zone {zone!r}; name one such as Europe/Berlin",
            german=f"Die Zeitzone {zone!r} gibt es nicht; nennen Sie eine wie Europe/Berlin.",
        )


def expression_setting(de: str, en: str) -> Any:
    """A field for an expression."""
    return setting(
        "text",
        de,
        en,
        help=_HELP,
        pattern=rf"[\s\S]{{1,{LONGEST}}}",
        shape=Label(f"ein Ausdruck mit höchstens {LONGEST} Zeichen", f"an expression of at most {LONGEST} characters"),
    )


@attrs.frozen
class Case:
    """One further way: its name, and what must hold."""

    name: str = name_of_exit()
    expression: str = expression_setting("Bedingung", "Condition")


@attrs.frozen
class Condition(Module):
    """Leaves by ``true`` where the expression holds, else by the first further case that does, else by ``false``."""

    kind = "condition"
    label = Label("Bedingung", "Condition")
    help = Label(
        "Verzweigt nach Variablen, Anrufer, Nummer und Zeit.", "Branches by variables, caller, number and time."
    )
    exit_labels = {"true": Label("Trifft zu", "holds"), "false": Label("Trifft nicht zu", "does not hold")}  # noqa: RUF012

    expression: str = expression_setting("Bedingung", "Condition")
    cases: tuple[Case, ...] = setting("rows", "Weitere Fälle", "Further cases", row=Case, default=())
    zone: str = zone_setting()

    def exits(self) -> tuple[str, ...]:
        """``true``, one for each further case, ``false``."""
        return ("true", *(f"case:{name}" for name in dict.fromkeys(case.name for case in self.cases)), "false")

    def lint(self) -> Iterator[Finding]:
        """Expressions that are none, with the place."""
        yield from unread(self.expression, "settings.expression")
        yield from unknown_zone(self.zone)
        yield from twice((case.name for case in self.cases), "settings.cases")
        for place, case in enumerate(self.cases):
            yield from unread(case.expression, f"settings.cases[{place}].expression")

    async def run(self, session: Session) -> Exit:
        """Look; see the class."""
        known = known_of(session, self.zone)
        if truth(read(self.expression).of(known)):
            return Exit("true", f"holds: {self.expression}")
        for case in self.cases:
            if truth(read(case.expression).of(known)):
                return Exit(f"case:{case.name}", f"holds: {case.expression}")
        return Exit("false", "nothing of it holds")


@attrs.frozen
class Assignment:
    """One variable, and the expression whose value it gets."""

    variable: str = setting("text", "Variable", "Variable", pattern=VARIABLE, shape=VARIABLE_SHAPE)
    expression: str = expression_setting("Wert", "Value")


@attrs.frozen
class SetVariable(Module):
    """Gives variables of the flow a value, one after the other; values are never told in the call's course."""

    kind = "set-variable"
    label = Label("Variable setzen", "Set a variable")
    help = Label("Merkt sich Werte für spätere Punkte.", "Keeps values for later points.")

    assignments: tuple[Assignment, ...] = setting("rows", "Variablen", "Variables", row=Assignment, minimum=1)
    zone: str = zone_setting()

    def exits(self) -> tuple[str, ...]:
        """Always ``next``."""
        return ("next",)

    def lint(self) -> Iterator[Finding]:
        """Expressions that are none, with the place."""
        yield from unknown_zone(self.zone)
        for place, one in enumerate(self.assignments):
            yield from unread(one.expression, f"settings.assignments[{place}].expression")

    async def run(self, session: Session) -> Exit:
        """Set them; see the class."""
        for one in self.assignments:
            session.variables[one.variable] = shown(read(one.expression).of(known_of(session, self.zone)))
        return Exit("next", f"set {', '.join(one.variable for one in self.assignments)}")
