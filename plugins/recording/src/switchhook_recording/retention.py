"""The resource ``recording-class`` (Aufbewahrungsklasse): how long recordings are kept."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from switchhook import Label, Resource, setting

LONG = 365


@attrs.frozen
class RecordingClass(Resource):
    """Recordings of this class are deleted ``days`` after they were made, unless they are held."""

    kind = "recording-class"
    label = Label("Aufbewahrungsklasse", "Retention class")
    plural = Label("Aufbewahrungsklassen", "Retention classes")
    help = Label(
        "Wie lange Mitschnitte aufbewahrt werden. Danach löscht sie das Portal von selbst.",
        "How long recordings are kept. Then the portal deletes them by itself.",
    )
    icon = "calendar-time"
    order = 131
    columns = ("name", "days", "purpose")

    name: str = setting("text", "Name", "Name", pattern=r"[^\x00-\x1f]{1,80}", shape=Label(
        "ein Name in einer Zeile mit 1 bis 80 Zeichen", "a name of 1 to 80 characters in one line"
    ))  # fmt: skip
    days: int = setting("integer", "Aufbewahrung in Tagen", "Days kept", default=90, minimum=1, maximum=3650)
    purpose: str = setting(
        "text",
        "Zweck",
        "Purpose",
        default="",
        help=Label(
            "Wozu aufgezeichnet wird, etwa als Nachweis eines Auftrags. Er steht in jedem Nachweis der Einwilligung.",
            "What is recorded for, such as the proof of an order. It stands in each proof of consent.",
        ),
    )

    def title(self) -> str:
        """Its name."""
        return self.name

    def odd(self) -> Iterator[tuple[str, Label]]:
        """What is kept for long has to have a purpose that somebody wrote down."""
        if self.days > LONG and not self.purpose:
            yield (
                "recording-long",
                Label(
                    f"Mitschnitte werden {self.days} Tage aufbewahrt; schreiben Sie den Zweck dazu",
                    f"recordings are kept for {self.days} days; write down what for",
                ),
            )
