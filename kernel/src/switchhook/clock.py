"""The only place that asks what time it is."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import attrs

ZONE: Final = "Europe/Berlin"
"""Where days of contracts begin and end: offers, charges."""


def day_of(moment: datetime) -> date:
    """The day it is where offers and charges are made."""
    return moment.astimezone(ZoneInfo(ZONE)).date()


class Clock(Protocol):
    """Gives the time of day and the time elapsed; tests and the simulator bring their own."""

    def now(self) -> datetime:
        """The present moment in UTC, time zone aware."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment, never going back."""


@attrs.frozen
class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """See :meth:`Clock.now`."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See :meth:`Clock.monotonic`."""
        return time.monotonic()


@attrs.define
class SetClock:
    """A clock that stands still until it is moved."""

    moment: datetime
    elapsed: float = 0.0

    def now(self) -> datetime:
        """See :meth:`Clock.now`."""
        return self.moment

    def monotonic(self) -> float:
        """See :meth:`Clock.monotonic`."""
        return self.elapsed

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass at once."""
        self.moment += timedelta(seconds=seconds)
        self.elapsed += seconds
