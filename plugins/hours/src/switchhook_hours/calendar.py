"""The resource ``calendar`` (Kalender): when somebody is there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import attrs

from switchhook import Label, Problem, Resource, setting

from .entries import NotReadable, entries_on
from .holidays_of import is_region

DAYS: Final[dict[str, tuple[tuple[int, ...], Label]]] = {
    "mon-fri": ((1, 2, 3, 4, 5), Label("Montag bis Freitag", "Monday to Friday")),
    "mon": ((1,), Label("Montag", "Monday")),
    "tue": ((2,), Label("Dienstag", "Tuesday")),
    "wed": ((3,), Label("Mittwoch", "Wednesday")),
    "thu": ((4,), Label("Donnerstag", "Thursday")),
    "fri": ((5,), Label("Freitag", "Friday")),
    "sat": ((6,), Label("Samstag", "Saturday")),
    "sun": ((7,), Label("Sonntag", "Sunday")),
    "daily": ((1, 2, 3, 4, 5, 6, 7), Label("jeden Tag", "every day")),
}
KINDS: Final = {
    "closed": Label("geschlossen", "closed"),
    "open": Label("geöffnet", "open"),
    "special": Label("besonderer Tag", "special"),
}
LONGEST: Final = 500_000
"""Characters of an iCalendar file, and bytes of one that is fetched."""
NAME: Final = r"[a-z0-9][a-z0-9-]{0,29}"


@attrs.frozen
class Weekly:
    """Some days of the week, and from when to when it is open on them; what ends before it begins ends the next day."""

    days: str = setting(
        "choice",
        "Tage",
        "Days",
        choices=tuple(DAYS),
        names=tuple(label for _, label in DAYS.values()),
        default="mon-fri",
    )
    start: str = setting("time", "Von", "From")
    end: str = setting("time", "Bis", "To")

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The days of the week, Monday is 1."""
        return DAYS[self.days][0]


@attrs.frozen
class Special:
    """An exception: a day, or several, on which something else holds, all day or between two times."""

    first: str = setting("date", "Tag, oder erster Tag", "Day, or first day")
    last: str = setting("date", "Letzter Tag", "Last day", default="")
    state: str = setting(
        "choice", "Dann gilt", "Then it is", choices=tuple(KINDS), names=tuple(KINDS.values()), default="closed"
    )
    start: str = setting("time", "Von", "From", default="")
    end: str = setting("time", "Bis", "To", default="")
    name: str = setting(
        "text",
        "Name",
        "Name",
        default="",
        pattern=f"({NAME})?",
        shape=Label(
            "ein Name aus kleinen Buchstaben, Ziffern und -, höchstens 30 Zeichen",
            "a name of small letters, digits and -, at most 30 characters",
        ),
    )

    @property
    def last_day(self) -> date:
        """The last day it holds on."""
        return date.fromisoformat(self.last or self.first)


@attrs.frozen
class Calendar(Resource):
    """When it is open: rules for each week, public holidays, exceptions, and an iCalendar file or address.

    What stands first counts first: exceptions, entries of the iCalendar file,
    public holidays, the rules of the week. Times are those of ``zone``.
    """

    kind = "calendar"
    label = Label("Kalender", "Calendar")
    plural = Label("Kalender", "Calendars")
    help = Label(
        "Sagt, wann geöffnet ist: Wochenplan, Feiertage und Ausnahmen.",
        "Says when it is open: the week, public holidays and exceptions.",
    )
    icon = "calendar"
    order = 130

    name: str = setting(
        "text",
        "Name",
        "Name",
        pattern=r"\S.{0,79}",
        shape=Label("ein Name in einer Zeile mit 1 bis 80 Zeichen", "a name of 1 to 80 characters in one line"),
    )
    zone: str = setting("text", "Zeitzone", "Time zone", default="Europe/Berlin")
    weekly: tuple[Weekly, ...] = setting(
        "rows",
        "Wochenplan",
        "The week",
        row=Weekly,
        default=(),
        help=Label(
            "Was vor dem Anfang endet, endet am nächsten Tag.", "What ends before it begins ends on the next day."
        ),
    )
    region: str = setting(
        "text",
        "Feiertage von",
        "Public holidays of",
        default="DE",
        pattern=r"([A-Z]{2}(-[A-Z0-9]{1,3})?)?",
        shape=Label(
            "ein Land oder Bundesland wie DE, DE-NW oder DE-BY, oder leer",
            "a country or region such as DE, DE-NW or DE-BY, or empty",
        ),
        help=Label("Zum Beispiel DE-NW; leer ohne Feiertage.", "Such as DE-NW; empty for no holidays."),
    )
    catholic: bool = setting(
        "boolean",
        "Auch Feiertage katholischer Gemeinden",
        "Holidays of Catholic communities as well",
        default=False,
        help=Label(
            "Etwa Mariä Himmelfahrt in weiten Teilen Bayerns.", "Such as Assumption Day in large parts of Bavaria."
        ),
    )
    exceptions: tuple[Special, ...] = setting("rows", "Ausnahmen", "Exceptions", row=Special, default=())
    ics: str = setting(
        "text",
        "iCalendar-Datei",
        "iCalendar file",
        default="",
        lines=6,
        help=Label(
            "Inhalt einer Datei im Format iCalendar: Während ihrer Einträge ist geschlossen.",
            "What is in a file of the format iCalendar: it is closed during its entries.",
        ),
    )

    ics_url: str = setting(
        "text",
        "iCalendar-Adresse",
        "iCalendar address",
        default="",
        secret=True,
        pattern=r"((https?|webcal)://[^\s/@?#]{1,255}(/[^\s]{0,1000})?)?",
        shape=Label(
            "eine Adresse wie https://kalender.example.org/team.ics, oder leer",
            "an address such as https://calendar.example.org/team.ics, or empty",
        ),
        help=Label(
            "Statt einer Datei: Die Adresse wird jede Stunde gelesen. Sie wird niemandem gezeigt.",
            "In place of a file: the address is read every hour. It is shown to nobody.",
        ),
    )

    @property
    def tz(self) -> ZoneInfo:
        """The zone its times are of."""
        return ZoneInfo(self.zone)

    @property
    def specials(self) -> tuple[str, ...]:
        """The names of its special days, each once."""
        return tuple(dict.fromkeys(one.name for one in self.exceptions if one.state == "special"))

    def odd_at(self, now: datetime, changed: datetime) -> Iterator[tuple[str, Label]]:
        """L11: gaps, overlaps, exceptions that are all over, no country for public holidays."""
        from .oddities import oddities  # it reads calendars

        for said in oddities(self, now.astimezone(self.tz).date()):
            yield "L11", Label(f"Kalender {self.name!r}: {said.de}", f"the calendar {self.name!r}: {said.en}")

    def check(self) -> Iterator[Problem]:
        """Zones and regions there are, spans that can be, special days with a name, a file that can be read."""
        if self.zone not in _zones():
            yield Problem("zone", f"there is no time zone {self.zone!r}; write one such as Europe/Berlin")
        elif len(self.ics) > LONGEST:
            yield Problem("ics", "has more than 500000 characters; keep only what is to come")
        elif self.ics.strip() and self.ics_url:
            yield Problem("ics", "is there beside an address; keep one of them")
        else:
            try:
                entries_on(self.ics, date(2026, 1, 1), self.tz)
            except NotReadable as error:
                yield Problem("ics", f"is no iCalendar file: {error}")
        if self.region and not is_region(self.region):
            yield Problem("region", f"the public holidays of {self.region!r} are not known")
        for place, one in enumerate(self.exceptions):
            yield from _wrong(one, f"exceptions[{place}]")


def _wrong(one: Special, path: str) -> Iterator[Problem]:
    if one.last and one.last < one.first:
        yield Problem(f"{path}.last", "must not be before the first day")
    if bool(one.start) != bool(one.end):
        yield Problem(f"{path}.end", "from and to are given together, or neither for the whole day")
    if one.state == "special" and not one.name:
        yield Problem(f"{path}.name", "a special day needs a name, which becomes an exit")


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
