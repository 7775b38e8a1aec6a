"""The resource ``conference-room`` (Konferenzraum): who gets into a room, and what holds in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from switchhook import Label, Problem, Resource, RoomPlan, setting

_UPWARDS: Final = "01234567890"
_PIN: Final = r"([0-9]{4,12})?"
_PIN_SHAPE: Final = Label("4 bis 12 Ziffern", "4 to 12 digits")
DIAL: Final = "6"
"""The key that calls somebody into the room."""
SOUNDS: Final = {
    "joined": "stock/conference-joined",
    "left": "stock/conference-left",
    "muted": "stock/conference-muted",
    "unmuted": "stock/conference-unmuted",
    "all_muted": "stock/conference-all-muted",
    "all_unmuted": "stock/conference-all-unmuted",
    "locked": "stock/conference-locked",
    "unlocked": "stock/conference-unlocked",
    "waits": "stock/conference-waits",
    "begins": "stock/conference-begins",
    "moderator_left": "stock/conference-moderator-left",
    "removed": "stock/conference-removed",
    "count": "stock/conference-count",
}


@attrs.frozen
class ConferenceRoom(Resource):
    """A room. Give it an id of digits, such as ``4711``, where callers are asked for its number.

    Who enters ``moderator_pin`` is a moderator, whoever enters ``pin`` a
    participant; without ``pin`` everybody else is one. ``dial_out`` says who
    may call others into the room by key 6; ``caller_id`` is the number shown
    to them, else the one the room was reached by.
    """

    kind = "conference-room"
    label = Label("Konferenzraum", "Conference room")
    plural = Label("Konferenzräume", "Conference rooms")
    help = Label("Wer anruft, spricht mit allen anderen im Raum.", "Whoever calls talks to all others in the room.")
    icon = "users-group"
    order = 125

    name: str = setting(
        "text",
        "Name",
        "Name",
        pattern=r"\S.{0,79}",
        shape=Label("eine Zeile mit 1 bis 80 Zeichen", "one line of 1 to 80 characters"),
    )
    pin: str = setting(
        "text",
        "PIN der Teilnehmer",
        "PIN of participants",
        default="",
        pattern=_PIN,
        shape=_PIN_SHAPE,
        secret=True,
        help=Label("Ohne PIN kommt jeder Anrufer hinein.", "Without a PIN every caller gets in."),
    )
    moderator_pin: str = setting(
        "text", "PIN der Moderatoren", "PIN of moderators", default="", pattern=_PIN, shape=_PIN_SHAPE, secret=True
    )
    most: int = setting("integer", "Höchstens Teilnehmer", "Most participants", default=20, minimum=2, maximum=500)
    waits: bool = setting(
        "boolean",
        "Auf den Moderator warten",
        "Wait for the moderator",
        default=False,
        help=Label("Bis dahin hören Teilnehmer Musik.", "Until then participants hear music."),
    )
    music: str = setting("prompt", "Musik beim Warten", "Music while waiting", default="stock/please-hold")
    ends: bool = setting("boolean", "Endet mit dem letzten Moderator", "Ends with the last moderator", default=False)
    tones: bool = setting("boolean", "Töne beim Kommen und Gehen", "Tones when somebody joins or leaves", default=True)
    muted: bool = setting("boolean", "Teilnehmer anfangs stumm", "Participants muted at first", default=False)
    longest_minutes: int = setting(
        "integer", "Längste Teilnahme in Minuten", "Longest stay in minutes", default=240, minimum=1, maximum=1440
    )
    language: str = setting(
        "choice",
        "Sprache der Ansagen",
        "Language of prompts",
        default="",
        choices=("", "de", "en"),
        names=(Label("die des Anrufs", "that of the call"), Label("Deutsch", "German"), Label("Englisch", "English")),
    )
    dial_out: str = setting(
        "choice",
        "Hinauswählen dürfen",
        "Who may dial out",
        default="nobody",
        choices=("nobody", "moderators", "all"),
        names=(Label("niemand", "nobody"), Label("Moderatoren", "moderators"), Label("alle", "everybody")),
        help=Label(
            "Mit Taste 6. Wohin, sagen die Regeln für abgehende Anrufe.",
            "By key 6. Where to is up to the permissions for outbound calls.",
        ),
    )
    caller_id: str = setting(
        "reference",
        "Gezeigte Rufnummer beim Hinauswählen",
        "Number shown when dialling out",
        to="number",
        default="",
    )

    def check(self) -> Iterator[Problem]:
        """What is wrong with fields taken together. No problem tells a PIN."""
        for name, pin in (("pin", self.pin), ("moderator_pin", self.moderator_pin)):
            if pin and trivial(pin):
                yield Problem(name, "is too easy to guess; do not repeat one digit or count")
        if self.pin and self.pin == self.moderator_pin:
            yield Problem("moderator_pin", "is that of the participants; give moderators one of their own")
        for name in ("waits", "ends"):
            if getattr(self, name) and not self.moderator_pin:
                yield Problem("moderator_pin", "is needed, or nobody can be the moderator of this room")
                return

    @property
    def pins(self) -> tuple[str, ...]:
        """All PINs that let somebody in."""
        return tuple(filter(None, (self.pin, self.moderator_pin)))

    @property
    def longest(self) -> int:
        """The longest stay in seconds."""
        return 60 * self.longest_minutes

    def plan(self, id: str, *, moderator: bool) -> RoomPlan:  # noqa: A002 - the domain's own word
        """How a caller is in the room of this id."""
        dials = self.dial_out == "all" or (moderator and self.dial_out == "moderators")
        return RoomPlan(
            owner=(self.kind, id),
            moderator=moderator,
            most=self.most,
            waits=self.waits,
            ends=self.ends,
            tones=self.tones,
            muted=self.muted and not moderator,
            longest=self.longest,
            music=self.music,
            keys=DIAL if dials else "",
            sounds=SOUNDS,
        )


def trivial(pin: str) -> bool:
    """Whether a PIN is one digit over and over, or digits counted upwards or downwards."""
    return len(set(pin)) == 1 or pin in _UPWARDS or pin in _UPWARDS[::-1]
