"""The resource ``announcement`` (Ansage): a sound callers hear, with all its versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from switchhook import Label, Resource, setting

LANGUAGES: Final = ("de", "en")
ROLES: Final = ("other", "intro", "waiting", "outro", "greeting", "consent")


@attrs.frozen
class Announcement(Resource):
    """One announcement. Flows name it as the prompt ``own/ID``; ``current`` is the version they let be heard.

    ``translation`` is the one for callers of the other language; without it they hear ``current`` as well.
    """

    kind = "announcement"
    label = Label("Ansage", "Announcement")
    plural = Label("Ansagen", "Announcements")
    help = Label(
        "Was Anrufer hören: hochgeladen, aus Text gesprochen oder am Telefon aufgenommen.",
        "What callers hear: uploaded, spoken from a text, or recorded by telephone.",
    )
    icon = "volume"
    order = 110
    heard_as = "own/"

    name: str = setting(
        "text",
        "Name",
        "Name",
        pattern=r"\S.{0,79}",
        shape=Label("eine Zeile mit 1 bis 80 Zeichen", "one line of 1 to 80 characters"),
    )
    language: str = setting(
        "choice",
        "Sprache",
        "Language",
        default="de",
        choices=LANGUAGES,
        names=(Label("Deutsch", "German"), Label("Englisch", "English")),
    )
    role: str = setting(
        "choice",
        "Verwendung",
        "Used as",
        default="other",
        choices=ROLES,
        names=(
            Label("sonstige Ansage", "other"),
            Label("Intro vor dem Klingeln", "intro before it rings"),
            Label("Warteansage", "while waiting"),
            Label("Abspann nach dem Gespräch", "outro after the talk"),
            Label("Begrüßung der Mailbox", "greeting of a mailbox"),
            Label("Einwilligung", "consent"),
        ),
    )
    current: int = setting(
        "integer",
        "Version, die zu hören ist",
        "Version that is heard",
        default=0,
        minimum=0,
        maximum=100000,
        help=Label(
            "0: noch keine. Die Versionen stehen beim Abspielen.", "0: none yet. The player shows the versions."
        ),
    )
    translation: int = setting(
        "integer",
        "Version für die andere Sprache",
        "Version for the other language",
        default=0,
        minimum=0,
        maximum=100000,
        help=Label("0: keine, dann hören alle dieselbe.", "0: none, then everybody hears the same."),
    )

    def other(self) -> str:
        """The other language."""
        return next(one for one in LANGUAGES if one != self.language)

    def heard(self) -> Mapping[str, int]:
        """Which version is heard in which language."""
        versions = {self.language: self.current, self.other(): self.translation}
        return {language: no for language, no in versions.items() if no}
