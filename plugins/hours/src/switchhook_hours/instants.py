"""From times of day as people write them to moments, also on the two days of clock change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from switchhook import Label


def instant(on: date, clock: str, zone: ZoneInfo) -> datetime:
    """The moment in UTC of a time such as ``08:30`` or ``24:00`` on a day of ``zone``.

    A time that is there twice means the first; one that is skipped means the next minute there is.
    """
    if clock == "24:00":
        return instant(on + timedelta(days=1), "00:00", zone)
    written = datetime.combine(on, time.fromisoformat(clock), zone)
    moment = written.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == written.replace(tzinfo=None):
        return moment
    return _next_minute_there_is(written, zone)


def _next_minute_there_is(skipped: datetime, zone: ZoneInfo) -> datetime:
    """Read with the offset from after the gap the time lies before it, read with that from before it behind it."""
    low, high = skipped.replace(fold=1).astimezone(UTC), skipped.replace(fold=0).astimezone(UTC)
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=1) // 2)
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high


def covers(on: date, start: str, end: str, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a span that begins on a day holds a moment; one that ends no later than it begins ends the next day."""
    until = on if end > start else on + timedelta(days=1)
    return instant(on, start, zone) <= moment < instant(until, end, zone)


def next_time(at: str, zone: ZoneInfo, now: datetime) -> tuple[str, str]:
    """The day, today or tomorrow, on which a time of day comes next, and that time."""
    today = now.astimezone(zone).date()
    day = today if instant(today, at, zone) > now else today + timedelta(days=1)
    return day.isoformat(), at


def as_read(on: date) -> Label:
    """A day as people write it: *04.03.2026*, *4 Mar 2026*."""
    return Label(f"{on:%d.%m.%Y}", f"{on.day} {on:%b %Y}")
