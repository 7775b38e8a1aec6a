from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from administered import administered
from aiohttp import web
from sqlalchemy import select

from switchhook import Call, Caller, Event, NotFound, Outcome
from switchhook.access.actor import ALL_RIGHTS, SYSTEM, Actor, Forbidden, Reach
from switchhook.alerts.inbox import Alerts
from switchhook.clock import SetClock
from switchhook.portal.administration import Administration
from switchhook.portal.webhook_office import WebhookOffice
from switchhook.schema import SettingsRefused
from switchhook.store import tables
from switchhook.store.engine import Store
from switchhook.store.journal import Journal
from switchhook.webhooks.deliveries import Delivery, tell
from switchhook.webhooks.delivering import Delivering
from switchhook.webhooks.events import Told
from switchhook.webhooks.from_audit import FromAudit
from switchhook.webhooks.outlet import Outlet
from switchhook.webhooks.wire import SIGNATURE, signature

from .receiver import Receiver, receiver

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SECRET = "a-secret-of-the-tests"
KIM = Actor("kim", ALL_RIGHTS, "admin")
CALL = Call("sh1-1.1", "acme", "+4922112345", Caller("+491711234567", "Anna", "shown", "mobile", "KEY"), NOW)


@attrs.define
class Site:
    """A portal with a webhook that wants everything, and its receiver."""

    admin: Administration
    clock: SetClock
    to: Receiver

    def delivering(self, **more: object) -> Delivering:
        return Delivering(self.admin.keeping, WebhookOffice(self.admin).given_up, True, **more)

    async def hook(self, name: str = "crm", events: Sequence[str] = ("*",), port: int = 0, tenant: str = "acme") -> str:
        url = f"http://127.0.0.1:{port or self.to.port}/{name}"
        values = {"name": name, "url": url, "secret": SECRET, "events": list(events)}
        return (await self.admin.keeping.of(tenant, SYSTEM).create("webhook", values)).id

    async def tell(self, number: str = "1", event: str = "call.ended", tenant: str = "acme") -> None:
        async with self.admin.store.write() as conn:
            await tell(conn, Told(tenant, event, number, NOW, {"data": {"n": number}}), self.clock.now())

    async def log(self) -> Sequence[Delivery]:
        return (await self.admin.webhooks.of("acme", KIM).page()).deliveries

    async def rules(self) -> list[tuple[str, str, int]]:
        return [(one.rule, one.key, one.count) for one in (await self.admin.alerts.of("acme", KIM).page()).alerts]


@pytest.fixture
async def site(store: Store, tmp_path: Path) -> AsyncIterator[Site]:
    clock = SetClock(NOW)
    async with receiver() as to:
        yield Site(await administered(store, clock, tmp_path), clock, to)


async def test_an_event_arrives_signed_once_for_each_webhook_that_wants_it(site: Site) -> None:
    await site.hook("crm")
    await site.hook("ends", events=["call.ended"])
    await site.hook("points", events=["point.entered"])
    await site.hook("foreign", tenant="other")
    await site.tell()
    await site.tell()  # told twice, queued once
    await asyncio.gather(site.delivering().all_due(), site.delivering().all_due())
    assert sorted(one.path for one in site.to.got) == ["/crm", "/ends"]
    got = site.to.got[0]
    assert json.loads(got.body) == {
        "id": "1",
        "event": "call.ended",
        "at": NOW.isoformat(),
        "tenant": "acme",
        "data": {"n": "1"},
    }
    assert got.headers[SIGNATURE] == signature(SECRET, int(NOW.timestamp()), got.body)
    assert (got.headers["X-Switchhook-Id"], got.headers["X-Switchhook-Event"]) == ("1", "call.ended")
    assert {(one.webhook, one.state, one.status, one.answer) for one in await site.log()} == {
        ("crm", "delivered", 200, "thanks"),
        ("ends", "delivered", 200, "thanks"),
    }


async def test_a_receiver_that_fails_is_tried_for_a_day_then_told_of_and_can_be_told_again(site: Site) -> None:
    await site.hook()
    site.to.answer = lambda: web.Response(status=503, text="later\r\n\x00please")
    await site.tell()
    ids, pauses = [], []
    while (await site.delivering().all_due()) or not await site.rules():
        (one,) = await site.log()
        pauses.append((one.due - site.clock.now()).total_seconds())
        ids.append(site.to.got[-1].headers["X-Switchhook-Id"])
        site.clock.moment = one.due
    assert pauses[:4] == [10, 20, 40, 80]
    assert max(pauses) == 3600
    assert set(ids) == {"1"}
    (dead,) = await site.log()
    assert (dead.state, dead.status, dead.answer) == ("dead", 503, "later   please")
    assert site.clock.now() - NOW >= timedelta(hours=24)
    assert await site.rules() == [("webhook.given_up", "crm", 1)]

    site.to.answer = lambda: web.Response()
    await site.admin.webhooks.of("acme", KIM).redeliver(dead.id)
    await site.delivering().all_due()
    (again,) = await site.log()
    assert (again.state, again.tries, again.event_id) == ("delivered", dead.tries + 1, "1")


async def test_a_receiver_that_says_nothing_holds_up_only_its_own_events(site: Site) -> None:
    await site.hook("quiet", events=["call.ended"])
    site.to.silent = True
    async with receiver() as good:
        await site.hook("good", events=["call.ended"], port=good.port)
        for number in range(30):
            await site.tell(str(number))
        task = asyncio.create_task(site.delivering().run())
        async with asyncio.timeout(60):
            while len(good.got) < 30:
                await good.asked.wait()
                good.asked.clear()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert len(site.to.got) == 2


async def test_addresses_inside_are_refused_and_never_asked_unless_the_operator_allows_them(site: Site) -> None:
    await site.hook()
    await site.tell()
    strict = Delivering(site.admin.keeping, WebhookOffice(site.admin).given_up)
    await strict.all_due()
    (one,) = await site.log()
    assert (one.state, one.status, site.to.got) == ("dead", 0, [])
    assert "no public address" in one.answer


async def test_a_webhook_that_is_switched_off_or_gone_gets_nothing_more(site: Site) -> None:
    name = await site.hook()
    await site.tell()
    acme = site.admin.keeping.of("acme", SYSTEM)
    record = await acme.get("webhook", name)
    await acme.delete("webhook", name, record.version)
    await site.tell("2")
    await site.delivering().all_due()
    assert [(one.event_id, one.state) for one in await site.log()] == [("1", "dead")]
    assert site.to.got == []


async def test_the_secret_is_in_no_row_and_nobody_sees_deliveries_of_others(site: Site) -> None:
    name = await site.hook()
    await site.tell()
    (one,) = await site.log()
    record = await site.admin.keeping.of("acme", SYSTEM).get("webhook", name)
    assert SECRET not in repr(record) + repr(one)
    foreign = site.admin.webhooks.of("other", KIM)
    assert (await foreign.page()).deliveries == []
    for ask in (foreign.delivery, foreign.redeliver):
        with pytest.raises(NotFound):
            await ask(one.id)
    with pytest.raises(NotFound):
        await foreign.ping(name)
    with pytest.raises(Forbidden):
        await site.admin.webhooks.of("acme", Actor("lee", {"webhook.view": Reach(everything=True)})).ping(name)
    await site.admin.webhooks.of("acme", KIM).ping(name)
    await site.delivering().all_due()
    assert {got.headers["X-Switchhook-Event"] for got in site.to.got} == {"call.ended", "ping"}


async def test_an_address_or_event_that_cannot_be_is_refused_at_its_field(site: Site) -> None:
    acme = site.admin.keeping.of("acme", SYSTEM)
    values = {"name": "x", "url": "gopher://x/", "secret": SECRET, "events": ["call.endet"]}
    with pytest.raises(SettingsRefused) as refused:
        await acme.create("webhook", values)
    assert [one.path for one in refused.value.problems] == ["webhook.url", "webhook.events[0]"]
    assert "did you mean 'call.ended'" in str(refused.value)


# -- where events come from -------------------------------------------------------------------------


def outlet(site: Site, **more: int) -> Outlet:
    return Outlet(site.clock, Alerts(site.admin.store, site.clock), **more)


async def written(site: Site, beside: Outlet, *events: Event, call: Call = CALL, end: bool = False) -> None:
    journal = Journal(site.admin.store, site.clock, beside=beside)
    journal.start()
    for event in events:
        journal.record(call, event)
    if end:
        await journal.end(call, 1, outcome=Outcome.HUMAN)
    assert await journal.drain(10) == 0


async def test_what_a_call_does_is_told_from_the_journal_and_its_end_with_the_outcome(site: Site) -> None:
    await site.hook()
    events = [
        Event(1, 0, NOW, "call.started", "", {"number": CALL.number}),
        Event(1, 1, NOW, "point.entered", "menu", {"module": "menu"}),
        Event(1, 2, NOW, "keys", "menu", {"keys": "1"}),
        Event(1, 3, NOW, "note", "menu", {"text": "nobody's business"}),
    ]
    beside = outlet(site)
    await written(site, beside, *events, end=True)
    await written(site, beside, *events)  # a batch the journal writes twice
    found = [(one.event, one.event_id) for one in reversed(await site.log())]
    assert found == [
        ("call.started", "sh1-1.1/1/0"),
        ("point.entered", "sh1-1.1/1/1"),
        ("dtmf", "sh1-1.1/1/2"),
        ("call.ended", "sh1-1.1/ended"),
    ]
    last = json.loads((await site.log())[0].body)
    assert last["outcome"] == "human"
    assert last["call"]["caller"] == {
        "number": "+491711234567",
        "name": "Anna",
        "presentation": "shown",
        "kind": "mobile",
    }


async def test_a_suppressed_number_goes_nowhere_not_even_as_its_hash(site: Site) -> None:
    await site.hook()
    hidden = attrs.evolve(CALL, caller=Caller("+491711234567", "Anna", "suppressed", "mobile", "KEY"))
    await written(site, outlet(site), Event(1, 0, NOW, "call.started"), call=hidden)
    (one,) = await site.log()
    assert not any(word in one.body for word in ("1711234567", "Anna", "KEY"))


async def test_a_webhook_made_or_changed_later_counts_from_the_next_batch_on(site: Site) -> None:
    beside = outlet(site)
    await written(site, beside, Event(1, 0, NOW, "call.started"))
    assert beside.idle([])
    await site.hook()
    await written(site, beside, Event(1, 1, NOW, "call.answered"))
    assert await site.log() == []  # nobody told the outlet yet
    beside.forget()
    await written(site, beside, Event(1, 2, NOW, "call.failed", "", {"why": "x"}))
    assert [one.event for one in await site.log()] == ["call.failed"]


async def test_what_a_dead_receiver_is_not_told_any_more_is_counted_and_told(site: Site) -> None:
    await site.hook()
    await written(site, outlet(site, most_waiting=3), *(Event(1, n, NOW, "call.answered") for n in range(5)))
    assert len(await site.log()) == 3
    assert await site.rules() == [("webhook.dropped", "crm", 1)]


async def test_the_journal_is_kept_when_what_is_beside_it_fails(site: Site) -> None:
    class Broken(Outlet):
        async def take(self, conn, items, outcomes):
            raise RuntimeError("broken")

    await written(site, Broken(site.clock, Alerts(site.admin.store, site.clock)), Event(1, 0, NOW, "call.started"))
    async with site.admin.store.read() as conn:
        assert (await conn.execute(select(tables.event.c.kind))).scalars().all() == ["call.started"]


async def test_a_call_that_found_no_way_is_told_to_its_customer_and_to_the_operator(site: Site) -> None:
    lost = [Event(1, n, NOW, "last_resort.used", "", {"why": "point 'menu' does not exist"}) for n in range(3)]
    await written(site, outlet(site), *lost)
    assert await site.rules() == [("call.lost_way", "acme/+4922112345", 3)]
    (mine,) = (await site.admin.alerts.of("acme", KIM).page()).alerts
    assert mine.text.en == "A call to +4922112345 found no way: point 'menu' does not exist"
    assert (await site.admin.alerts.of("operator", KIM).page()).alerts[0].count == 3


async def test_changes_are_told_once_each_from_the_audit_chain(site: Site) -> None:
    reader = FromAudit(site.admin.store, site.clock)
    await reader.once()  # what was before is nobody's news
    await site.hook()
    assert await reader.once() == 1
    assert await reader.once() == 0
    assert await FromAudit(site.admin.store, site.clock).once() == 0
    (one,) = await site.log()
    said = json.loads(one.body)
    assert (one.event, said["action"], said["kind"], said["what"]) == ("change.made", "create", "webhook", "crm")
    assert SECRET not in one.body
