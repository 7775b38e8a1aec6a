"""A produced announcement as a value: asked for, given a price, accepted, delivered (S26)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

import attrs

from switchhook import Label, Money, SwitchhookError, setting

from .announcement import LANGUAGES

State = Literal["requested", "quoted", "accepted", "delivered", "refused", "withdrawn"]
Move = Literal["quote", "accept", "deliver", "refuse", "withdraw"]
MOVES: Final[Mapping[Move, tuple[State, tuple[State, ...]]]] = {
    "quote": ("quoted", ("requested", "quoted")),
    "accept": ("accepted", ("quoted",)),
    "deliver": ("delivered", ("accepted", "delivered")),
    "refuse": ("refused", ("requested", "quoted")),
    "withdraw": ("withdrawn", ("requested", "quoted")),
}
"""What each move leads to, and from where it can be made. What is delivered can be delivered once more, mended."""
OPERATORS: Final[tuple[Move, ...]] = ("quote", "deliver", "refuse")
SAID: Final[Mapping[State, Label]] = {
    "requested": Label("angefragt", "asked for"),
    "quoted": Label("Preis genannt", "price named"),
    "accepted": Label("beauftragt", "ordered"),
    "delivered": Label("geliefert", "delivered"),
    "refused": Label("abgelehnt", "refused"),
    "withdrawn": Label("zurückgenommen", "taken back"),
}


class ProductionMoved(SwitchhookError):
    """A produced announcement cannot go from its state to the one that is wanted."""

    code = "production_state"


@attrs.frozen
class ProductionAsked:
    """What a tenant wants to have produced."""

    title: str = setting(
        "text",
        "Name der Ansage",
        "Name of the announcement",
        pattern=r"\S.{0,79}",
        shape=Label("eine Zeile mit 1 bis 80 Zeichen", "one line of 1 to 80 characters"),
    )
    text: str = setting(
        "text",
        "Text",
        "Text",
        pattern=r"[\s\S]{1,4000}",
        shape=Label("ein Text mit 1 bis 4000 Zeichen", "a text of 1 to 4000 characters"),
    )
    language: str = setting("choice", "Sprache", "Language", default="de", choices=LANGUAGES)
    wishes: str = setting(
        "text",
        "Wünsche zu Stimme, Musik, Termin",
        "Wishes for voice, music, date",
        default="",
        pattern=r"[\s\S]{0,1000}",
        shape=Label("ein Text mit höchstens 1000 Zeichen", "a text of at most 1000 characters"),
    )


@attrs.frozen
class Production:
    """One of them. ``announcement`` is where it was delivered to, ``note`` what the operator said last."""

    tenant: str
    id: str
    title: str
    text: str
    wishes: str
    language: str
    state: State
    price: Money
    note: str
    announcement: str
    account: str
    author: str
    version: int
    made: datetime
    changed: datetime

    @property
    def kind(self) -> str:
        """What the audit calls it."""
        return "produced-announcement"

    def must_allow(self, move: Move) -> State:
        """The state a move leads to; raises :class:`ProductionMoved` where it cannot be made from this one."""
        to, begins = MOVES[move]
        if self.state not in begins:
            raise ProductionMoved(
                f"“{self.title}” is {SAID[self.state].en} by now; look at it again", state=self.state, move=move
            )
        return to

    def may(self, move: Move) -> bool:
        """Whether a move can be made from its state."""
        return self.state in MOVES[move][1]
