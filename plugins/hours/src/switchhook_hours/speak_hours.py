"""The module ``speak-hours`` (Zeitansage): says when it is open next."""

from __future__ import annotations

import asyncio
from datetime import datetime
from itertools import groupby
from typing import Final

import attrs

from switchhook import Exit, Label, Module, Session, setting, spoken

from .calendar import Calendar
from .holding import Stretch, stretches
from .hours import LONGEST_THOUGHT

DAYS: Final = 14


@attrs.frozen
class SpeakHours(Module):
    """Says the hours of the first day, from now on, on which it is open: *Monday March second from eight A M to five P M*."""

    kind = "speak-hours"
    label = Label("Zeitansage", "Opening hours, spoken")
    help = Label("Sagt, wann wieder geöffnet ist.", "Says when it is open next.")

    calendar: str = setting("reference", "Kalender", "Calendar", to="calendar")

    def exits(self) -> tuple[str, ...]:
        """It goes on."""
        return ("next",)

    async def run(self, session: Session) -> Exit:
        """Say it; see the class."""
        from .feeds import calendar_of  # a database is nothing a portal that starts again waits for

        calendar = await calendar_of(session, self.calendar)
        await session.keep_alive(LONGEST_THOUGHT)
        open_next = await asyncio.to_thread(next_hours, calendar, session.now())
        if not open_next:
            await session.play("clock/closed")
            return Exit("next", "it is not open within 14 days")
        first = open_next[0].start.astimezone(calendar.tz)
        prompts = [*spoken.day(first.date(), session.language)]
        for one in open_next:
            start, end = (moment.astimezone(calendar.tz).time() for moment in (one.start, one.end))
            prompts += ["clock/from", *spoken.clock(start, session.language)]
            prompts += ["clock/to", *spoken.clock(end, session.language)]
        await session.play(*prompts)
        return Exit("next", f"the hours of {first:%Y-%m-%d} were said")


def next_hours(calendar: Calendar, now: datetime) -> list[Stretch]:
    """The times it is open on the first day that has any still to come; raises ``NotReadable``."""
    found = stretches(calendar, now.astimezone(calendar.tz).date(), DAYS)
    together = groupby(found, lambda one: one.holds.state == "open")
    parts = [(is_open, list(group)) for is_open, group in together]
    hours = [attrs.evolve(group[0], end=group[-1].end) for is_open, group in parts if is_open and group[-1].end > now]
    day = hours[0].start.astimezone(calendar.tz).date() if hours else None
    return [one for one in hours if one.start.astimezone(calendar.tz).date() == day]
