"""A flow to begin with."""

from __future__ import annotations

from typing import Any

import attrs

from switchhook import FlowTemplate, Label, drawn_point, setting


@attrs.frozen
class CallthroughOnly(FlowTemplate):
    """A number by which staff call on. Behind a freephone number it costs them nothing."""

    kind = "callthrough-only"
    label = Label("Callthrough", "Callthrough")
    help = Label(
        "Mitarbeiter telefonieren von außen über die Leitungen des Hauses; über eine 0800-Rufnummer für sie kostenlos.",
        "Staff call from outside by the house's lines; by a freephone number at no charge to them.",
    )
    needs = ("callthrough", "announcement")

    accounts: tuple[str, ...] = setting("references", "Konten", "Accounts", to="callthrough-account", minimum=1)
    asks: bool = setting("boolean", "Nach der Kontonummer fragen", "Ask for the number of the account", default=False)

    def draw(self, language: str) -> dict[str, Any]:
        """The dial tone, and what those hear whom nothing can be done for."""
        de = language == "de"
        settings, bye = {"accounts": list(self.accounts), "asks": self.asks}, {"prompts": ["stock/goodbye"]}
        ways = {"ended": "hang-up", "denied": "hang-up", "failed": "goodbye"}
        return {
            "start": "callthrough",
            "last_resort": "goodbye",
            "points": [
                drawn_point("callthrough", "callthrough", "Callthrough", settings, **ways),
                drawn_point("goodbye", "announcement", "Abschied" if de else "Goodbye", bye, next="hang-up"),
            ],
        }
