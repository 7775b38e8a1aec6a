"""Spend limits: what a tenant's calls may cost, as an operator keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from ..rating.price_list import AMOUNT, AMOUNT_WORDS, micro
from ..resources.resource import Resource
from ..schema import Label, a_line, setting

LIMIT: Final = "spend-limit"
_EMPTY: Final = Label("In der Währung der Preisliste. Leer: ohne Grenze.", "In the price list's currency. Empty: none.")


@attrs.frozen
class SpendLimit(Resource):
    """What calls of a tenant may cost in a day and in a month; of several the lowest counts.

    Without one the default of the portal's settings holds (``[spending]``).
    """

    kind = LIMIT
    label = Label("Ausgabengrenze", "Spend limit")
    plural = Label("Ausgabengrenzen", "Spend limits")
    icon = "coin"
    order = 638
    by_operator = True
    help = Label(
        "Vor jedem Anruf nach außen wird zurückgelegt, was er höchstens kosten kann; Asterisk selbst beendet ihn, wenn "
        "das Geld verbraucht ist. Von mehreren Grenzen zählt die niedrigste, ohne eigene die der Einstellungen.",
        "Before each call to the outside what it can cost at most is put aside; Asterisk itself ends it when the money "
        "is used up. Of several limits the lowest counts, without one that of the settings.",
    )
    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=a_line(80, 1))
    per_day: str = setting(
        "text", "Je Tag", "Per day", default="", pattern=AMOUNT, shape=AMOUNT_WORDS, help=_EMPTY
    )  # fmt: skip
    per_month: str = setting(
        "text", "Je Monat", "Per month", default="", pattern=AMOUNT, shape=AMOUNT_WORDS, help=_EMPTY
    )  # fmt: skip


@attrs.frozen
class Ceiling:
    """What all limits of a tenant come to, in millionths; None is without a limit."""

    day: int | None = None
    month: int | None = None

    @classmethod
    def of(cls, limits: Iterable[SpendLimit]) -> Ceiling:
        """The lowest of each."""
        found = list(limits)
        return cls(_lowest(one.per_day for one in found), _lowest(one.per_month for one in found))


def _lowest(amounts: Iterable[str]) -> int | None:
    return min((micro(amount) for amount in amounts if amount), default=None)
