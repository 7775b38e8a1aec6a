"""Entries of an iCalendar file around a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import attrs

from .instants import instant


@attrs.frozen
class Entry:
    """When something is in an iCalendar file, in UTC, and what it is called there."""

    start: datetime
    end: datetime
    summary: str


class NotReadable(ValueError):
    """A text that is no iCalendar file."""


@lru_cache(maxsize=256)
def entries_on(text: str, day: date, zone: ZoneInfo) -> Sequence[Entry]:
    """What touches a day of ``zone``, repetitions included, first things first; raises :class:`NotReadable`."""
    return entries_between(text, day, day, zone)


def entries_between(text: str, first: date, last: date, zone: ZoneInfo) -> Sequence[Entry]:
    """What touches some days of ``zone``, as :func:`entries_on`."""
    if not text.strip():
        return ()
    import recurring_ical_events  # type: ignore[import-untyped]

    begin, end = instant(first, "00:00", zone), instant(last, "24:00", zone)
    try:
        found = recurring_ical_events.of(_parsed(text)).between(begin - timedelta(days=1), end + timedelta(days=1))
        entries = [_entry(one, zone) for one in found]
    except NotReadable:
        raise
    except Exception as error:  # whatever strangers wrote there
        raise NotReadable(str(error)) from error
    return sorted((one for one in entries if one.start < end and one.end > begin), key=lambda one: one.start)


@lru_cache(maxsize=32)
def _parsed(text: str) -> object:
    import icalendar

    if not text.lstrip()[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise NotReadable("it does not begin with BEGIN:VCALENDAR")
    try:
        return icalendar.Calendar.from_ical(text)
    except Exception as error:  # whatever strangers wrote there
        raise NotReadable(str(error)) from error


def _entry(event: object, zone: ZoneInfo) -> Entry:
    start = event["DTSTART"].dt  # type: ignore[index]
    ends = event.get("DTEND")  # type: ignore[attr-defined]
    end = ends.dt if ends is not None else start + timedelta(days=0 if isinstance(start, datetime) else 1)
    return Entry(_moment(start, zone), _moment(end, zone), " ".join(str(event.get("SUMMARY", "")).split())[:80])  # type: ignore[attr-defined]


def _moment(at: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(at, datetime):
        return instant(at, "00:00", zone)
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
