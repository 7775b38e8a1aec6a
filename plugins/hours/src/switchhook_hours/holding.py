"""What holds at a moment, and because of which rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

import attrs

from .calendar import DAYS, Calendar, Special, Weekly
from .entries import entries_on
from .holidays_of import holidays_in
from .instants import covers, instant

State = Literal["open", "closed", "holiday", "special"]
ALL_DAY: Final = ("00:00", "24:00")


@attrs.frozen
class Holds:
    """What holds: ``name`` is that of a special day, ``why`` names the rule."""

    state: State
    why: str
    name: str = ""


def holds(calendar: Calendar, moment: datetime) -> Holds:
    """What holds at a moment, which has a time zone. Raises ``NotReadable`` for a broken iCalendar file."""
    local = moment.astimezone(calendar.tz)
    today = local.date()
    return (
        _by_exception(calendar, moment, today)
        or _by_entry(calendar, moment, today)
        or _by_holiday(calendar, today)
        or _by_week(calendar, moment, local)
    )


def _by_exception(calendar: Calendar, moment: datetime, today: date) -> Holds | None:
    for one in calendar.exceptions:
        found = _by(one, calendar, moment, today)
        if found is not None:
            return found
    return None


def _by(one: Special, calendar: Calendar, moment: datetime, today: date) -> Holds | None:
    """What an exception says; opening times of a day leave the rest of it closed."""
    span = (one.start, one.end) if one.start else ALL_DAY
    inside = any(
        date.fromisoformat(one.first) <= day <= one.last_day and covers(day, *span, moment, calendar.tz)
        for day in (today, today - timedelta(days=1))
    )
    when = _when(one)
    if inside:
        if one.state == "special":
            return Holds("special", f"the special day {one.name} of {when}", one.name)
        named = f" {one.name}" if one.name else ""
        return Holds("open" if one.state == "open" else "closed", f"the exception{named} of {when}: {one.state}")
    if one.state == "open" and date.fromisoformat(one.first) <= today <= one.last_day:
        return Holds("closed", f"outside the hours of the exception of {when}")
    return None


def _when(one: Special) -> str:
    days = one.first if one.last in ("", one.first) else f"{one.first}/{one.last}"
    return f"{days},{one.start}-{one.end}" if one.start else days


def _by_entry(calendar: Calendar, moment: datetime, today: date) -> Holds | None:
    for one in entries_on(calendar.ics, today, calendar.tz):
        if one.start <= moment < one.end:
            return Holds("closed", f"the entry {one.summary!r} of the iCalendar file")
    return None


def _by_holiday(calendar: Calendar, today: date) -> Holds | None:
    found = holidays_in(calendar.region, calendar.catholic, today.year).get(today)
    return Holds("holiday", f"the public holiday {found.en} / {found.de}") if found is not None else None


def _by_week(calendar: Calendar, moment: datetime, local: datetime) -> Holds:
    for day in (local.date(), local.date() - timedelta(days=1)):
        for rule in calendar.weekly:
            if day.isoweekday() in rule.weekdays and covers(day, rule.start, rule.end, moment, calendar.tz):
                return Holds("open", f"the rule: {DAYS[rule.days][1].en}, {rule.start} to {rule.end}")
    return Holds("closed", "outside the hours of the week")


@attrs.frozen
class Stretch:
    """A time in which one thing holds for one reason."""

    start: datetime
    end: datetime
    holds: Holds


def stretches(calendar: Calendar, first: date, days: int) -> list[Stretch]:
    """What holds from a day on for some days, one stretch after the other without a gap."""
    begin, end = instant(first, "00:00", calendar.tz), instant(first + timedelta(days=days), "00:00", calendar.tz)
    edges = sorted({begin, end} | {edge for edge in _edges(calendar, first, days) if begin < edge < end})
    found: list[Stretch] = []
    for start, stop in pairwise(edges):
        now = holds(calendar, start)
        if found and found[-1].holds == now:
            found[-1] = attrs.evolve(found[-1], end=stop)
        else:
            found.append(Stretch(start, stop, now))
    return found


def _edges(calendar: Calendar, first: date, days: int) -> Iterator[datetime]:
    """Every moment at which something can begin or end."""
    spans: list[Weekly | Special] = [*calendar.weekly, *(one for one in calendar.exceptions if one.start)]
    for n in range(-1, days + 1):
        day = first + timedelta(days=n)
        yield instant(day, "00:00", calendar.tz)
        for span in spans:
            yield instant(day, span.start, calendar.tz)
            yield instant(day, span.end, calendar.tz)
        for entry in entries_on(calendar.ics, day, calendar.tz):
            yield from (entry.start, entry.end)
