"""What is odd about a flow that leads into a room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from switchhook import Finding, Flow, KeptRule

from .conference import Conference
from .room import ConferenceRoom


def found_in(flow: Flow, kept: Mapping[tuple[str, str], Any]) -> Sequence[Finding]:
    """Rooms anybody gets into who knows the number, above all where they call others in at the tenant's expense."""
    return [
        finding
        for name, point in flow.points.items()
        if isinstance(point.module, Conference)
        and isinstance(room := kept.get((ConferenceRoom.kind, point.module.room)), ConferenceRoom)
        for finding in _about(name, room)
    ]


def _about(name: str, room: ConferenceRoom) -> Iterator[Finding]:
    if room.dial_out == "all" and not room.pin:
        yield Finding(
            "conference-dial-out",
            "error",
            f"points.{name}.settings.room",
            f"everybody who reaches the room {room.name} calls others in at your expense; give participants a PIN",
            german=f"Jeder, der den Raum {room.name} erreicht, ruft andere auf Ihre Kosten an; geben Sie Teilnehmern eine PIN.",
        )
    elif not room.pins:
        yield Finding(
            "conference-open",
            "warning",
            f"points.{name}.settings.room",
            f"everybody who reaches the room {room.name} listens there; give participants a PIN",
            german=f"Jeder, der den Raum {room.name} erreicht, hört dort mit; geben Sie Teilnehmern eine PIN.",
        )


RULES = (KeptRule((ConferenceRoom.kind,), found_in),)
