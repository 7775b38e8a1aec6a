"""A webhook as an administrator keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from ..errors import near_match
from ..resources.resource import Resource
from ..schema import Label, Problem, a_line, setting
from .events import ALL, EVENTS
from .target import TargetRefused, checked_url

KIND: Final = "webhook"


@attrs.frozen
class Webhook(Resource):
    """Where events are sent, which, and the secret by which the receiver knows that they are genuine."""

    kind = KIND
    label = Label("Webhook", "Webhook")
    plural = Label("Webhooks", "Webhooks")
    help = Label(
        "Sendet Ereignisse des ganzen Mandanten an ein Programm. Wer Webhooks ändern darf, erfährt also alles, was geschieht.",
        "Sends events of the whole customer to a program. Who may change webhooks thereby learns all that happens.",
    )
    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=a_line(80, 1))
    url: str = setting("text", "Adresse", "Address", help=Label("Am besten mit https.", "Best with https."))
    secret: str = setting(
        "text",
        "Geheimnis",
        "Secret",
        pattern=r"[!-~]{16,200}",
        shape=Label("16 bis 200 Zeichen ohne Leerzeichen und Umlaute", "16 to 200 plain characters without blanks"),
        secret=True,
        help=Label(
            "16 bis 200 Zeichen. Damit ist jede Sendung unterschrieben (HMAC-SHA256).",
            "16 to 200 characters. Each delivery is signed with it (HMAC-SHA256).",
        ),
    )
    events: tuple[str, ...] = setting(
        "words",
        "Ereignisse",
        "Events",
        minimum=1,
        help=Label("Namen wie call.ended; * für alle.", "Names such as call.ended; * for all."),
    )
    active: bool = setting("boolean", "Aktiv", "Active", default=True)

    def check(self) -> Iterable[Problem]:
        """Only events there are, and an address that can be one."""
        try:
            checked_url(self.url)
        except TargetRefused as refused:
            yield Problem("url", str(refused))
        for place, event in enumerate(self.events):
            if event != ALL and event not in EVENTS:
                hint = near_match(event, EVENTS) or f"; there are {', '.join(EVENTS)}"
                yield Problem(f"events[{place}]", f"there is no event {event!r}{hint}")
