"""The resource ``switch`` (Schalter): a hand that overrules what is usual, until it is let go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import attrs

from switchhook import Label, Problem, Resource, setting

from .calendar import NAME
from .instants import instant

_NAMED = Label(
    "ein Name aus kleinen Buchstaben, Ziffern und -, höchstens 30 Zeichen",
    "a name of small letters, digits and -, at most 30 characters",
)


@attrs.frozen
class State:
    """One way a switch can stand, and how it is said on the telephone."""

    name: str = setting("text", "Name", "Name", pattern=NAME, shape=_NAMED)
    prompt: str = setting("prompt", "Ansage", "Prompt", default="")


@attrs.frozen
class Switch(Resource):
    """A switch; the first of its states is the usual one.

    It stands in another one until ``until`` on ``until_day``, in the time of
    ``zone``, or until somebody changes it. ``divert_to`` is where a state that
    diverts leads. ``code`` is a number of the tenant such as ``*21``, whose
    lamp on phones is lit while the switch stands in another state than the
    usual. ``pin`` is asked on the telephone, ``pin_label`` says in the audit
    trail whose it is; only numbers that begin with one of ``allowed`` can be
    entered there.
    """

    kind = "switch"
    label = Label("Schalter", "Switch")
    plural = Label("Schalter", "Switches")
    help = Label(
        "Von Hand umgestellt, im Portal oder am Telefon, auch auf Zeit.",
        "Changed by hand, in the portal or by telephone, for a while if wished.",
    )
    icon = "switch-2"
    order = 131

    name: str = setting(
        "text",
        "Name",
        "Name",
        pattern=r"\S.{0,79}",
        shape=Label("ein Name in einer Zeile mit 1 bis 80 Zeichen", "a name of 1 to 80 characters in one line"),
    )
    states: tuple[State, ...] = setting(
        "rows",
        "Stellungen",
        "States",
        row=State,
        minimum=2,
        default=(State(name="normal"), State(name="closed")),
        help=Label("Die erste ist die übliche.", "The first is the usual one."),
    )
    state: str = setting(
        "text",
        "Steht auf",
        "Stands at",
        default="",
        pattern=f"({NAME})?",
        shape=_NAMED,
        help=Label("Der Name einer Stellung; leer für die übliche.", "The name of a state; empty for the usual one."),
    )
    until_day: str = setting("date", "Bis zum", "Until the day", default="")
    until: str = setting("time", "Bis um", "Until", default="")
    divert_to: str = setting("target", "Umleiten zu", "Divert to", default="")
    zone: str = setting("text", "Zeitzone", "Time zone", default="Europe/Berlin")
    code: str = setting(
        "text",
        "Kurzwahl mit Lampe",
        "Code with a lamp",
        default="",
        pattern=r"(\*[0-9]{1,15})?",
        shape=Label("ein Stern und Ziffern wie *21, oder leer", "a star and digits such as *21, or empty"),
    )
    pin: str = setting(
        "text",
        "PIN am Telefon",
        "PIN on the telephone",
        default="",
        secret=True,
        pattern=r"([0-9]{4,12})?",
        shape=Label("eine PIN aus 4 bis 12 Ziffern", "a PIN of 4 to 12 digits"),
    )
    pin_label: str = setting("text", "Wessen PIN", "Whose PIN", default="", pattern=r".{0,60}")
    allowed: tuple[str, ...] = setting(
        "words",
        "Erlaubte Anfänge neuer Rufnummern",
        "What new numbers may begin with",
        default=("+49",),
        pattern=r"\+[1-9][0-9]{0,14}",
        shape=Label("ein Anfang wie +49 oder +4922112345", "a beginning such as +49 or +4922112345"),
    )

    @property
    def usual(self) -> str:
        """The state it stands in when nobody says otherwise."""
        return self.states[0].name

    @property
    def ends(self) -> datetime | None:
        """When it goes back to the usual state by itself."""
        if not self.until_day:
            return None
        return instant(date.fromisoformat(self.until_day), self.until or "24:00", ZoneInfo(self.zone))

    @property
    def overridden(self) -> bool:
        """Whether it was set to another state than the usual; perhaps that is over by now."""
        return self.state not in ("", self.usual)

    def at(self, moment: datetime) -> str:
        """The state it stands in at a moment."""
        over = self.ends is not None and moment >= self.ends
        known = any(one.name == self.state for one in self.states)
        return self.state if known and not over else self.usual

    def odd_at(self, now: datetime, changed: datetime) -> Iterator[tuple[str, Label]]:
        """L12: left overridden for long, without an end."""
        from .oddities import too_long  # it reads switches

        said = too_long(self, now, changed)
        if said is not None:
            yield "L12", Label(f"Schalter {self.name!r}: {said.de}", f"the switch {self.name!r}: {said.en}")

    def check(self) -> Iterator[Problem]:
        """States that are there, each once, and an end that is one."""
        names = [one.name for one in self.states]
        if len(names) < 2:
            yield Problem("states", "a switch needs two states or more")
        for place, name in enumerate(names):
            if name in names[:place]:
                yield Problem(f"states[{place}].name", f"{name!r} is there twice")
        if self.state and self.state not in names:
            yield Problem("state", f"there is no state {self.state!r}; there are: {', '.join(names)}")
        if self.until and not self.until_day:
            yield Problem("until_day", "say the day as well")
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            yield Problem("zone", f"there is no time zone {self.zone!r}; write one such as Europe/Berlin")


BACK = {"state": "", "until_day": "", "until": "", "divert_to": ""}
"""The fields of a switch that is let go."""
