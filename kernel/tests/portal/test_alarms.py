"""What the operator is told of the installation itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from administered import administered
from sqlalchemy import select, update

from switchhook.access.actor import ALL_RIGHTS, Actor
from switchhook.alerts.inbox import Alerts
from switchhook.clock import SetClock
from switchhook.dispatch.faults import Fault
from switchhook.dispatch.loader import LoadedPlugin, Source
from switchhook.portal.alarms import Alarms
from switchhook.schema import Label
from switchhook.store.engine import Store
from switchhook.store.journal import Journal
from switchhook.store.retention_post import forget_post
from switchhook.store.tables_post import mail
from switchhook.webhooks.outlet import Outlet

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
OPERATOR = Actor("op", ALL_RIGHTS, "operator")


@pytest.fixture
def alerts(store: Store) -> Alerts:
    return Alerts(store, SetClock(NOW))


async def found(alerts: Alerts) -> list[tuple[str, str, int]]:
    return [(one.rule, one.state, one.count) for one in (await alerts.of("operator", OPERATOR).page()).alerts]


async def test_a_disk_is_told_of_once_for_each_level_and_closed_when_there_is_room(alerts: Alerts) -> None:
    alarms = Alarms(alerts)
    for level in ("ample", "low", "scarce", "scarce", "full", "full"):
        await alarms.disk(level, "/data")
    assert await found(alerts) == [("disk", "open", 2)]
    await alarms.disk("low", "/data")
    assert await found(alerts) == [("disk", "closed", 2)]


async def test_a_configuration_asterisk_does_not_take_is_told_of_until_it_does(alerts: Alerts) -> None:
    alarms = Alarms(alerts)
    for trouble in ("no such file", "no such file", "disk full"):
        await alarms.configuration(trouble)
    assert await found(alerts) == [("asterisk.configuration", "open", 2)]
    await Alarms(alerts).configuration("")  # another process, after a restart
    assert await found(alerts) == [("asterisk.configuration", "closed", 2)]


async def test_unreadable_lines_count_each_time(alerts: Alerts) -> None:
    for count in (1, 3):
        await Alarms(alerts).bad_lines(count)
    assert await found(alerts) == [("asterisk.bad_lines", "open", 2)]


async def test_a_plugin_that_cannot_be_used_is_told_of_until_it_can(alerts: Alerts) -> None:
    broken = LoadedPlugin(Source("fax", lambda: None), "quarantined", "no module named fax")
    await Alarms(alerts).plugin(broken)
    assert await found(alerts) == [("plugin.quarantined", "open", 1)]
    await Alarms(alerts).plugin(LoadedPlugin(Source("fax", lambda: None), "active", ""))
    assert await found(alerts) == [("plugin.quarantined", "closed", 1)]


async def test_a_suspended_plugin_is_told_of_from_the_journal_of_any_process(store: Store, alerts: Alerts) -> None:
    journal = Journal(store, SetClock(NOW), beside=Outlet(SetClock(NOW), alerts))
    journal.start()
    for kind in ("raised", "suspended"):
        journal.report(Fault("fax", "call_ended", kind, "five faults", NOW))
    assert await journal.drain(10) == 0
    assert await found(alerts) == [("plugin.suspended", "open", 1)]


async def test_old_mail_and_closed_alerts_are_forgotten_and_what_lost_mails_said_before(
    store: Store, tmp_path: Path
) -> None:
    admin = await administered(store, SetClock(NOW), tmp_path)
    async with store.write() as conn:
        for _ in range(2):
            await admin.post.send(conn, tenant="acme", to="a@b.de", template="test", values={}, language="de")
        await conn.execute(update(mail).where(mail.c.id == 1).values(state="bounced", tried=NOW))
    await admin.alerts.raise_("acme", "rule", "closed", Label("a", "a"))
    await admin.alerts.raise_("acme", "rule", "open", Label("a", "a"))
    await admin.alerts.settle("acme", "rule", "closed")

    async def sealed() -> dict[int, bool]:
        async with store.read() as conn:
            return {row.id: bool(row.sealed) for row in await conn.execute(select(mail.c.id, mail.c.sealed))}

    await forget_post(store, NOW + timedelta(days=15), 0)
    assert await sealed() == {1: False, 2: True}
    await forget_post(store, NOW + timedelta(days=91), 90)
    assert await sealed() == {2: True}  # what waits is never forgotten
    assert [one.key for one in (await admin.alerts.of("acme", OPERATOR).page()).alerts] == ["open"]
