"""What is old is forgotten whole, what is young or under way stays, and others write meanwhile; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from switchhook.store import tables
from switchhook.store.engine import Store
from switchhook.store.retention import Forgotten, forget

NOW = datetime(2031, 6, 1, tzinfo=UTC)
BEFORE = NOW - timedelta(days=90)
OLD, YOUNG = BEFORE - timedelta(seconds=1), BEFORE


async def add_call(store: Store, call: str, arrived: datetime, *, tenant: str = "acme", ended: bool = True) -> None:
    """A call with two events, a leg and two records of Asterisk."""
    async with store.write() as conn:
        end = arrived + timedelta(minutes=1) if ended else None
        await conn.execute(insert(tables.call).values(id=call, tenant=tenant, arrived=arrived, ended=end))
        for seq in (1, 2):
            values = {"call": call, "session": 1, "seq": seq, "at": arrived, "kind": "point.entered", "data": {}}
            await conn.execute(insert(tables.event).values(**values))
        await conn.execute(insert(tables.leg).values(call=call, number=1, created=arrived))
        for kind in ("CHAN_START", "LINKEDID_END"):
            await add_record(conn, f"{call}-{kind}", call, kind, arrived, settled=ended)


async def add_record(conn, key: str, linked: str, kind: str, at: datetime, *, settled: bool) -> None:
    values = {"key": key, "linked": linked, "channel": linked, "kind": kind, "at": at, "settled": settled}
    await conn.execute(insert(tables.cel_row).values(**values))


async def left(store: Store) -> dict[str, list[str]]:
    columns = (
        tables.call.c.id,
        tables.event.c.call,
        tables.leg.c.call,
        tables.cel_row.c.linked,
        tables.fault.c.message,
    )
    async with store.read() as conn:
        return {
            column.table.name: sorted((await conn.execute(select(column).distinct())).scalars()) for column in columns
        }


async def test_an_old_call_goes_with_all_that_belongs_to_it_and_a_young_one_stays(store: Store) -> None:
    for number in range(5):
        await add_call(store, f"old-{number}", OLD, tenant=("acme", "", "other")[number % 3])
    await add_call(store, "young", YOUNG)
    await add_call(store, "under-way", OLD, ended=False)
    assert await forget(store, BEFORE, batch=2, pause=0) == Forgotten(calls=5)
    kept = ["under-way", "young"]
    assert await left(store) == {"call": kept, "event": kept, "leg": kept, "cel_row": kept, "fault": []}
    assert await forget(store, BEFORE) == Forgotten()


async def test_old_records_of_no_call_and_old_faults_go_too(store: Store) -> None:
    async with store.write() as conn:
        for linked, at, settled in (("old", OLD, True), ("young", YOUNG, True), ("undecided", OLD, False)):
            await add_record(conn, linked, linked, "CHAN_START", at, settled=settled)
        for message, at in (("old", OLD), ("young", YOUNG)):
            await conn.execute(insert(tables.fault).values(plugin="p", message=message, at=at))
    assert await forget(store, BEFORE, pause=0) == Forgotten(records=1, faults=1)
    found = await left(store)
    assert (found["cel_row"], found["fault"]) == (["undecided", "young"], ["young"])


async def test_others_write_between_two_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction for everything would keep the journal waiting for as long as that takes."""
    for number in range(3):
        await add_call(store, f"old-{number}", OLD)
    counts: list[int] = []

    async def between(_: float) -> None:
        await add_call(store, f"new-{len(counts)}", NOW)
        async with store.read() as conn:
            counts.append((await conn.execute(select(func.count()).select_from(tables.call))).scalar_one())

    monkeypatch.setattr("switchhook.store.retention.asyncio.sleep", between)
    await forget(store, BEFORE, batch=1)
    assert counts == [3, 3, 3]
