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

_NONE: Final = Label("0: ohne Grenze.", "0: without a limit.")
_HELD: Final = Label(
    "Bei mehr werden Anrufe nach außen angehalten, bis der Betreiber sie freigibt. 0: ohne Grenze.",
    "With more, calls to the outside are held until the operator releases them. 0: without a limit.",
)
_HELD_ABROAD: Final = Label(
    "Neu ist ein Land, in das 30 Tage lang niemand anrief. Bei mehr werden Anrufe nach außen angehalten, bis der "
    "Betreiber sie freigibt. 0: ohne Grenze.",
    "New is a country nobody called for 30 days. With more, calls to the outside are held until the operator releases "
    "them. 0: without a limit.",
)


@attrs.frozen
class SpendLimit(Resource):
    """What calls of a tenant may cost in a day and in a month, how many may be on at once, and how fast they may come;
    of several the lowest counts, and 0 is without a limit.

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
    at_once: int = setting(
        "integer",
        "Anrufe nach außen zur selben Zeit",
        "Calls to the outside at once",
        default=0,
        minimum=0,
        maximum=10_000,
        help=_NONE,
    )
    numbers_per_hour: int = setting(
        "integer",
        "Verschiedene Rufnummern je Stunde",
        "Different numbers per hour",
        default=0,
        minimum=0,
        maximum=100_000,
        help=_HELD,
    )
    new_country_calls: int = setting(
        "integer",
        "Anrufe je Stunde in neue Länder",
        "Calls per hour to new countries",
        default=0,
        minimum=0,
        maximum=10_000,
        help=_HELD_ABROAD,
    )


@attrs.frozen
class Ceiling:
    """What all limits of a tenant come to. Money is in millionths, None is without a limit; so is 0 of everything else."""

    day: int | None = None
    month: int | None = None
    at_once: int = 0
    numbers_per_hour: int = 0
    new_country_calls: int = 0

    @classmethod
    def of(cls, limits: Iterable[SpendLimit]) -> Ceiling:
        """The lowest of each."""
        found = list(limits)
        return cls(
            _lowest(one.per_day for one in found),
            _lowest(one.per_month for one in found),
            _fewest(one.at_once for one in found),
            _fewest(one.numbers_per_hour for one in found),
            _fewest(one.new_country_calls for one in found),
        )


def _lowest(amounts: Iterable[str]) -> int | None:
    return min((micro(amount) for amount in amounts if amount), default=None)


def _fewest(counts: Iterable[int]) -> int:
    return min(filter(None, counts), default=0)
