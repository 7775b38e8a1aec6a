"""Flows to begin with."""

from __future__ import annotations

from typing import Any

import attrs

from switchhook import FlowTemplate, Label, drawn_point, setting


@attrs.frozen
class BlockList(FlowTemplate):
    """Callers on a list hear a prompt and are hung up on; all others are forwarded."""

    kind = "block-list"
    label = Label("Sperrliste", "Block list")
    help = Label(
        "Wer auf der Liste steht, hört eine Ansage und wird getrennt; alle anderen werden weitergeleitet.",
        "Who is on the list hears an announcement and is disconnected; all others are forwarded.",
    )
    needs = ("caller-list", "announcement", "forward")

    list: str = setting("reference", "Anruferliste", "Caller list", to="caller-list")
    targets: tuple[str, ...] = setting("targets", "Alle anderen an", "All others to", minimum=1)
    prompt: str = setting("prompt", "Ansage für Gesperrte", "Prompt for denied callers", default="stock/unavailable")

    def draw(self, language: str) -> dict[str, Any]:
        """The list, a forward, and two announcements."""
        de = language == "de"
        points = [
            drawn_point(
                "list",
                "caller-list",
                "Sperrliste" if de else "Block list",
                {"lists": [{"list": self.list, "verdict": "deny"}], "anonymous": "like_others"},
                deny="denied",
                no_match="forward",
            ),
            drawn_point(
                "denied",
                "announcement",
                "Gesperrt" if de else "Denied",
                {"prompts": [self.prompt]},
                next="hang-up",
            ),
            drawn_point(
                "forward",
                "forward",
                "Weiterleitung" if de else "Forward",
                {"targets": list(self.targets)},
                answered_end="hang-up",
                **dict.fromkeys(("busy", "no_answer", "unreachable", "rejected"), "sorry"),
            ),
            drawn_point(
                "sorry",
                "announcement",
                "Entschuldigung" if de else "Apology",
                {"prompts": ["stock/unavailable"]},
                next="hang-up",
            ),
        ]
        return {"start": "list", "last_resort": "sorry", "points": points}
