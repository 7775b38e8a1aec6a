"""From a call and a price list to an amount: pure, exact and the same whenever it is done again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

import attrs

from ..calls.number_class import NumberClass, number_class
from ..money import Money
from .price_list import ANY, CallRate, PriceList

MINUTE: Final = 60


@attrs.frozen
class Line:
    """What one leg costs, or pays: by which rate, for how many charged seconds. It never mixes the two.

    ``rate`` is the id of the rate. Of ``amount`` alone fractions of a
    millionth were rounded, half up; sums of lines are exact.
    """

    rate: str
    direction: str
    destination: NumberClass
    charged_seconds: int
    amount: Money


@attrs.frozen
class Tariff:
    """A price list with its rates by id, ready to look up numbers in. Build it with :meth:`of`."""

    prices: PriceList
    rates: Mapping[str, CallRate]
    _by_prefix: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, prices: PriceList, rates: Mapping[str, CallRate]) -> Tariff:
        """The tariff of a list and the rates that belong to it."""
        by_prefix: dict[str, list[str]] = {}
        for id, rate in sorted(rates.items()):  # noqa: A001 - the domain's own word
            by_prefix.setdefault(rate.prefix, []).append(id)
        return cls(prices, rates, by_prefix)

    def rate(self, number: str) -> str | None:
        """The id of the rate for a canonical number; None where there is none, and then nobody is called.

        The longest prefix counts, then a rate for the number's country, then
        one for its kind, then the dearer one, and last the id.
        """
        found = number_class(number)
        for length in range(len(number), -1, -1):
            here = self._by_prefix.get(number[:length], ())
            fitting = [id for id in here if _fits(self.rates[id], found)]  # noqa: A001
            if fitting:
                return max(fitting, key=self._rank)
        return None

    def _rank(self, id: str) -> tuple[bool, bool, int, str]:  # noqa: A002
        rate = self.rates[id]
        return bool(rate.country), rate.number_kind != ANY, rate.per_call_micro() + rate.per_minute_micro(), id


def _fits(rate: CallRate, found: NumberClass) -> bool:
    return rate.country in ("", found.country) and rate.number_kind in (ANY, found.kind)


def in_force(lists: Iterable[tuple[str, PriceList]], direction: str, moment: datetime) -> str | None:
    """The id of the list that holds at a moment with a zone; of several the one that began last, then the last id."""
    holding = [
        (prices.valid_from, id)
        for id, prices in lists  # noqa: A001
        if prices.direction == direction and holds(prices, moment.astimezone(prices.days).date())
    ]
    return max(holding)[1] if holding else None


def holds(prices: PriceList, day: date) -> bool:
    """Whether a list holds on a day of its own zone, its first and last day among them."""
    told = day.isoformat()
    return prices.valid_from <= told and (not prices.valid_until or told <= prices.valid_until)


def rated(tariff: Tariff, number: str, talk_ms: int) -> Line | None:
    """The line of an answered leg to a canonical number; None where the tariff has no rate for it.

    Raises ``ValueError`` for a negative time.
    """
    chosen = tariff.rate(number)
    if chosen is None:
        return None
    rate = tariff.rates[chosen]
    seconds = charged_seconds(rate, talk_ms)
    amount = Money(price(rate, seconds), tariff.prices.currency)
    return Line(chosen, tariff.prices.direction, number_class(number), seconds, amount)


def charged_seconds(rate: CallRate, talk_ms: int) -> int:
    """The first tick, and every further one that has begun."""
    if talk_ms < 0:
        raise ValueError(f"nobody talks for {talk_ms} ms")
    beyond = max(0, talk_ms - 1000 * rate.first_seconds)
    return rate.first_seconds + rate.next_seconds * -(-beyond // (1000 * rate.next_seconds))


def price(rate: CallRate, seconds: int) -> int:
    """What so many charged seconds cost, in millionths; half of one is rounded up."""
    return rate.per_call_micro() + (2 * rate.per_minute_micro() * seconds + MINUTE) // (2 * MINUTE)


def seconds_for(rate: CallRate, micro: int, most: int) -> int:
    """The longest talk in whole seconds, at most ``most``, that costs no more than ``micro``; 0 where none does."""
    if price(rate, charged_seconds(rate, 0)) > micro:
        return 0
    least, beyond = 1, most + 1  # least can be paid, beyond cannot or is not wanted
    while beyond - least > 1:
        middle = (least + beyond) // 2
        if price(rate, charged_seconds(rate, 1000 * middle)) <= micro:
            least = middle
        else:
            beyond = middle
    return least


def total(lines: Iterable[Line]) -> Mapping[tuple[str, str], Money]:
    """The sums of lines, by direction and currency: costs and payouts are never netted."""
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        key = line.direction, line.amount.currency
        sums[key] = sums.get(key, 0) + line.amount.micro
    return {key: Money(sum_, key[1]) for key, sum_ in sums.items()}
