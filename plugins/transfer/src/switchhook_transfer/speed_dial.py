"""What administrators keep: lists of short numbers, each for a phone or number."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from switchhook import Label, Problem, Resource, setting

A_NAME = Label("eine Zeile mit 1 bis 80 Zeichen", "one line of 1 to 80 characters")
LONGEST = 6
"""Digits of a short number."""


@attrs.frozen
class SpeedDial:
    """One entry: the short number, whose it is, and where it leads."""

    short: str = setting(
        "text",
        "Kurzwahl",
        "Short number",
        pattern=rf"[0-9]{{1,{LONGEST}}}",
        shape=Label("1 bis 6 Ziffern, etwa 07", "1 to 6 digits, such as 07"),
    )
    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=A_NAME)
    target: str = setting("target", "Telefon oder Rufnummer", "Phone or number")


@attrs.frozen
class SpeedDialList(Resource):
    """Short numbers for the same people, such as all of an office."""

    kind = "speed-dial-list"
    label = Label("Kurzwahlliste", "Speed-dial list")
    plural = Label("Kurzwahllisten", "Speed-dial lists")
    icon = "book"
    order = 340
    help = Label(
        "Kurze Nummern, unter denen Mitarbeiter einen Anrufer während des Gesprächs weitervermitteln.",
        "Short numbers by which a caller is transferred during the talk.",
    )

    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=A_NAME)
    entries: tuple[SpeedDial, ...] = setting("rows", "Einträge", "Entries", row=SpeedDial, default=())

    def find(self, short: str) -> SpeedDial | None:
        """The entry of a short number."""
        return next((one for one in self.entries if one.short == short), None)

    def check(self) -> Iterable[Problem]:
        """No short number is there twice."""
        for place, entry in enumerate(self.entries):
            if any(entry.short == earlier.short for earlier in self.entries[:place]):
                yield Problem(f"entries[{place}].short", f"{entry.short} is there twice")
