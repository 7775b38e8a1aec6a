"""Flows to begin with."""

from __future__ import annotations

from typing import Any, Final

import attrs

from switchhook import FlowTemplate, Label, Problem, drawn_point, setting

_NOT_THERE: Final = ("busy", "no_answer", "unreachable", "rejected")


@attrs.frozen
class Choice:
    """A key and who is called by it."""

    key: str = setting(
        "text",
        "Taste",
        "Key",
        pattern=r"[0-9*#]",
        shape=Label("eine einzelne Taste: eine Ziffer, * oder #", "a single key: a digit, * or #"),
    )
    target: str = setting("target", "Ziel", "Target")


@attrs.frozen
class HoursHotline(FlowTemplate):
    """A menu during the hours of a calendar, and an announcement outside them and on public holidays."""

    kind = "hours-hotline"
    label = Label("Hotline mit Öffnungszeiten und Menü", "Hotline with hours and menu")
    help = Label(
        "Während der Öffnungszeiten wählt der Anrufer mit einer Taste, sonst hört er eine Ansage.",
        "During opening hours the caller chooses by key, otherwise an announcement is played.",
    )
    needs = ("hours", "announcement", "menu", "forward")

    calendar: str = setting("reference", "Kalender", "Calendar", to="calendar")
    prompt: str = setting("prompt", "Ansage des Menüs", "Prompt of the menu", default="stock/menu")
    choices: tuple[Choice, ...] = setting("rows", "Tasten", "Keys", row=Choice, minimum=1)
    closed: str = setting(
        "prompt", "Ansage, wenn geschlossen ist", "Prompt when closed", default="stock/nobody-available"
    )
    holiday: str = setting("prompt", "Ansage an Feiertagen", "Prompt on holidays", default="stock/nobody-available")

    def check(self) -> list[Problem]:
        """A key leads one way."""
        keys = [one.key for one in self.choices]
        return [
            Problem(f"choices[{place}].key", f"{key!r} is there twice")
            for place, key in enumerate(keys)
            if key in keys[:place]
        ]

    def draw(self, language: str) -> dict[str, Any]:
        """The hours, the menu, a forward for each key, and announcements."""
        de = language == "de"

        def said(id: str, label: str, prompt: str) -> dict[str, Any]:  # noqa: A002 - the domain's own word
            return drawn_point(id, "announcement", label, {"prompts": [prompt]}, next="hang-up")

        keys = {f"key:{one.key}": f"forward-{place}" for place, one in enumerate(self.choices, start=1)}
        menu = {"prompts": [self.prompt], "keys": [one.key for one in self.choices]}
        forwards = [
            drawn_point(
                f"forward-{place}",
                "forward",
                f"{'Taste' if de else 'Key'} {one.key}: {one.target}",
                {"targets": [one.target]},
                answered_end="hang-up",
                **dict.fromkeys(_NOT_THERE, "sorry"),
            )
            for place, one in enumerate(self.choices, start=1)
        ]
        points = [
            drawn_point(
                "hours",
                "hours",
                "Öffnungszeiten" if de else "Opening hours",
                {"calendar": self.calendar},
                open="menu",
                closed="closed",
                holiday="holiday",
            ),
            drawn_point("menu", "menu", "Menü" if de else "Menu", menu, **keys, timeout="sorry", invalid="sorry"),
            *forwards,
            said("closed", "Geschlossen" if de else "Closed", self.closed),
            said("holiday", "Feiertag" if de else "Public holiday", self.holiday),
            said("sorry", "Entschuldigung" if de else "Apology", "stock/unavailable"),
        ]
        return {"start": "hours", "last_resort": "sorry", "points": points}
