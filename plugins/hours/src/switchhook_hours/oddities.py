"""What is odd about a calendar or a switch (L11, L12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from switchhook import Label

from .calendar import DAYS, Calendar, Weekly
from .instants import as_read
from .switch import Switch

LONG: Final = timedelta(days=7)
"""How long a switch may stay overridden without an end before somebody is asked."""


def oddities(calendar: Calendar, today: date) -> Iterator[Label]:
    """Sentences about gaps, overlaps, exceptions that are all over, and no region for holidays."""
    if not calendar.weekly:
        yield Label("Der Wochenplan ist leer: Geöffnet ist nie.", "The week is empty: it is never open.")
    yield from _overlaps(calendar)
    idle = [
        label for days, label in (DAYS[key] for key in DAYS if len(DAYS[key][0]) == 1) if not _opens(calendar, days[0])
    ]
    if calendar.weekly and any(label in [DAYS[d][1] for d in ("mon", "tue", "wed", "thu", "fri")] for label in idle):
        yield Label(
            f"Lücke: Der Wochenplan öffnet nie an: {', '.join(one.de for one in idle)}.",
            f"Gap: the week never opens on: {', '.join(one.en for one in idle)}.",
        )
    if calendar.exceptions and all(one.last_day < today for one in calendar.exceptions):
        yield Label("Alle Ausnahmen sind vorbei.", "All exceptions are over.")
    if not calendar.region:
        yield Label("Ohne Land gibt es keine Feiertage.", "Without a country there are no public holidays.")


def _opens(calendar: Calendar, weekday: int) -> bool:
    return any(weekday in rule.weekdays for rule in calendar.weekly)


def _overlaps(calendar: Calendar) -> Iterator[Label]:
    for place, rule in enumerate(calendar.weekly):
        for other in calendar.weekly[:place]:
            if set(rule.weekdays) & set(other.weekdays) and _meet(rule, other):
                yield Label(
                    f"Überschneidung: {_rule(other, 'de')} und {_rule(rule, 'de')}.",
                    f"Overlap: {_rule(other, 'en')} and {_rule(rule, 'en')}.",
                )


def _meet(one: Weekly, other: Weekly) -> bool:
    ends = [rule.end if rule.end > rule.start else "24:00" for rule in (one, other)]
    return one.start < ends[1] and other.start < ends[0]


def _rule(rule: Weekly, language: str) -> str:
    return f"{getattr(DAYS[rule.days][1], language)} {rule.start}-{rule.end}"


def too_long(switch: Switch, now: datetime, since: datetime) -> Label | None:
    """That a switch was left overridden: for more than a week, with no end."""
    if switch.at(now) == switch.usual or switch.ends is not None or now - since < LONG:
        return None
    day = as_read(since.date())
    return Label(
        f"Seit {day.de} umgestellt, ohne Ende: Ist das noch gewollt?",
        f"Overridden since {day.en} and without an end: is that still wanted?",
    )
