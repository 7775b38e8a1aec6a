"""Extra storage ordered in steps: there at once, paid by the day, then by the month, by the superadmin alone (S33)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from switchhook.access.actor import SYSTEM, Actor, Forbidden
from switchhook.access.tenant import Tenant
from switchhook.charges.book import Charges
from switchhook.charges.rate import PriceChanged
from switchhook.media import values
from switchhook.media.ordering import STORAGE, ExtraStorage, TenantStorage
from switchhook.media.values import STEP
from switchhook.money import Money
from switchhook.resources.record import ChangeRefused, StaleVersion
from switchhook.speech.audio import to_wav, tone
from switchhook.store.directory import Directory

from .conftest import House

SUE = Actor("sue", SYSTEM.rights, "superadmin", "sue")


@pytest.fixture
async def extra(house: House) -> ExtraStorage:
    media = house.media
    house.clock.moment = datetime(2026, 4, 21, 12, tzinfo=UTC)  # ten days of April's thirty are left
    for tenant, state in (("acme", "active"), ("tries", "demo")):
        await Directory(house.store, house.clock).put_tenant(Tenant(tenant, tenant, house.clock.now(), state=state))
    return ExtraStorage(media, Charges(media.store, media.clock, media.audit, {STORAGE.name: STORAGE}))


def of(extra: ExtraStorage, actor: Actor = SUE) -> TenantStorage:
    return extra.of("acme", actor)


async def charged(extra: ExtraStorage) -> list[tuple[str, str, str, str]]:
    found = await extra.charges.of("acme", SYSTEM).all()
    return [(one.said.en, str(one.price), f"{one.begins:%m-%d}", f"{one.ends:%m-%d}") for one in found]


async def test_steps_count_at_once_and_are_paid_for_the_days_that_are_left(extra: ExtraStorage) -> None:
    quote = await of(extra).quote(3)
    assert (str(quote.now), str(quote.monthly)) == ("1.00 EUR", "3.00 EUR")
    for agreed in ("", "0.99 EUR"):
        with pytest.raises(PriceChanged):
            await of(extra).order(0, 3, agreed)
    assert await charged(extra) == []
    usage = await of(extra).order(0, 3, "1.00 EUR")
    assert (usage.quota, usage.version) == (values.DEFAULT_QUOTA + 3 * STEP, 1)
    with pytest.raises(StaleVersion):
        await of(extra).order(0, 4, "0.33 EUR")
    assert (await of(extra).order(1, 1)).steps == 1, "giving back costs nothing"
    assert str((await of(extra).quote(3)).now) == "0.00 EUR", "this month is paid for three"
    assert (await of(extra).order(2, 4, str((await of(extra).quote(4)).now))).steps == 4
    april = [
        ("30 GB of extra storage", "1.00 EUR", "04-21", "04-30"),
        ("10 GB of extra storage", "0.33 EUR", "04-21", "04-30"),
    ]
    assert await charged(extra) == april


async def test_each_month_that_begins_is_charged_once_also_after_a_while_off(extra: ExtraStorage) -> None:
    await of(extra).order(0, 2, "0.67 EUR")
    extra.media.clock.advance(timedelta(days=45).total_seconds())  # type: ignore[attr-defined]
    await extra.charges.of("acme", SYSTEM).set_rate("storage", 0, 0, Money(2_000_000, "EUR"))
    await extra.bill()
    await extra.bill()
    months = [
        ("20 GB of extra storage", "4.00 EUR", "05-01", "05-31"),
        ("20 GB of extra storage", "4.00 EUR", "06-01", "06-30"),
    ]
    assert (await charged(extra))[1:] == months
    extra.media.clock.advance(timedelta(days=30).total_seconds())  # type: ignore[attr-defined]
    assert (await of(extra).order(1, 0)).steps == 0
    assert (await charged(extra))[-1][2:] == ("07-01", "07-31"), "a month that has begun is owed also where it ends"
    extra.media.clock.advance(timedelta(days=60).total_seconds())  # type: ignore[attr-defined]
    await extra.bill()
    assert len(await charged(extra)) == 4


async def test_steps_the_operator_made_free_cost_nothing(extra: ExtraStorage) -> None:
    await extra.charges.of("acme", SYSTEM).set_rate("storage", 0, 2, Money(3_000_000, "EUR"))
    assert (await of(extra).order(0, 2)).steps == 2
    assert str((await of(extra).quote(3)).now) == "1.00 EUR"
    await of(extra).order(1, 3, "1.00 EUR")
    extra.media.clock.advance(timedelta(days=20).total_seconds())  # type: ignore[attr-defined]
    await extra.bill()
    assert [price for _, price, *_ in await charged(extra)] == ["1.00 EUR", "3.00 EUR"]


async def test_only_a_superadmin_of_an_active_tenant_orders_and_nothing_is_lost(
    extra: ExtraStorage, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for actor in (attrs.evolve(SUE, role="admin"), SYSTEM):
        with pytest.raises(Forbidden):
            await of(extra, actor).order(0, 1, "0.33 EUR")
    with pytest.raises(ChangeRefused, match="demo"):
        await extra.of("tries", SUE).order(0, 1, "0.33 EUR")
    with pytest.raises(ValueError, match="steps"):
        await of(extra).quote(-1)
    await of(extra).order(0, 1, "0.33 EUR")
    monkeypatch.setattr(values, "DEFAULT_QUOTA", 100)
    await house.of().put("recording", ("flow", "x"), to_wav(tone(440, 1.0)))
    with pytest.raises(ChangeRefused, match="delete files first"):
        await of(extra).order(1, 0)
