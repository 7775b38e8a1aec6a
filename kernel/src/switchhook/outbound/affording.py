"""What legs can cost at most, and how long money lasts: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from ..calls.budget import Budget
from ..money import Money
from ..rating.price_list import CallRate
from ..rating.rating import charged_seconds, price, seconds_for
from .limit import Ceiling

LEAST: Final = 60
"""Seconds: nobody is called for less."""
UNTOLD: Final = ("", "trunk")
"""What is known of who answered where several numbers rang together through the trunk, or nothing is."""
TENANT: Final = "tenant"
"""What the kernel's own budgets are called; those of plugins have a dot in their name."""


@attrs.frozen
class Pot:
    """Money of one budget in one period; without a ``limit`` it is only counted."""

    budget: str
    period: str
    limit: int | None


@attrs.frozen
class Left:
    """What is left in a pot that has a limit."""

    pot: Pot
    micro: int


def pots_of(ceiling: Ceiling, budgets: Iterable[Budget], at: datetime, zone: ZoneInfo) -> Sequence[Pot]:
    """All pots a leg takes from at a moment."""
    day = at.astimezone(zone).date().isoformat()
    names = {"day": day, "month": day[:7], "always": "always"}
    own = [Pot(TENANT, day, ceiling.day), Pot(TENANT, day[:7], ceiling.month)]
    return own + [Pot(budget.name, names[budget.period], budget.limit) for budget in budgets]


def dearest(rates: Iterable[CallRate], seconds: int) -> int:
    """What a talk costs at most, whoever of the called answers."""
    return max((price(rate, charged_seconds(rate, 1000 * seconds)) for rate in rates), default=0)


def affordable(rates: Iterable[CallRate], left: Iterable[Left], wanted: int) -> int:
    """The longest talk in whole seconds, at most ``wanted``, that no pot is too small for; 0 where there is none."""
    money = min((one.micro for one in left), default=None)
    if money is None:
        return wanted
    return min((seconds_for(rate, money, wanted) for rate in rates), default=wanted)


def used_up(left: Iterable[Left], currency: str) -> str:
    """Why a leg is not dialled that not even a minute can be paid for: the emptiest pot, in words."""
    emptiest = min(left, key=lambda one: one.micro)
    rest, limit = Money(max(0, emptiest.micro), currency), Money(emptiest.pot.limit or 0, currency)
    whose, period = emptiest.pot.budget, emptiest.pot.period
    if whose == TENANT:
        return f"of the spend limit of {limit} for {period} only {rest} are left, too little for a minute"
    return f"of the budget {whose!r} of {limit} for {period} only {rest} are left, too little for a minute"


def cost(rates: Mapping[str, CallRate], answered_by: str, talk_ms: int, limit_seconds: int) -> tuple[str, int, int]:
    """Who was talked to, the charged seconds and the price of an answered leg.

    Nothing is charged beyond the limit, which Asterisk keeps to within the
    time it takes to say so. A phone of the house costs nothing. Where it is not known who answered, it was the dearest.
    """
    talked = min(talk_ms, 1000 * limit_seconds)

    def told(number: str) -> tuple[str, int, int]:
        seconds = charged_seconds(rates[number], talked)
        return number, seconds, price(rates[number], seconds)

    if answered_by not in UNTOLD:
        return told(answered_by) if answered_by in rates else (answered_by, 0, 0)
    return max((told(number) for number in sorted(rates)), key=lambda one: one[2], default=("", 0, 0))
