"""S66, I23, I24: rating is exact, reproducible, and follows the list alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.calls.number_class import NUMBER_KINDS, number_class
from switchhook.money import Money
from switchhook.rating.price_list import ANY, CallRate, PriceList, country
from switchhook.rating.rating import Line, Tariff, charged_seconds, holds, in_force, price, rated, seconds_for, total
from switchhook.schema import Label, SettingsRefused, read_settings, settings_of

LIST = PriceList(name="Prices", valid_from="2026-01-01")
amounts = st.decimals("0", "9.999999", places=6).map(str)
numbers = st.one_of(
    st.from_regex(r"\+49(15|17|221|30|900|800|137)[0-9]{6,8}", fullmatch=True),
    st.from_regex(r"\+(1|33|43|44|881|979)[0-9]{7,10}", fullmatch=True),
)
ticks = st.sampled_from([1, 6, 10, 30, 60, 90])
talks = st.integers(0, 8 * 3600 * 1000)


def rates_with(**fixed):
    fields = {
        "name": st.just("x"),
        "price_list": st.just("l"),
        "prefix": st.one_of(st.just("+"), st.just("+49"), numbers.map(lambda n: n[:5])),
        "country": st.sampled_from(["", "DE", "US", "001"]),
        "number_kind": st.sampled_from([ANY, *NUMBER_KINDS]),
        "per_call": amounts,
        "per_minute": amounts,
        "first_seconds": ticks,
        "next_seconds": ticks,
    }
    return st.builds(CallRate, **{name: st.just(fixed[name]) if name in fixed else how for name, how in fields.items()})


some = rates_with()
tariffs = st.dictionaries(st.from_regex(r"[a-z]{1,3}", fullmatch=True), some, max_size=8).map(
    lambda rates: Tariff.of(LIST, rates)
)


def tariff(**rates) -> Tariff:
    return Tariff.of(LIST, {name: CallRate(name=name, price_list="l", **fields) for name, fields in rates.items()})


@given(some, talks)
def test_a_line_is_the_exact_price_rounded_once(rate: CallRate, talk_ms: int) -> None:
    """Worked out again in fractions, tick by tick."""
    seconds = rate.first_seconds
    whole, rest = divmod(max(0, talk_ms - 1000 * rate.first_seconds), 1000 * rate.next_seconds)
    seconds += (whole + (rest > 0)) * rate.next_seconds
    assert charged_seconds(rate, talk_ms) == seconds
    exact = Fraction(rate.per_call) + Fraction(rate.per_minute) * seconds / 60
    assert abs(Fraction(price(rate, seconds), 1_000_000) - exact) <= Fraction(1, 2_000_000)


@given(some, talks, talks)
def test_a_longer_talk_never_costs_less(rate: CallRate, one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    assert price(rate, charged_seconds(rate, shorter)) <= price(rate, charged_seconds(rate, longer))


@given(some, talks)
def test_within_a_tick_the_price_is_the_same(rate: CallRate, talk_ms: int) -> None:
    charged = charged_seconds(rate, talk_ms)
    assert talk_ms <= charged * 1000
    assert charged_seconds(rate, charged * 1000) == charged
    assert charged_seconds(rate, charged * 1000 + 1) == charged + rate.next_seconds


@given(some, st.integers(0, 100_000_000), st.integers(1, 20_000))
def test_the_longest_talk_for_some_money_is_paid_by_it_and_a_second_more_is_not(
    rate: CallRate, micro: int, most: int
) -> None:
    longest = seconds_for(rate, micro, most)
    assert 0 <= longest <= most
    if longest:
        assert price(rate, charged_seconds(rate, 1000 * longest)) <= micro
    if longest < most:
        assert price(rate, charged_seconds(rate, 1000 * longest + 1000)) > micro


@given(tariffs, numbers, talks)
def test_rating_again_gives_the_same_in_whatever_order_the_rates_come(
    given_: Tariff, number: str, talk_ms: int
) -> None:
    other = Tariff.of(LIST, dict(reversed(list(given_.rates.items()))))
    assert rated(given_, number, talk_ms) == rated(other, number, talk_ms)


@given(tariffs, numbers)
def test_the_longest_prefix_that_fits_decides(given_: Tariff, number: str) -> None:
    """Looked for in another way: all rates, one by one."""
    found = number_class(number)
    fits = [
        rate
        for rate in given_.rates.values()
        if number.startswith(rate.prefix)
        and rate.country in ("", found.country)
        and rate.number_kind in (ANY, found.kind)
    ]
    chosen = given_.rate(number)
    if not fits:
        assert chosen is None
        assert rated(given_, number, 1000) is None
        return
    rate = given_.rates[chosen or ""]
    assert rate in fits
    rivals = [one for one in fits if len(one.prefix) == max(len(one.prefix) for one in fits)]
    assert rate in rivals
    same = [one for one in rivals if (one.country, one.number_kind) == (rate.country, rate.number_kind)]
    assert rate.per_call_micro() + rate.per_minute_micro() == max(
        one.per_call_micro() + one.per_minute_micro() for one in same
    )


@given(st.lists(st.tuples(tariffs, numbers, talks), max_size=6))
def test_lines_sum_up_to_the_total_and_never_across_directions(calls) -> None:
    lines = [line for one in calls if (line := rated(*one)) is not None]
    payouts = [rated(Tariff.of(PriceList(name="P", valid_from="2026-01-01", direction="payout"), t.rates), n, ms)
               for t, n, ms in calls]  # fmt: skip
    both = lines + [line for line in payouts if line is not None]
    sums = total(both)
    for direction in ("cost", "payout"):
        micro = sum(line.amount.micro for line in both if line.direction == direction)
        assert sums.get((direction, "EUR"), Money(0, "EUR")) == Money(micro, "EUR")


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,3}", fullmatch=True),
        st.builds(
            lambda start, days, direction: PriceList(
                name="x",
                valid_from=start.isoformat(),
                valid_until="" if days is None else (start + timedelta(days=days)).isoformat(),
                direction=direction,
            ),
            st.dates(date(2026, 1, 1), date(2026, 12, 31)),
            st.one_of(st.none(), st.integers(0, 200)),
            st.sampled_from(["cost", "payout"]),
        ),
        max_size=6,
    ),
    st.integers(0, 13_000).map(lambda hours: datetime(2025, 12, 1, tzinfo=UTC) + timedelta(hours=hours)),
)
def test_of_the_lists_that_hold_the_one_that_began_last_counts(lists, moment) -> None:
    chosen = in_force(lists.items(), "cost", moment)
    there = {
        name: one
        for name, one in lists.items()
        if one.direction == "cost" and holds(one, moment.astimezone(one.days).date())
    }
    assert (chosen is None) == (not there)
    if chosen is not None:
        assert lists[chosen].valid_from == max(one.valid_from for one in there.values())


def test_a_new_list_holds_from_midnight_of_its_own_zone() -> None:
    """S66: a price that changes in the middle of a month splits its calls by their beginning."""
    lists = [
        ("old", PriceList(name="Old", valid_from="2026-01-01")),
        ("new", PriceList(name="New", valid_from="2026-03-15")),
    ]
    before = datetime(2026, 3, 14, 22, 59, 59, tzinfo=UTC)  # 23:59:59 in Berlin
    assert in_force(lists, "cost", before) == "old"
    assert in_force(lists, "cost", before + timedelta(seconds=1)) == "new"
    assert in_force(lists, "payout", before) is None


def test_rates_as_a_carrier_has_them() -> None:
    prices = tariff(
        fixed={"country": "DE", "number_kind": "fixed", "per_minute": "0.01", "first_seconds": 60, "next_seconds": 1},
        mobile={"country": "DE", "number_kind": "mobile", "per_call": "0,05", "per_minute": "0,09"},
        handy={"prefix": "+49151", "per_minute": "0.12"},
        world={"prefix": "+33", "per_minute": "0.02"},
    )
    assert rated(prices, "+4922112345", 61_500).amount == Money(10_333, "EUR")  # type: ignore[union-attr]
    assert rated(prices, "+491701234567", 61_500).amount == Money(230_000, "EUR")  # type: ignore[union-attr]
    assert rated(prices, "+4915112345678", 0).amount == Money(120_000, "EUR")  # type: ignore[union-attr]
    assert rated(prices, "+33612345678", 1).rate == "world"  # type: ignore[union-attr]
    for nowhere in ("+12125551234", "+49900123456", "112", "20", "anonymous", ""):
        assert rated(prices, nowhere, 1000) is None, nowhere


@pytest.mark.parametrize(
    ("rate", "field"),
    [
        (CallRate(name="x", price_list="l"), "prefix"),
        (PriceList(name="x", valid_from="2026-02-01", valid_until="2026-01-31"), "valid_until"),
        (PriceList(name="x", valid_from="2026-02-01", zone="Europe/Köln"), "zone"),
    ],
)
def test_what_would_price_everything_or_nothing_is_refused(rate, field: str) -> None:
    assert [one.path for one in rate.check()] == [field]


def test_nobody_talks_less_than_no_time() -> None:
    with pytest.raises(ValueError, match="-1 ms"):
        charged_seconds(CallRate(name="x", price_list="l", prefix="+49"), -1)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (CallRate(name="x", price_list="l"), ("prefix", "say for which numbers: a prefix, a country or a kind of number")),
        (CallRate(name="x", price_list="l", prefix="+4"), None),
        (CallRate(name="x", price_list="l", country="DE"), None),
        (CallRate(name="x", price_list="l", number_kind="mobile"), None),
        (PriceList(name="x", valid_from="2026-02-01", valid_until="2026-02-01"), None),
        (
            PriceList(name="x", valid_from="2026-02-01", valid_until="2026-01-31"),
            ("valid_until", "lies before the first day of the list"),
        ),
        (PriceList(name="x", valid_from="2026-02-01", zone="Köln"), ("zone", "'Köln' is no time zone; one is Europe/Berlin")),
    ],
)  # fmt: skip
def test_what_an_administrator_is_told_about_a_rate_or_list(value, problem) -> None:
    assert [(one.path, one.message) for one in value.check()] == ([problem] if problem else [])


def test_a_country_is_two_capitals_or_none_and_nothing_means_every_one() -> None:
    @attrs.frozen
    class Somewhere:
        country: str = country(Label("Hilfe", "Help"))

    declared, _ = settings_of(Somewhere)["country"]
    assert (declared.label, declared.help) == (Label("Land", "Country"), Label("Hilfe", "Help"))
    assert declared.shape == Label("ein Land wie DE, 001 für keines", "a country such as DE, 001 for none")
    assert read_settings(Somewhere, {}) == Somewhere(country="")
    for fine in ("DE", "001"):
        assert read_settings(Somewhere, {"country": fine}).country == fine
    for wrong in ("de", "D", "DEU", "002", "1", 49):
        with pytest.raises(SettingsRefused):
            read_settings(Somewhere, {"country": wrong})


def test_of_rates_of_one_prefix_a_country_counts_then_a_kind_then_the_dearer_then_the_id() -> None:
    prices = tariff(
        a={"prefix": "+49", "per_minute": "9"},
        b={"prefix": "+49", "country": "DE", "per_minute": "0.01"},
        c={"prefix": "+49", "country": "DE", "number_kind": "mobile", "per_minute": "0.01"},
    )
    assert (prices.rate("+4922112345"), prices.rate("+491711234567")) == ("b", "c")
    kinds = tariff(a={"prefix": "+49", "per_minute": "9"}, b={"prefix": "+49", "number_kind": "fixed"})
    assert (kinds.rate("+4922112345"), kinds.rate("+491711234567")) == ("b", "a")
    dear = tariff(
        a={"prefix": "+49", "per_call": "0.05", "per_minute": "0.02"},
        b={"prefix": "+49", "per_minute": "0.06"},
        c={"prefix": "+49", "per_call": "0.06"},
    )
    assert dear.rate("+4922112345") == "a", "by the sum of both"
    same = tariff(a={"prefix": "+49", "per_minute": "1"}, c={"prefix": "+49", "per_minute": "1"}, b={"prefix": "+49"})
    assert same.rate("+4922112345") == "c"
    everywhere = tariff(a={"country": "DE"}, b={"number_kind": "fixed"})
    assert everywhere.rate("+33142685300") == "b", "without a prefix, by the rest"


def test_a_line_says_by_which_rate_whereto_and_for_how_long() -> None:
    prices = tariff(fixed={"prefix": "+49221", "per_minute": "0.06", "first_seconds": 30, "next_seconds": 10})
    paid = Tariff.of(attrs.evolve(prices.prices, direction="payout", currency="CHF"), prices.rates)
    destination = number_class("+4922112345")
    assert rated(prices, "+4922112345", 30_001) == Line("fixed", "cost", destination, 40, Money(40_000, "EUR"))
    assert rated(paid, "+4922112345", 1) == Line("fixed", "payout", destination, 30, Money(30_000, "CHF"))


def test_a_list_holds_on_its_last_day_and_no_longer() -> None:
    prices = PriceList(name="x", valid_from="2026-02-01", valid_until="2026-02-28")
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1)]
    assert [holds(prices, day) for day in days] == [False, True, True, False]


def test_money_that_is_just_enough_is_enough() -> None:
    rate = CallRate(name="x", price_list="l", prefix="+49", per_minute="0.60", first_seconds=1, next_seconds=1)
    assert [seconds_for(rate, micro, 100) for micro in (9_999, 10_000, 19_999, 20_000, 10**9)] == [0, 1, 1, 2, 100]
    first = attrs.evolve(rate, first_seconds=60, next_seconds=60)
    assert [seconds_for(first, micro, 1000) for micro in (599_999, 600_000, 1_199_999, 1_200_000)] == [0, 60, 60, 120]


def test_sums_are_kept_by_direction_and_currency() -> None:
    line = Line("r", "cost", number_class("+4922112345"), 1, Money(1, "EUR"))
    lines = [line, attrs.evolve(line, amount=Money(2, "EUR")), attrs.evolve(line, amount=Money(5, "CHF")),
             attrs.evolve(line, direction="payout", amount=Money(7, "EUR"))]  # fmt: skip
    assert total(lines) == {
        ("cost", "EUR"): Money(3, "EUR"), ("cost", "CHF"): Money(5, "CHF"), ("payout", "EUR"): Money(7, "EUR"),
    }  # fmt: skip
