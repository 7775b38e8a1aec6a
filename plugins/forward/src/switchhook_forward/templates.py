"""Flows to begin with."""

from __future__ import annotations

from typing import Any

import attrs

from switchhook import FlowTemplate, Label, drawn_point, setting


@attrs.frozen
class SimpleForward(FlowTemplate):
    """Rings somebody, and apologises when nobody is there."""

    kind = "simple-forward"
    label = Label("Einfache Weiterleitung", "Simple forward")
    help = Label(
        "Verbindet jeden Anrufer gleich; ist niemand da, hört er eine Ansage.",
        "Connects each caller at once; when nobody is there, an announcement is played.",
    )
    needs = ("forward", "announcement")

    targets: tuple[str, ...] = setting("targets", "Ziele", "Targets", minimum=1)
    ring: int = setting("integer", "Klingeldauer in s", "Ring time in s", default=25, minimum=10, maximum=180)

    def draw(self, language: str) -> dict[str, Any]:
        """Two points."""
        de = language == "de"
        ways = ("busy", "no_answer", "unreachable", "rejected")
        exits = {**dict.fromkeys(ways, "nobody"), "answered_end": "hang-up"}
        settings = {"targets": list(self.targets), "ring": self.ring}
        return {
            "start": "forward",
            "last_resort": "nobody",
            "points": [
                drawn_point("forward", "forward", "Weiterleitung" if de else "Forward", settings, **exits),
                drawn_point(
                    "nobody",
                    "announcement",
                    "Niemand da" if de else "Nobody there",
                    {"prompts": ["stock/unavailable"]},
                    next="hang-up",
                ),
            ],
        }
