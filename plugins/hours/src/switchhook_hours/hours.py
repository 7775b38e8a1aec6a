"""The module ``hours`` (Zeitsteuerung): goes by what a calendar says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

import attrs

from switchhook import Exit, Finding, Label, Module, Session, setting

from .calendar import NAME
from .holding import holds

LONGEST_THOUGHT: Final = 10.0
"""Seconds the first look at a country's holidays or a large iCalendar file may take."""


@attrs.frozen
class Hours(Module):
    """Leaves by ``open``, ``closed`` or ``holiday``, or by ``special:NAME`` for a special day named in ``specials``.

    Any other special day is ``closed``.
    """

    kind = "hours"
    label = Label("Zeitsteuerung", "Opening hours")
    help = Label(
        "Verzweigt nach Öffnungszeiten, Feiertagen und besonderen Tagen.",
        "Goes by hours, public holidays and special days.",
    )
    exit_labels = {  # noqa: RUF012 - never changed
        "open": Label("geöffnet", "open"),
        "closed": Label("geschlossen", "closed"),
        "holiday": Label("Feiertag", "public holiday"),
    }

    calendar: str = setting("reference", "Kalender", "Calendar", to="calendar")
    specials: tuple[str, ...] = setting(
        "words",
        "Besondere Tage mit eigenem Ausgang",
        "Special days with an exit of their own",
        default=(),
        pattern=NAME,
        shape=Label(
            "ein Name aus kleinen Buchstaben, Ziffern und -, höchstens 30 Zeichen",
            "a name of small letters, digits and -, at most 30 characters",
        ),
    )

    def exits(self) -> tuple[str, ...]:
        """Each special day has its own."""
        return ("open", "closed", "holiday", *(f"special:{name}" for name in dict.fromkeys(self.specials)))

    def lint(self) -> Iterator[Finding]:
        """Special days named twice."""
        for place, name in enumerate(self.specials):
            if name in self.specials[:place]:
                yield Finding(
                    "hours-twice",
                    "warning",
                    f"settings.specials[{place}]",
                    f"{name} is there twice",
                    german=f"{name} steht doppelt da.",
                )

    async def run(self, session: Session) -> Exit:
        """Look; see the class."""
        from .feeds import calendar_of  # a database is nothing a portal that starts again waits for

        calendar = await calendar_of(session, self.calendar)
        await session.keep_alive(LONGEST_THOUGHT)
        found = await asyncio.to_thread(holds, calendar, session.now())
        if found.state == "special" and found.name not in self.specials:
            return Exit("closed", f"{found.why}, which has no exit here")
        return Exit(f"special:{found.name}" if found.state == "special" else found.state, found.why)
