"""What changed is told once, to those whom it may concern, whoever of the processes changed it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from switchhook.access.account import OPERATOR_TENANT
from switchhook.access.actor import ALL_RIGHTS, EVERYTHING, SYSTEM, Actor, Forbidden, Reach
from switchhook.access.tenant import Tenant
from switchhook.alerts.inbox import Alerts
from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.live import LiveCalls
from switchhook.calls.call import Call, Caller
from switchhook.calls.event import Event
from switchhook.calls.outcome import Outcome
from switchhook.clock import SetClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.dispatch.faults import Fault
from switchhook.errors import NotFound
from switchhook.notices.board import Notice
from switchhook.portal.administration import Administration, administration_of
from switchhook.portal.news import News, Piece, reaches
from switchhook.portal.plugging import plug_in
from switchhook.schema import Label
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.journal import Journal
from switchhook.store.news import forget_news
from switchhook.store.tables_news import news as table

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
BERLIN, COLOGNE = "+4930100", "+4922112345"
CHANNEL = {"Channel": "PJSIP/1", "ChannelStateDesc": "Up", "Uniqueid": "sh1-1.1", "Linkedid": "sh1-1.1"}


@pytest.fixture
async def portal(store: Store, tmp_path: Path) -> Administration:
    make_secrets(tmp_path / "data")
    (tmp_path / "switchhook.toml").write_text(default_toml(tmp_path / "data"))
    settings, clock = load_settings(tmp_path / "switchhook.toml", {}), SetClock(NOW)
    plugged = await plug_in(clock, lambda fault: None, sources=[])
    for tenant in ("acme", "other"):
        await Directory(store, clock).put_tenant(Tenant(tenant, tenant, NOW))
    return administration_of(settings, store, clock, plugged, LiveCalls(clock))


async def happens(portal: Administration, kind: str, number: str = BERLIN, tenant: str = "acme", seq: int = 0) -> None:
    """A worker's journal keeps an event of a call; ``ended`` closes it."""
    journal = Journal(portal.store, portal.clock)
    journal.start()
    call = Call("sh1-1.1", tenant, number, Caller(), NOW, "trunk", "de")
    if kind == "ended":
        await journal.end(call, 1, outcome=Outcome.BUSY)
    else:
        journal.record(call, Event(1, seq, NOW, kind))
    await journal.drain(5)


async def told(news: News, *tenants: str, since: datetime | None = None) -> set[tuple[str, str, str]]:
    pieces = await news.look(tenants or ("acme", "other"), since)
    return {(one.tenant, one.topic, one.number) for one in pieces if one.fresh}


async def test_calls_that_begin_and_end_are_told_once_each_with_their_number(portal):
    news = portal.news
    assert await told(news) == set()
    await happens(portal, "call.started")
    of_call = {("acme", "calls", BERLIN), ("acme", "live", BERLIN)}
    assert await told(news) == of_call
    assert await told(news) == set()
    await happens(portal, "keys", seq=1)
    assert await told(news) == set()
    await happens(portal, "ended")
    assert await told(news) == of_call


async def test_who_comes_later_is_told_of_what_happened_since_its_page_was_made(portal):
    await happens(portal, "call.started")
    portal.clock.moment = NOW + timedelta(minutes=5)
    assert await portal.news.look(["acme"]) == []
    late = await portal.news.look(["acme"], NOW)
    assert {(one.topic, one.at) for one in late} == {("calls", NOW), ("live", NOW)}
    assert await portal.news.look(["other"], NOW) == []


async def test_alerts_mails_records_and_faults_are_told_to_their_tenant(portal):
    news = portal.news
    await told(news, "acme", OPERATOR_TENANT)
    alerts = Alerts(portal.store, portal.clock)
    await alerts.raise_("acme", "sample", "one", Label("So", "So"))
    assert await told(news) == {("acme", "alerts", "")}
    await alerts.settle("acme", "sample", "another")
    assert await told(news) == set()
    await alerts.settle("acme", "sample", "one")
    assert await told(news) == {("acme", "alerts", "")}
    await portal.keeping.of("acme", SYSTEM).create("number-group", {"name": "Sales"})
    assert await told(news) == {("acme", "number-group", "")}
    journal = Journal(portal.store, portal.clock)
    journal.start()
    journal.report(Fault("sample", "cards", "raised", "it broke", NOW))
    await journal.drain(5)
    assert await told(news, OPERATOR_TENANT) == {(OPERATOR_TENANT, "plugins", "")}


async def test_asterisks_own_view_is_told_when_it_is_later_than_the_journal(portal):
    news, live = portal.news, portal.live
    await happens(portal, "call.started")
    await told(news)
    live.received(AmiEvent("Newchannel", CHANNEL))
    assert await told(news) == {("acme", "live", BERLIN)}  # and nothing of the other tenant: it is no call of theirs
    assert await told(news) == set()
    live.received(AmiEvent("Hangup", CHANNEL))
    assert await told(news) == {("acme", "live", BERLIN)}
    await live.lost("gone")
    assert await told(news) == {("acme", "live", "*"), ("other", "live", "*")}


def test_nobody_hears_of_what_it_may_not_see():
    some = Actor("uwe", {"call.view": Reach(numbers=frozenset({BERLIN})), "alert.view": EVERYTHING})
    seen = [
        Piece("acme", topic, number, NOW)
        for topic in ("calls", "live", "alerts", "mails", "number-group", "plugins")
        for number in (BERLIN, COLOGNE, "", "*")
        if reaches(some, Piece("acme", topic, number, NOW))
    ]
    assert [(one.topic, one.number) for one in seen if one.topic != "alerts"] == [("calls", BERLIN), ("calls", "*")]
    assert not reaches(Actor("adam", ALL_RIGHTS, "admin"), Piece(OPERATOR_TENANT, "plugins", "*", NOW))


async def test_notices_are_told_of_once_for_each_change(portal):
    notice = Notice(Label("Zu", "Closed"), "switch.view")
    looks = [await portal.news.look({"acme"})]
    for _ in range(2):
        portal.notices.put_up("acme", "switch/night", notice)
    looks += [await portal.news.look({"acme", "other"}), await portal.news.look({"acme"})]
    portal.notices.take_down("acme", "switch/night")
    looks.append(await portal.news.look({"acme"}))
    one = [("acme", "notices")]
    assert [[(piece.tenant, piece.topic) for piece in look] for look in looks] == [[], one, [], one]


async def test_topics_need_their_rights(portal):
    news, some = portal.news, Actor("uwe", {"call.view": Reach(own=True)})
    news.need("acme", some, ["calls"])
    assert news.seen("acme", some) == ["calls", "notices"]
    for topic in ("live", "alerts", "account", "number-group"):
        with pytest.raises(Forbidden):
            news.need("acme", some, ["calls", topic])
    for topic in ("call", "disk", "nothing"):
        with pytest.raises(NotFound):
            news.need("acme", SYSTEM, [topic])
    news.need(OPERATOR_TENANT, SYSTEM, ["disk", "alerts"])


async def test_what_was_quiet_for_a_day_is_forgotten(portal):
    await happens(portal, "call.started")
    for hours, left in ((23, 1), (25, 0)):
        await forget_news(portal.store, NOW + timedelta(hours=hours))
        async with portal.store.read() as conn:
            assert (await conn.execute(select(func.count()).select_from(table))).scalar_one() == left
