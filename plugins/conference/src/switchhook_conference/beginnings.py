"""A flow to begin with."""

from __future__ import annotations

from typing import Any

import attrs

from switchhook import FlowTemplate, Label, drawn_point, setting


@attrs.frozen
class ConferenceOnly(FlowTemplate):
    """Every caller joins a conference, or is told that it is full."""

    kind = "conference-only"
    label = Label("Konferenz", "Conference")
    help = Label("Begrüßt und führt in einen Konferenzraum.", "Welcomes and leads into a conference room.")
    needs = ("conference", "announcement")

    room: str = setting("reference", "Konferenzraum", "Conference room", to="conference-room")
    welcome: str = setting("prompt", "Begrüßung", "Welcome", default="stock/welcome")

    def draw(self, language: str) -> dict[str, Any]:
        """The welcome, the room, and what those hear who are not let in."""
        de = language == "de"
        room = {"room": self.room}
        ways = {"left": "goodbye", "denied": "goodbye", "full": "goodbye"}
        bye, welcome = {"prompts": ["stock/goodbye"]}, {"prompts": [self.welcome]}
        return {
            "start": "welcome",
            "last_resort": "goodbye",
            "points": [
                drawn_point("welcome", "announcement", "Begrüßung" if de else "Welcome", welcome, next="conference"),
                drawn_point("conference", "conference", "Konferenz" if de else "Conference", room, **ways),
                drawn_point("goodbye", "announcement", "Abschied" if de else "Goodbye", bye, next="hang-up"),
            ],
        }
