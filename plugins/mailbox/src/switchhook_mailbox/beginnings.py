"""A flow to begin with."""

from __future__ import annotations

from typing import Any

import attrs

from switchhook import FlowTemplate, Label, drawn_point, setting


@attrs.frozen
class MailboxOnly(FlowTemplate):
    """Takes a message of each caller."""

    kind = "mailbox-only"
    label = Label("Nur Mailbox", "Mailbox only")
    help = Label("Jeder Anrufer hinterlässt eine Nachricht.", "Each caller leaves a message.")
    needs = ("mailbox", "announcement")

    mailbox: str = setting("reference", "Mailbox", "Mailbox", to="mailbox")

    def draw(self, language: str) -> dict[str, Any]:
        """The mailbox, and an announcement for when it takes nothing."""
        de = language == "de"
        exits = {"recorded": "hang-up", "empty": "hang-up", "full": "full"}
        return {
            "start": "mailbox",
            "last_resort": "full",
            "points": [
                drawn_point("mailbox", "mailbox", "Mailbox", {"mailbox": self.mailbox}, **exits),
                drawn_point(
                    "full",
                    "announcement",
                    "Keine Aufnahme" if de else "No recording",
                    {"prompts": ["stock/mailbox-full"]},
                    next="hang-up",
                ),
            ],
        }
