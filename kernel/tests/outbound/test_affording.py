"""How long money lasts: never a talk that can cost more than is left, and never one shorter than it need be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook import Budget
from switchhook.outbound.affording import Left, Pot, affordable, cost, dearest
from switchhook.rating.price_list import CallRate

AMOUNT = st.builds("{}.{:06}".format, st.integers(0, 3), st.integers(0, 999_999))
RATES = st.lists(
    st.builds(
        CallRate,
        name=st.just("any"),
        price_list=st.just("now"),
        prefix=st.just("+49"),
        per_call=AMOUNT,
        per_minute=AMOUNT,
        first_seconds=st.integers(1, 90),
        next_seconds=st.integers(1, 90),
    ),
    min_size=1,
    max_size=4,
)
POTS = st.lists(
    st.builds(Left, st.just(Pot("tenant", "2026-11", 1)), st.integers(-1000, 10**8)), min_size=1, max_size=3
)


@given(RATES, POTS, st.integers(1, 20_000))
def test_a_talk_is_as_long_as_its_money_whoever_answers(rates: list[CallRate], left: list[Left], wanted: int) -> None:
    money, seconds = min(one.micro for one in left), affordable(rates, left, wanted)
    assert 0 <= seconds <= wanted
    assert seconds == 0 or dearest(rates, seconds) <= money
    assert seconds == wanted or dearest(rates, seconds + 1) > money


@given(RATES, st.integers(0, 10**8), st.integers(1, 20_000))
def test_no_talk_costs_more_than_was_put_aside_for_it(rates: list[CallRate], talk_ms: int, limit: int) -> None:
    """I3: Asterisk's own limit is kept to within some milliseconds, which nobody pays for."""
    numbered = {f"+4930{no}": rate for no, rate in enumerate(rates)}
    for who in (*numbered, "trunk", "", "anna"):
        _, seconds, micro = cost(numbered, who, talk_ms, limit)
        assert 0 <= micro <= dearest(rates, limit)
        assert (micro, seconds) == (0, 0) if who == "anna" else seconds > 0
    assert cost(numbered, "trunk", talk_ms, limit)[2] == max(cost(numbered, one, talk_ms, limit)[2] for one in numbered)


@pytest.mark.parametrize(
    ("name", "limit", "period", "at_once"),
    [
        ("tenant", 1, "day", 0),
        ("Callthrough.anna", 1, "day", 0),
        ("callthrough.user anna", 1, "day", 0),
        ("callthrough.anna", -1, "day", 0),
        ("callthrough.anna", True, "day", 0),
        ("callthrough.anna", 1, "week", 0),
        ("callthrough.anna", 1, "day", -1),
    ],
)
def test_a_budget_of_another_shape_is_refused(name: str, limit: int, period: str, at_once: int) -> None:
    with pytest.raises(ValueError, match="budget"):
        Budget(name, limit, period, at_once)  # type: ignore[arg-type]


def test_a_budget_is_read_as_people_write_amounts() -> None:
    assert Budget.of("callthrough.anna", "12,5", at_once=2) == Budget("callthrough.anna", 12_500_000, "day", 2)
    assert Budget.of("callthrough.anna", "0.000001", "always").limit == 1
    with pytest.raises(ValueError, match=r"12\.50"):
        Budget.of("callthrough.anna", "much")
