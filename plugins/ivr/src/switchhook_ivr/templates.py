"""Flows to begin with."""

from __future__ import annotations

from typing import Any

import attrs

from switchhook import FlowTemplate, KeyChoice, Label, Problem, doubled_keys, drawn_menu, drawn_point, setting


def _sorry(language: str) -> dict[str, Any]:
    label = "Entschuldigung" if language == "de" else "Apology"
    return drawn_point("sorry", "announcement", label, {"prompts": ["stock/unavailable"]}, next="hang-up")


@attrs.frozen
class AnnounceAndHangUp(FlowTemplate):
    """Says something and hangs up."""

    kind = "announcement"
    label = Label("Ansage und auflegen", "Announcement and hang-up")
    help = Label(
        "Der Anrufer hört eine Ansage, dann endet der Anruf.", "The caller hears a prompt, then the call ends."
    )
    needs = ("announcement",)

    prompt: str = setting("prompt", "Ansage", "Prompt", default="stock/unavailable")

    def draw(self, language: str) -> dict[str, Any]:
        """One point, and an apology for when it fails."""
        label = "Ansage" if language == "de" else "Announcement"
        said = drawn_point("announcement", "announcement", label, {"prompts": [self.prompt]}, next="hang-up")
        return {"start": "announcement", "last_resort": "sorry", "points": [said, _sorry(language)]}


@attrs.frozen
class Hotline(FlowTemplate):
    """A menu whose keys ring somebody each."""

    kind = "hotline"
    label = Label("Hotline mit Menü", "Hotline with menu")
    help = Label(
        "Der Anrufer wählt mit einer Taste, wer verbunden wird.", "The caller chooses by key who is connected."
    )
    needs = ("announcement", "menu", "forward")

    prompt: str = setting("prompt", "Ansage des Menüs", "Prompt of the menu")
    choices: tuple[KeyChoice, ...] = setting("rows", "Tasten", "Keys", row=KeyChoice, minimum=1)

    def check(self) -> list[Problem]:
        """A key leads one way."""
        return doubled_keys(self.choices)

    def draw(self, language: str) -> dict[str, Any]:
        """The menu, a forward for each key, and an apology."""
        points = drawn_menu(self.prompt, self.choices, language, "sorry")
        return {"start": "menu", "last_resort": "sorry", "points": [*points, _sorry(language)]}
