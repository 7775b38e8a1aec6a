"""The module ``daytime``: is it within opening hours?"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import attrs

from switchhook import Exit, Finding, Label, Module, Session, setting

TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"
ZONES = ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "UTC")


@attrs.frozen
class Daytime(Module):
    """Leaves by ``open`` from ``opens`` until just before ``closes``, by ``closed`` otherwise."""

    kind = "daytime"
    label = Label("Öffnungszeit", "Opening hours")

    opens: str = setting("text", "Öffnet um", "Opens at", default="08:00", pattern=TIME)
    closes: str = setting("text", "Schließt um", "Closes at", default="18:00", pattern=TIME)
    zone: str = setting("choice", "Zeitzone", "Time zone", default="Europe/Berlin", choices=ZONES)

    def exits(self) -> tuple[str, ...]:
        """``open`` and ``closed``, whatever the settings."""
        return ("open", "closed")

    # [lint]
    def lint(self) -> Iterator[Finding]:
        """Hours in which nobody is ever served."""
        if self.opens >= self.closes:
            yield Finding("daytime-empty", "error", "settings.closes", "lies before the opening: it is never open")

    # [run]
    async def run(self, session: Session) -> Exit:
        """Look at the clock; the caller hears nothing."""
        now = f"{session.now().astimezone(ZoneInfo(self.zone)):%H:%M}"
        name = "open" if self.opens <= now < self.closes else "closed"
        return Exit(name, f"{now} in {self.zone}, open {self.opens} to {self.closes}")

    # [end]
