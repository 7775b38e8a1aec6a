"""From one day to another, both included, in the zone in which pages tell the time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from .shown import zone

_YEARS: Final = range(1970, 3000)
"""Beyond them no zone is sure, and databases and calendars end."""


def span(since: str, until: str) -> tuple[datetime | None, datetime | None]:
    """From the beginning of one day up to the end of another, as ISO 8601 says days; what is none limits nothing."""
    last = _day(until)
    return _start(_day(since)), _start(last + timedelta(days=1)) if last is not None else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), tzinfo=zone()) if day is not None else None
