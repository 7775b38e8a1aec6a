"""The resource ``announcement-access`` (Ansagen am Telefon): who may record which announcements by telephone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from switchhook import Label, Problem, Resource, setting

MOST: Final = 9


@attrs.frozen
class AnnouncementAccess(Resource):
    """Whoever knows the PIN records these announcements; the first is chosen by key 1, the second by key 2."""

    kind = "announcement-access"
    label = Label("Ansagen am Telefon", "Announcements by telephone")
    plural = Label("Ansagen am Telefon", "Announcements by telephone")
    help = Label("Wer am Telefon welche Ansagen aufnehmen darf.", "Who may record which announcements by telephone.")
    icon = "phone"
    order = 111

    name: str = setting(
        "text",
        "Name",
        "Name",
        pattern=r"\S.{0,79}",
        shape=Label("eine Zeile mit 1 bis 80 Zeichen", "one line of 1 to 80 characters"),
    )
    pin: str = setting(
        "text", "PIN", "PIN", pattern=r"[0-9]{4,12}", shape=Label("4 bis 12 Ziffern", "4 to 12 digits"), secret=True
    )
    announcements: tuple[str, ...] = setting(
        "references",
        "Ansagen",
        "Announcements",
        to="announcement",
        help=Label(
            "Höchstens neun, in der Reihenfolge der Tasten 1 bis 9.", "At most nine, in the order of the keys 1 to 9."
        ),
    )
    live: bool = setting(
        "boolean",
        "Angenommene sofort zu hören",
        "Heard at once when accepted",
        default=True,
        help=Label(
            "Sonst wird sie im Portal zur hörbaren Version gemacht.",
            "Otherwise somebody lets it be heard in the portal.",
        ),
    )

    def check(self) -> Iterable[Problem]:
        """What is wrong with fields taken together."""
        if not 1 <= len(self.announcements) <= MOST:
            yield Problem("announcements", "must be 1 to 9 announcements")
        if len(set(self.pin)) == 1 or self.pin in "01234567890" or self.pin in "09876543210":
            yield Problem("pin", "is too easy to guess; do not repeat one digit or count")
