from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from switchhook import Label, NotFound
from switchhook.access.actor import ALL_RIGHTS, Actor, Forbidden, Reach
from switchhook.alerts.inbox import Alerts
from switchhook.clock import SetClock
from switchhook.store.engine import Store

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
KIM = Actor("kim", ALL_RIGHTS, "admin")
GONE = Label("Punkt fehlt", "A point is missing")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def alerts(store: Store, clock: SetClock) -> Alerts:
    return Alerts(store, clock)


async def test_the_same_again_counts_until_it_is_closed_and_is_new_after_that(alerts: Alerts, clock: SetClock) -> None:
    await alerts.raise_("acme", "missing_point", "hotline/menu", GONE, label="Hotline")
    clock.advance(60)
    await asyncio.gather(*(alerts.raise_("acme", "missing_point", "hotline/menu", GONE) for _ in range(4)))
    await alerts.raise_("acme", "missing_point", "hotline/end", GONE)
    inbox = alerts.of("acme", KIM)
    other, first = (await inbox.page()).alerts
    assert (first.key, first.count, first.first, first.last) == ("hotline/menu", 5, NOW, NOW + timedelta(seconds=60))
    assert (other.key, other.count) == ("hotline/end", 1)
    assert await inbox.open_count() == 2

    seen = await inbox.acknowledge(first.id)
    assert (seen.state, seen.handled_by) == ("acknowledged", "kim")
    await alerts.raise_("acme", "missing_point", "hotline/menu", GONE)
    assert (await inbox.alert(first.id)).count == 6
    assert await inbox.open_count() == 1

    await inbox.close(first.id)
    assert (await inbox.close(first.id)).state == "closed"
    await alerts.raise_("acme", "missing_point", "hotline/menu", GONE)
    newest = (await inbox.page(limit=1)).alerts[0]
    assert (newest.count, newest.state) == (1, "open")
    assert newest.id != first.id


async def test_an_alert_is_part_of_the_transaction_it_is_raised_in(alerts: Alerts, store: Store) -> None:
    async def fail() -> None:
        async with store.write() as conn:
            await alerts.raise_("acme", "rule", "key", GONE, conn=conn)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert (await alerts.of("acme", KIM).page()).alerts == []


async def test_what_is_over_is_closed_by_itself(alerts: Alerts) -> None:
    await alerts.raise_("operator", "disk", "data", GONE, severity="error")
    await alerts.settle("operator", "disk", "data")
    (closed,) = (await alerts.of("operator", KIM).page()).alerts
    assert (closed.state, closed.handled_by) == ("closed", "system")


async def test_nobody_sees_or_handles_what_is_not_his(alerts: Alerts) -> None:
    await alerts.raise_("acme", "rule", "key", GONE)
    (alert,) = (await alerts.of("acme", KIM).page()).alerts
    foreign = alerts.of("other", KIM)
    assert (await foreign.page()).alerts == []
    for ask in (foreign.alert, foreign.acknowledge, foreign.close):
        with pytest.raises(NotFound):
            await ask(alert.id)
    viewer = alerts.of("acme", Actor("lee", {"alert.view": Reach(everything=True)}))
    assert (await viewer.alert(alert.id)).state == "open"
    with pytest.raises(Forbidden):
        await viewer.close(alert.id)
    narrow = alerts.of("acme", Actor("jo", {"alert.view": Reach(numbers=frozenset({"+4922112345"}))}))
    with pytest.raises(Forbidden):
        await narrow.page()
    assert await narrow.open_count() == 0


async def test_pages_go_on_where_the_last_one_ended(alerts: Alerts) -> None:
    for n in range(5):
        await alerts.raise_("acme", "rule", str(n), GONE)
    inbox, found, after = alerts.of("acme", KIM), [], 0
    while True:
        page = await inbox.page(after=after, limit=2)
        found += [one.key for one in page.alerts]
        after = page.after
        if not after:
            break
    assert found == ["4", "3", "2", "1", "0"]
