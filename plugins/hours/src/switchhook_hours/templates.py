"""Flows to begin with."""

from __future__ import annotations

from typing import Any

import attrs

from switchhook import FlowTemplate, KeyChoice, Label, Problem, doubled_keys, drawn_menu, drawn_point, setting


@attrs.frozen
class HoursHotline(FlowTemplate):
    """A menu during the hours of a calendar; outside them and on public holidays an announcement, then a mailbox if
    one is chosen.
    """

    kind = "hours-hotline"
    label = Label("Hotline mit Öffnungszeiten und Menü", "Hotline with hours and menu")
    help = Label(
        "Während der Öffnungszeiten wählt der Anrufer mit einer Taste, sonst hört er eine Ansage und kann eine Nachricht "
        "hinterlassen.",
        "During opening hours the caller chooses by key, otherwise an announcement is played and a message can be left.",
    )
    needs = ("hours", "announcement", "menu", "forward")

    calendar: str = setting("reference", "Kalender", "Calendar", to="calendar")
    prompt: str = setting("prompt", "Ansage des Menüs", "Prompt of the menu", default="stock/menu")
    choices: tuple[KeyChoice, ...] = setting("rows", "Tasten", "Keys", row=KeyChoice, minimum=1)
    closed: str = setting(
        "prompt", "Ansage, wenn geschlossen ist", "Prompt when closed", default="stock/nobody-available"
    )
    holiday: str = setting("prompt", "Ansage an Feiertagen", "Prompt on holidays", default="stock/nobody-available")

    mailbox: str = setting(
        "reference",
        "Mailbox nach diesen Ansagen",
        "Mailbox after these prompts",
        to="mailbox",
        default="",
        help=Label("Ohne Mailbox wird danach aufgelegt.", "Without a mailbox the call ends after them."),
    )

    def check(self) -> list[Problem]:
        """A key leads one way."""
        return doubled_keys(self.choices)

    def draw(self, language: str) -> dict[str, Any]:
        """The hours, the menu, a forward for each key, announcements, and the mailbox."""
        de, after = language == "de", "mailbox" if self.mailbox else "hang-up"

        def said(id: str, label: str, prompt: str, then: str = after) -> dict[str, Any]:  # noqa: A002
            return drawn_point(id, "announcement", label, {"prompts": [prompt]}, next=then)

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
            *drawn_menu(self.prompt, self.choices, language, "sorry"),
            said("closed", "Geschlossen" if de else "Closed", self.closed),
            said("holiday", "Feiertag" if de else "Public holiday", self.holiday),
            said("sorry", "Entschuldigung" if de else "Apology", "stock/unavailable", "hang-up"),
        ]
        if self.mailbox:
            ways = {"recorded": "hang-up", "empty": "hang-up", "full": "sorry"}
            points.append(drawn_point("mailbox", "mailbox", "Mailbox", {"mailbox": self.mailbox}, **ways))
        return {"start": "hours", "last_resort": "sorry", "points": points}
