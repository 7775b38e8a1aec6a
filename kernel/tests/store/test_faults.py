"""What plugins did wrong can be read again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from switchhook.clock import SystemClock
from switchhook.dispatch.faults import Fault
from switchhook.store.engine import Store
from switchhook.store.faults import FaultLog
from switchhook.store.journal import Journal

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def fault(plugin: str, seconds: int) -> Fault:
    return Fault(plugin, "choose_flow", "raised", f"no {seconds}", NOW + timedelta(seconds=seconds), "sh1-1.1", "trace")


async def test_the_latest_faults_come_first_and_can_be_of_one_plugin(store: Store) -> None:
    kept = [fault("anna", 1), fault("bert", 2), fault("anna", 3)]
    journal = Journal(store, SystemClock())
    journal.start()
    for one in kept:
        journal.report(one)
    assert await journal.drain(10) == 0
    log = FaultLog(store)
    assert await log.latest() == kept[::-1]
    assert await log.latest(limit=2) == [kept[2], kept[1]]
    assert await log.latest(plugin="anna") == [kept[2], kept[0]]
    assert await log.latest(plugin="nobody") == []
