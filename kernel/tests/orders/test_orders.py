from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import attrs
import pytest
from administered import administered

from switchhook import Job, NotFound, Order, OrderHopeless, OrderLater, SwitchhookError, hookimpl
from switchhook.access.actor import ALL_RIGHTS, SYSTEM, Actor, Forbidden
from switchhook.clock import SetClock
from switchhook.orders.book import forget_orders
from switchhook.orders.working import AT_ONCE, LONGEST_PAUSE, OF_A_KIND, Working, pause
from switchhook.portal.order_office import OrderOffice
from switchhook.store.audit import entries

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
OLGA = Actor("olga", ALL_RIGHTS, "operator", "olga")


@attrs.define
class Site:
    """A book of orders, and one who works."""

    admin: object
    clock: SetClock
    done: list[Order] = attrs.field(factory=list)
    fail: list[BaseException] = attrs.field(factory=list)
    given_up: list[tuple[str, str]] = attrs.field(factory=list)
    faults: list[BaseException] = attrs.field(factory=list)

    @property
    def orders(self):
        return self.admin.orders

    async def carry_out(self, job: Job, order: Order) -> None:
        self.done.append(order)
        if self.fail:
            raise self.fail.pop(0)
        await job.run(self.admin, order)

    async def bell(self, conn, order: Order, why: str) -> None:
        self.given_up.append((order.kind, why))

    def working(self, *jobs: Job) -> Working:
        known = {job.kind: job for job in jobs or (Job("sing", nothing),)}
        return Working(
            self.admin.store, self.clock, known, self.carry_out, self.bell, lambda _, error: self.faults.append(error)
        )


async def nothing(admin, order) -> None:
    pass


def jobs():
    return [Job("sing", nothing)]


@pytest.fixture
async def site(store, tmp_path):
    clock = SetClock(NOW)
    return Site(await administered(store, clock, tmp_path, jobs=hookimpl(jobs)), clock)


async def test_a_look_at_a_book_in_which_nothing_is_due_asks_one_short_question(site, monkeypatch):
    """It is done twice a second, day and night."""
    await site.orders.give("acme", "sing", {}, due=NOW + timedelta(minutes=5))
    monkeypatch.setattr("switchhook.orders.working._oldest", None)
    assert await site.working().all_due() == 0


async def test_what_is_ordered_is_done_once_at_its_moment(site):
    await site.orders.give("acme", "sing", {"song": "üä"}, due=NOW + timedelta(minutes=5))
    working = site.working()
    assert await working.all_due() == 0
    site.clock.advance(301)
    assert await working.all_due() == 1
    assert await working.all_due() == 0
    assert [(one.tenant, one.payload, one.tries) for one in site.done] == [("acme", {"song": "üä"}, 1)]


async def test_the_same_is_ordered_once_also_after_it_was_done(site):
    given = [await site.orders.give("acme", "sing", {}, once="a") for _ in range(2)]
    given.append(await site.orders.give("other", "sing", {}, once="a"))
    await site.working().all_due()
    given.append(await site.orders.give("acme", "sing", {}, once="a"))
    assert given == [True, False, True, False]
    assert len(site.done) == 2
    site.clock.advance(31 * 86400)
    await forget_orders(site.admin.store, site.clock.now())
    assert await site.orders.give("acme", "sing", {}, once="a")


async def test_an_order_lives_and_dies_with_its_cause(site):
    with suppress(RuntimeError):
        async with site.admin.store.write() as conn:
            await site.orders.add(conn, "acme", "sing", {})
            raise RuntimeError
    async with site.admin.store.write() as conn:
        await site.orders.add(conn, "acme", "sing", {}, once="b")
        await site.orders.add(conn, "acme", "sing", {}, once="c")
        assert await site.orders.withdraw(conn, "acme", "sing", "b")
        assert not await site.orders.withdraw(conn, "other", "sing", "c")
        assert await site.orders.put_off(conn, "acme", "sing", "c", NOW + timedelta(hours=1))
    assert await site.working().all_due() == 0
    site.clock.advance(3601)
    await site.working().all_due()
    assert [one.once for one in site.done] == ["c"]


async def test_it_is_tried_again_ever_later_and_given_up_in_the_end(site):
    site.fail = [SwitchhookError("not now")] * 100
    await site.orders.give("acme", "sing", {})
    working, at = site.working(), []
    for _ in range(24 * 12):
        if await working.all_due():
            at.append((site.clock.now() - NOW).total_seconds())
        site.clock.advance(300)
    assert at[:6] == [0, 300, 600, 900, 1200, 1500]
    assert max(b - a for a, b in pairwise(at)) <= LONGEST_PAUSE + 300
    site.clock.advance(3600)
    await working.all_due()
    assert site.given_up == [("sing", "not now")]
    assert site.faults == []
    assert [pause(10, n) for n in (1, 2, 3, 30)] == [10, 20, 40, LONGEST_PAUSE]


async def test_what_cannot_help_is_not_tried_again_and_later_is_no_failure(site):
    site.fail = [OrderHopeless("the mailbox is gone"), OrderLater("not in this hour", NOW + timedelta(hours=2))]
    await site.orders.give("acme", "sing", {}, once="1")
    await site.orders.give("acme", "sing", {}, once="2")
    working = site.working()
    await working.all_due()
    assert site.given_up == [("sing", "the mailbox is gone")]
    site.clock.advance(7200)
    await working.all_due()
    assert [(one.once, one.tries) for one in site.done] == [("1", 1), ("2", 1), ("2", 1)]


@pytest.mark.parametrize("error", [ValueError("odd"), SystemExit(3), asyncio.CancelledError()], ids=repr)
async def test_whatever_a_plugin_raises_the_others_are_served(site, error):
    site.fail = [error]
    await site.orders.give("acme", "sing", {}, once="1")
    await site.orders.give("acme", "sing", {}, once="2")
    await site.working().all_due()
    site.clock.advance(11)
    await site.working().all_due()
    assert sorted(one.once for one in site.done) == ["1", "1", "2"]
    assert site.faults == ([] if isinstance(error, asyncio.CancelledError) else [error])


async def test_one_that_hangs_is_ended_and_tried_again(site):
    async def hang(admin, order):
        await asyncio.Event().wait()

    await site.orders.give("acme", "hang", {})
    working = site.working(Job("hang", hang, deadline=0.05))
    await working.all_due()
    site.clock.advance(11)
    await working.all_due()
    assert [one.tries for one in site.done] == [1, 2]


async def test_what_a_portal_died_of_is_taken_up_by_another_and_never_by_two_at_once(site):
    begun = asyncio.Event()

    async def hang(admin, order):
        begun.set()
        await asyncio.Event().wait()

    await site.orders.give("acme", "hang", {})
    first, second = site.working(Job("hang", hang)), site.working(Job("hang", nothing))
    await first.work.start()
    await begun.wait()
    assert await second.all_due() == 0
    for task in first.work.running:  # killed: nothing is noted
        task.cancel()
    site.clock.advance(91)
    assert await second.all_due() == 1
    assert [one.tries for one in site.done] == [1, 2]


async def test_many_workers_share_what_is_due(site):
    async with site.admin.store.write() as conn:
        for n in range(60):
            await site.orders.add(conn, "acme", "sing", {"n": n})
    await asyncio.gather(*(site.working().all_due() for _ in range(4)))
    assert sorted(one.payload["n"] for one in site.done) == list(range(60))


async def test_many_slow_ones_of_a_kind_hold_up_no_other_kind(site):
    held, sung = asyncio.Event(), asyncio.Event()

    async def slow(admin, order):
        await held.wait()

    async def sing(admin, order):
        sung.set()

    async with site.admin.store.write() as conn:
        for n in range(AT_ONCE + 5):
            await site.orders.add(conn, "acme", "slow", {"n": n})
        await site.orders.add(conn, "acme", "sing", {})
    working = site.working(Job("slow", slow), Job("sing", sing))
    assert await working.work.start() == OF_A_KIND + 1
    async with asyncio.timeout(10):
        await sung.wait()
    assert await working.work.start() == 0
    held.set()
    await asyncio.gather(*working.work.running)
    await working.all_due()
    assert len(site.done) == AT_ONCE + 6


@pytest.mark.parametrize(("kind", "payload"), [("Sing!", {}), ("sing", {"x": "y" * 70_000})])
async def test_what_is_no_order_is_refused(site, kind, payload):
    with pytest.raises(ValueError, match="order's"):
        await site.orders.give("acme", kind, payload)


async def test_an_order_that_is_given_up_is_an_alert_of_its_tenant(site):
    office = OrderOffice(site.admin)
    working = await office.working()
    order = Order(1, "acme", "sing", {}, NOW, NOW)
    async with site.admin.store.write() as conn:
        await office.given_up(conn, order, "it rained")
    alerts = await site.admin.alerts.of("acme", SYSTEM).page()
    assert [(one.rule, one.text.de) for one in alerts.alerts] == [
        ("order.given_up", "Ein Auftrag sing wurde aufgegeben: it rained")
    ]
    assert list(working.jobs) == ["sing"]


async def test_orders_whose_plugin_is_gone_are_told_listed_and_discarded(site):
    office, care = OrderOffice(site.admin), site.admin.order_care.of(OLGA)
    await site.orders.give("acme", "gone.work", {}, once="1")
    await site.orders.give("acme", "sing", {})
    site.clock.advance(3599)
    told = await office.tell_unclaimed({})
    assert (dict(told), (await care.page()).orders) == ({}, [])
    site.clock.advance(1)
    told = await office.tell_unclaimed(told)
    assert dict(await office.tell_unclaimed(told)) == {"gone.work": 1}
    (alert,) = (await site.admin.alerts.of("operator", OLGA).page()).alerts
    assert (alert.rule, alert.key, alert.count, alert.state) == ("order.unclaimed", "gone.work", 1, "open")
    (waiting,) = (await care.page()).orders
    assert (waiting.tenant, waiting.kind, waiting.state) == ("acme", "gone.work", "unclaimed")
    with pytest.raises(NotFound, match="no order"):
        await care.again(waiting.id)  # nobody would try it
    await care.drop(waiting.id)
    assert dict(await office.tell_unclaimed(told)) == {}
    (alert,) = (await site.admin.alerts.of("operator", OLGA).page()).alerts
    assert alert.state == "closed"
    assert not await site.orders.give("acme", "gone.work", {}, once="1"), "it stays known"
    with pytest.raises(NotFound):
        await care.drop(waiting.id)
    with pytest.raises(Forbidden):
        site.admin.order_care.of(Actor("adam", ALL_RIGHTS, "admin", "adam"))


async def test_what_was_given_up_is_tried_again_when_the_operator_says_so(site):
    site.fail = [OrderHopeless("the mailbox is gone"), OrderHopeless("still gone"), SwitchhookError("not now")]
    await site.orders.give("acme", "sing", {})
    await site.orders.give("other", "sing", {})
    working, care = site.working(), site.admin.order_care.of(OLGA)
    await working.all_due()
    first = await care.page(limit=1)
    second = await care.page(after=first.after)
    assert [(one.tenant, one.why) for one in (*first.orders, *second.orders)] == [
        ("other", "still gone"),
        ("acme", "the mailbox is gone"),
    ]
    site.clock.advance(7 * 86400)
    await care.again(second.orders[0].id)
    assert await working.all_due() == 1, "it fails once more"
    assert [one.tenant for one in (await care.page()).orders] == ["other"], "and is not given up at once"
    site.clock.advance(11)
    assert await working.all_due() == 1
    told = await entries(site.admin.store, "operator", kind="order")
    assert [(one.action, one.actor, one.before["tenant"]) for one in told] == [("try_again", "olga", "acme")]
