"""Flows to begin with."""

from __future__ import annotations

from typing import Any

import attrs

from switchhook import FlowTemplate, Label, Problem, drawn_point, setting


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
class Choice:
    """A key and who is called by it."""

    key: str = setting(
        "text",
        "Taste",
        "Key",
        pattern=r"[0-9*#]",
        shape=Label("eine Taste: eine Ziffer, * oder #", "one key: a digit, * or #"),
    )
    target: str = setting("target", "Ziel", "Target")


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
    choices: tuple[Choice, ...] = setting("rows", "Tasten", "Keys", row=Choice, minimum=1)

    def check(self) -> list[Problem]:
        """A key leads one way."""
        keys = [one.key for one in self.choices]
        return [
            Problem(f"choices[{place}].key", f"{key!r} is there twice")
            for place, key in enumerate(keys)
            if key in keys[:place]
        ]

    def draw(self, language: str) -> dict[str, Any]:
        """The menu, a forward for each key, and an apology."""
        de = language == "de"
        exits = {f"key:{one.key}": f"forward-{place}" for place, one in enumerate(self.choices, start=1)}
        settings = {"prompts": [self.prompt], "keys": [one.key for one in self.choices]}
        menu = drawn_point(
            "menu", "menu", "Menü" if de else "Menu", settings, **exits, timeout="sorry", invalid="sorry"
        )
        ways = dict.fromkeys(("busy", "no_answer", "unreachable", "rejected"), "sorry")
        forwards = [
            drawn_point(
                f"forward-{place}",
                "forward",
                f"{'Taste' if de else 'Key'} {one.key}: {one.target}",
                {"targets": [one.target]},
                answered_end="hang-up",
                **ways,
            )
            for place, one in enumerate(self.choices, start=1)
        ]
        return {"start": "menu", "last_resort": "sorry", "points": [menu, *forwards, _sorry(language)]}
