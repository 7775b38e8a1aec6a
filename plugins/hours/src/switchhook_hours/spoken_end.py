"""The end of a changed switch, entered with the keys of a telephone: a time of day, or some hours from now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from switchhook import Listen, Session, spoken

from .instants import next_time
from .switch import Switch

AT, AFTER = "2", "3"
"""The keys that ask for a time of day and for hours."""
MOST_HOURS: Final = 99


async def entered_end(session: Session, switch: Switch, key: str, wait: float) -> dict[str, str]:
    """The fields of the end a caller enters; empty, and the caller has heard so, when that is no moment to come."""
    prompt, most = ("switch/enter-time", 4) if key == AT else ("switch/enter-hours", 2)
    pressed = (await session.read(prompt, listen=Listen(most, wait, wait, "#"))).pressed
    zone, now = ZoneInfo(switch.zone), session.now()
    end = end_at(pressed, zone, now) if key == AT else end_after(pressed, zone, now)
    if not end:
        await session.play("switch/no-end")
        return {}
    return {"until_day": end[0], "until": end[1]}


def end_at(pressed: str, zone: ZoneInfo, now: datetime) -> tuple[str, str] | None:
    """Day and time of ``1430``, ``900`` or ``9`` (an hour): the next such moment."""
    if not pressed.isdigit():
        return None
    hour, minute = (pressed, "00") if len(pressed) < 3 else (pressed[:-2], pressed[-2:])
    if int(hour) > 23 or int(minute) > 59:
        return None
    return next_time(f"{int(hour):02}:{minute}", zone, now)


def end_after(pressed: str, zone: ZoneInfo, now: datetime) -> tuple[str, str] | None:
    """Day and time some whole hours from now."""
    if not pressed.isdigit() or not 0 < int(pressed) <= MOST_HOURS:
        return None
    end = (now + timedelta(hours=int(pressed))).astimezone(zone)
    return end.date().isoformat(), f"{end:%H:%M}"


def said_end(switch: Switch, fields: dict[str, str], now: datetime, language: str) -> Sequence[str]:
    """*until fourteen thirty*, with the day unless it is today; nothing without an end."""
    if not fields["until_day"]:
        return ()
    day = date.fromisoformat(fields["until_day"])
    today = now.astimezone(ZoneInfo(switch.zone)).date()
    clock = spoken.clock(time.fromisoformat(fields["until"]), language)
    return ("switch/until", *(spoken.day(day, language) if day != today else ()), *clock)


def told_end(fields: dict[str, str]) -> str:
    """The same in the words of a reason."""
    return f", until {fields['until_day']} {fields['until']}" if fields["until_day"] else ""
