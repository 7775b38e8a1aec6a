"""Whether calls to the outside come too fast or are too many: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs

from ..calls.budget import Budget
from ..calls.number_class import number_class
from .limit import Ceiling

WINDOW: Final = timedelta(hours=1)
FORGOTTEN: Final = timedelta(days=30)
"""After which a country nobody called is new again."""


@attrs.frozen
class Known:
    """A country a tenant's calls went to: since when, and when last."""

    country: str
    first: datetime
    last: datetime


def countries(numbers: Iterable[str]) -> frozenset[str]:
    """The countries of numbers; where one has none, its kind stands for it."""
    found = map(number_class, numbers)
    return frozenset(one.country or one.kind for one in found)


def new_ones(wanted: Collection[str], known: Iterable[Known], home: Collection[str], at: datetime) -> frozenset[str]:
    """Those of the countries nobody called before this hour, or not for long."""
    old = {one.country for one in known if one.first <= at - WINDOW and one.last > at - FORGOTTEN}
    return frozenset(wanted) - old - frozenset(home)


def too_fast(ceiling: Ceiling, numbers: Collection[str], recent: Sequence[Sequence[str]], new: frozenset[str]) -> str:
    """Why a call to these numbers is one too many within the hour, empty where it is none.

    ``recent`` are the numbers of each earlier call of the hour, ``new`` the new countries among all of these.
    """
    different = {*numbers, *(number for call in recent for number in call)}
    if ceiling.numbers_per_hour and len(different) > ceiling.numbers_per_hour:
        return f"more than {ceiling.numbers_per_hour} different numbers were called within an hour"
    if not ceiling.new_country_calls or new.isdisjoint(countries(numbers)):
        return ""
    abroad = 1 + sum(not new.isdisjoint(countries(call)) for call in recent)
    if abroad > ceiling.new_country_calls:
        where = ", ".join(sorted(new))
        return f"more than {ceiling.new_country_calls} calls went to new countries within an hour: {where}"
    return ""


def too_many(ceiling: Ceiling, budgets: Iterable[Budget], on: Sequence[Collection[str]]) -> str:
    """Why a call is one too many at the same time, empty where it is none; ``on`` are the budgets of those there are."""
    if ceiling.at_once and len(on) >= ceiling.at_once:
        return f"{ceiling.at_once} calls to the outside are on, as many as the spend limit allows at once"
    count = Counter(name for names in on for name in set(names))
    for budget in budgets:
        if budget.at_once and count[budget.name] >= budget.at_once:
            return f"{budget.at_once} calls with the budget {budget.name!r} are on, as many as it allows at once"
    return ""
