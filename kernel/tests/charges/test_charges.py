"""Charges: once for a key, in the transaction of their cause, a tenant's own; rates set for single tenants."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import UTC, date, datetime

import attrs
import pytest

from switchhook.access.actor import SYSTEM, Actor, Forbidden, Reach
from switchhook.charges.book import Charges, days_of
from switchhook.charges.charge import Cost, write_charges
from switchhook.charges.rate import Rate
from switchhook.clock import SetClock
from switchhook.dispatch.dispatcher import Answer
from switchhook.errors import NotFound, PluginError
from switchhook.money import Money
from switchhook.portal.plugging import rates_of
from switchhook.resources.listing import ListRefused
from switchhook.resources.record import StaleVersion
from switchhook.schema import Label, SettingsRefused
from switchhook.store.audit import Audit, entries
from switchhook.store.engine import Store

NOW = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
"""The first of April already, where charges are made."""
FAX = Rate("sample.fax", Label("Fax", "Fax"), Label("je Fax", "each"), 2, Money(12_500, "EUR"))
ONE = Cost("k1", "sample.fax", "fax:1", Label("Fax 1", "=Fax 1"), FAX.price, date(2026, 4, 1), date(2026, 4, 1))


@pytest.fixture
def charges(store: Store) -> Charges:
    return Charges(store, SetClock(NOW), Audit(b"k" * 32), {FAX.name: FAX})


async def add(charges: Charges, *costs: Cost, tenant: str = "acme") -> list[bool]:
    async with charges.store.write() as conn:
        return [await charges.add(conn, tenant, cost, "kim") for cost in costs]


async def test_a_key_is_charged_once_in_a_tenant_and_with_its_cause_or_not_at_all(charges: Charges) -> None:
    assert charges.today == date(2026, 4, 1)
    again = attrs.evolve(ONE, price=Money(9, "USD"))
    nothing = attrs.evolve(ONE, key="k0", price=Money(0, "EUR"))
    assert await add(charges, ONE, again, nothing) == [True, False, False]
    assert sorted([*await add(charges, ONE), *await add(charges, ONE, tenant="other")]) == [False, True]
    both = await asyncio.gather(*(add(charges, attrs.evolve(ONE, key="k2")) for _ in range(2)))
    assert sorted(both) == [[False], [True]]
    async with charges.store.write() as conn:
        await charges.add(conn, "acme", attrs.evolve(ONE, key="k3"), "kim")
        await conn.rollback()
    found = await charges.of("acme", SYSTEM).all()
    assert [(one.key, str(one.price), one.author, one.made) for one in found] == [
        ("k1", "0.0125 EUR", "kim", NOW),
        ("k2", "0.0125 EUR", "kim", NOW),
    ]
    with pytest.raises(ValueError, match="before it begins"):
        await add(charges, attrs.evolve(ONE, key="k4", ends=date(2026, 3, 1)))


async def test_they_are_listed_by_month_summed_by_currency_and_seen_by_right(charges: Charges) -> None:
    may = attrs.evolve(ONE, begins=date(2026, 5, 1), ends=date(2026, 5, 31))
    costs = [attrs.evolve(ONE, key=f"a{n}") for n in range(3)]
    await add(charges, *costs, attrs.evolve(may, key="m", price=Money(-5_000_000, "USD")))
    acme = charges.of("acme", SYSTEM)
    first = await acme.page(limit=3)
    rest = await acme.page(after=first.after, limit=3)
    assert [one.key for one in (*first.charges, *rest.charges)] == ["m", "a2", "a1", "a0"]
    assert rest.after == ""
    assert [one.key for one in (await acme.page("2026-05")).charges] == ["m"]
    assert [str(one) for one in await acme.sums()] == ["0.0375 EUR", "-5.00 USD"]
    assert [str(one) for one in await acme.sums("2026-04")] == ["0.0375 EUR"]
    assert await charges.of("other", SYSTEM).all() == []
    rows = list(csv.reader(io.StringIO(write_charges(await acme.all("2026-04"), "en"))))
    assert rows[1][1:8] == ["2026-04-01", "2026-04-01", "sample.fax", "fax:1", "'=Fax 1", "0.012500", "EUR"]
    for month in ("2026-13", "0000-01", "last"):
        with pytest.raises(ListRefused):
            await acme.page(month)
    for rights in ({}, {"charge.view": Reach(numbers=frozenset({"+4930"}))}):
        with pytest.raises(Forbidden):
            await charges.of("acme", Actor("kim", rights)).sums()
    assert [days_of(month)[1].day for month in ("2026-02", "2028-02", "2026-12")] == [28, 29, 31]


async def test_an_operator_sets_what_something_costs_one_tenant(charges: Charges) -> None:
    acme = charges.of("acme", SYSTEM)
    changed = await acme.set_rate("sample.fax", 0, 5, Money(1_000_000, "EUR"))
    assert (changed.free, str(changed.price), changed.own, changed.version) == (5, "1.00 EUR", True, 1)
    assert list(await acme.rates()) == [changed]
    (theirs,) = await charges.of("other", SYSTEM).rates()
    assert (theirs.free, str(theirs.price), theirs.own) == (2, "0.0125 EUR", False)
    with pytest.raises(StaleVersion):
        await acme.set_rate("sample.fax", 0, 0, FAX.price)
    with pytest.raises(NotFound, match=r"sample\.fax"):
        await acme.set_rate("sample.fox", 0, 0, FAX.price)
    for free, price in ((-1, 0), (0, -1)):
        with pytest.raises(SettingsRefused):
            await acme.set_rate("sample.fax", 1, free, Money(price, "EUR"))
    with pytest.raises(Forbidden):
        await charges.of("acme", attrs.evolve(SYSTEM, role="superadmin")).set_rate("sample.fax", 1, 0, FAX.price)
    (told,) = await entries(charges.store, "acme", kind="rate")
    assert told.after["fields"] == {"free": 5, "price": "1.00 EUR"}


def test_two_rates_of_one_name_name_both_plugins() -> None:
    with pytest.raises(PluginError, match="kernel and sample"):
        rates_of([("kernel", FAX)], [Answer("sample", FAX)])
