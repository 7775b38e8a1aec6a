from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from switchhook.calls.call import Call, Caller, Leg
from switchhook.calls.course import Course
from switchhook.calls.event import Event
from switchhook.calls.outcome import Outcome
from switchhook.clock import SetClock
from switchhook.dispatch.faults import Fault
from switchhook.errors import NotFound
from switchhook.store import tables
from switchhook.store.engine import Store, StoreAway
from switchhook.store.history import History
from switchhook.store.journal import Journal

ARRIVED = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CALLER = Caller("+4922198765", "Kim", "shown", "fixed", "abc")


def a_call(name: str = "sh1-1764000000.12", **changes: object) -> Call:
    facts: dict[str, object] = {"tenant": "acme", "number": "+4922112345", "caller": CALLER, "arrived": ARRIVED}
    return Call(id=name, **(facts | changes))  # type: ignore[arg-type]


def an_event(seq: int, kind: str, session: int = 1, point: str = "", **data: object) -> Event:
    return Event(session, seq, ARRIVED + timedelta(seconds=session - 1, milliseconds=seq), kind, point, data)


@pytest.fixture
async def alerts() -> list[str]:
    return []


@pytest.fixture
async def journal(store: Store, alerts: list[str]) -> AsyncIterator[Journal]:
    journal = Journal(store, SetClock(ARRIVED + timedelta(seconds=9)), alert=alerts.append)
    journal.start()
    yield journal
    await journal.drain(5)


async def course(store: Store, call: Call) -> Course:
    return await History(store).course(call.id)


async def test_a_call_is_kept_with_its_events_in_order_its_legs_and_its_outcome(store: Store, journal: Journal) -> None:
    call = a_call(language="en", diverted_from="+491", origin="phone")
    events = [
        an_event(0, "call.started", number=call.number),
        an_event(1, "call.answered"),
        an_event(2, "point.entered", point="menu", label="Menü", module="menu"),
        an_event(3, "keys", point="menu", keys="1"),
        an_event(4, "leg.created", leg=3, targets=["desk", "+4917012345678"]),
        an_event(5, "leg.ended", leg=3, status="busy", cause=17, talk_seconds=0.0),
        an_event(6, "call.ended", by="flow"),
    ]
    for event in events:
        journal.record(call, event)
    assert await journal.end(call, 1) is Outcome.BUSY
    kept = await course(store, call)
    assert kept.call == call
    assert list(kept.events) == events
    assert kept.legs == (Leg("desk, +4917012345678", "busy", 0.001, 0.0, 17, 3),)
    assert (kept.outcome, kept.ended_by, kept.seconds) == (Outcome.BUSY, "portal", 9.0)


async def test_events_are_there_within_a_second_without_an_end(store: Store, journal: Journal) -> None:
    call = a_call()
    journal.record(call, an_event(0, "call.started"))
    await asyncio.sleep(1)  # nobody asks for it
    assert journal.waiting == 0
    kept = await course(store, call)
    assert (len(kept.events), kept.ended, kept.outcome, kept.seconds) == (1, None, None, None)


async def test_the_same_event_twice_is_one(store: Store, journal: Journal) -> None:
    call = a_call()
    for _ in range(3):
        journal.record(call, an_event(0, "call.started"))
        journal.record(call, an_event(1, "call.answered"))
        assert await journal.written(10)
    assert [e.seq for e in (await course(store, call)).events] == [0, 1]


async def test_only_the_newest_session_ends_a_call(store: Store, journal: Journal) -> None:
    call = a_call()
    journal.record(call, an_event(0, "call.started"))
    journal.record(call, an_event(0, "call.resumed", session=2))
    assert await journal.end(call, 1) is None
    assert (await course(store, call)).ended is None
    assert await journal.end(call, 2) is not None
    assert (await course(store, call)).ended is not None


async def test_a_later_session_opens_the_call_again(store: Store, journal: Journal) -> None:
    call = a_call()
    journal.record(call, an_event(0, "call.started"))
    assert await journal.end(call, 1) is Outcome.FAILED
    later = a_call(arrived=ARRIVED + timedelta(seconds=4), caller=Caller("", "nobody"))
    journal.record(later, an_event(0, "call.resumed", session=2))
    assert await journal.written(10)
    reopened = await course(store, call)
    assert (reopened.ended, reopened.outcome, reopened.ended_by) == (None, None, "")
    assert reopened.call == call  # arrival and caller are those of the first session
    journal.record(later, an_event(1, "call.answered", session=2))
    assert await journal.end(later, 2) is Outcome.MACHINE_ONLY


async def test_a_call_ends_once(store: Store, journal: Journal) -> None:
    call = a_call()
    journal.record(call, an_event(0, "call.answered"))
    ends = await asyncio.gather(*(journal.end(call, 1) for _ in range(5)))
    assert ends == [Outcome.MACHINE_ONLY, None, None, None, None]
    assert await journal.end(call, 1) is None


async def test_a_resumed_leg_is_one_leg_with_one_end(store: Store, journal: Journal) -> None:
    call = a_call()
    journal.record(call, an_event(0, "leg.created", leg=2, targets=["desk"]))
    journal.record(call, an_event(0, "leg.created", session=5, leg=2, targets=["desk"]))
    journal.record(call, an_event(1, "leg.ended", session=5, leg=2, status="answered", cause=16, talk_seconds=3.0))
    assert await journal.end(call, 5) is Outcome.HUMAN
    (leg,) = (await course(store, call)).legs
    assert (leg.status, leg.talk_seconds, leg.ring_seconds) == ("answered", 3.0, 1.001)


async def test_a_call_to_nowhere_and_the_tenant_it_gets_later(store: Store, journal: Journal) -> None:
    nowhere = a_call(tenant="")
    journal.record(nowhere, an_event(0, "call.started"))
    journal.record(a_call(), an_event(0, "call.resumed", session=2))
    assert await journal.written(10)
    assert (await course(store, nowhere)).call.tenant == "acme"


async def test_lists_are_limited_to_a_tenant(store: Store, journal: Journal) -> None:
    for i in range(4):
        one = a_call(f"sh1-{i}.1", tenant="acme" if i % 2 else "other", arrived=ARRIVED + timedelta(minutes=i))
        journal.record(one, an_event(0, "call.started"))
    assert await journal.written(10)
    assert [line.id for line in await History(store).list_calls()] == [f"sh1-{i}.1" for i in (3, 2, 1, 0)]
    assert [line.id for line in await History(store, "acme").list_calls(limit=1)] == ["sh1-3.1"]
    before = await History(store).list_calls(before=ARRIVED + timedelta(minutes=1), number="+4922112345")
    assert [line.id for line in before] == ["sh1-0.1"]
    assert await History(store).list_calls(number="+491") == []
    with pytest.raises(NotFound):
        await History(store, "acme").course("sh1-2.1")


async def test_nothing_is_lost_while_the_database_is_locked(store_url: str, store: Store, journal: Journal) -> None:
    """REL10: events wait in memory and are written when the lock is gone."""
    if store.dialect == "sqlite":
        other = sqlite3.connect(store_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        release = other.close
        call = a_call()
        for i in range(500):
            journal.record(call, an_event(i, "keys", keys="1"))
        await asyncio.sleep(6)  # longer than SQLite's own patience of 5 s
        assert journal.waiting == 500
        release()
    else:
        call = a_call()
        async with store.write() as conn:
            await conn.exec_driver_sql("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
            for i in range(500):
                journal.record(call, an_event(i, "keys", keys="1"))
            await asyncio.sleep(0.5)
            assert journal.waiting == 500
    assert await journal.written(10)
    assert [e.seq for e in (await course(store, call)).events] == list(range(500))


async def test_a_full_journal_says_so_and_keeps_what_it_had(store: Store, alerts: list[str]) -> None:
    journal = Journal(store, SetClock(ARRIVED), alert=alerts.append, capacity=10)
    call = a_call()
    for i in range(25):
        journal.record(call, an_event(i, "keys"))
    assert journal.waiting == 10
    assert len(alerts) == 1
    journal.start()
    assert await journal.drain(5) == 0
    assert [e.seq for e in (await course(store, call)).events] == list(range(10))
    async with store.read() as conn:
        messages = (await conn.execute(select(tables.fault.c.message))).scalars().all()
    assert messages == ["15 events were lost because the journal was full"]


async def test_an_event_that_cannot_be_kept_holds_up_no_other(
    store: Store, journal: Journal, alerts: list[str]
) -> None:
    call = a_call()
    journal.record(call, an_event(0, "call.started"))
    journal.record(call, an_event(1, "note", text=object()))
    journal.record(call, an_event(2, "call.answered"))
    assert await journal.end(call, 1) is Outcome.MACHINE_ONLY
    assert [e.seq for e in (await course(store, call)).events] == [0, 2]
    assert len(alerts) == 1
    async with store.read() as conn:
        fault = (await conn.execute(select(tables.fault))).one()
    assert fault.call == call.id
    assert "note could not be kept" in fault.message


async def test_faults_are_kept(store: Store, journal: Journal) -> None:
    journal.report(Fault("bad", "call_arrives", "raised", "KeyError: 'x'", ARRIVED, "sh1-1.1", "Traceback ..."), "acme")
    assert await journal.written(10)
    async with store.read() as conn:
        row = (await conn.execute(select(tables.fault))).one()
    assert (row.plugin, row.hook, row.kind, row.call, row.tenant, row.at) == (
        "bad", "call_arrives", "raised", "sh1-1.1", "acme", ARRIVED,
    )  # fmt: skip


async def test_a_fault_is_kept_whatever_its_words_are_made_of(
    store: Store, journal: Journal, alerts: list[str]
) -> None:
    odd = b"caf\xe9\x00".decode("utf-8", "surrogateescape")
    journal.report(Fault("slow", "call_ended", "raised", f"bad {odd}", ARRIVED, "c-1", f"Traceback: {odd}"))
    assert await journal.written(10)
    async with store.read() as conn:
        (row,) = (await conn.execute(select(tables.fault))).mappings()
    assert (row["plugin"], row["message"], row["traceback"]) == ("slow", r"bad caf\udce9\0", r"Traceback: caf\udce9\0")
    assert alerts == []


async def test_draining_without_a_database_gives_up_in_time_and_tells(store: Store, alerts: list[str]) -> None:
    journal = Journal(Store("sqlite:////nowhere/at/all.db"), SetClock(ARRIVED), alert=alerts.append)
    journal.start()
    call = a_call()
    journal.record(call, an_event(0, "call.started"))
    ending = asyncio.create_task(journal.end(call, 1))
    await asyncio.sleep(0)
    assert await journal.drain(0.3) == 2
    assert len(alerts) == 1
    with pytest.raises(StoreAway):
        await ending


async def test_calls_of_two_workers_go_into_one_database(store: Store, store_url: str, journal: Journal) -> None:
    other_store = Store(store_url)
    other = Journal(other_store, SetClock(ARRIVED))
    other.start()
    calls = [a_call(f"sh1-{i}.1") for i in range(60)]
    for seq in range(10):
        for one in calls:
            journal.record(one, an_event(seq, "keys", session=1))
            other.record(one, an_event(seq, "keys", session=2))
    ends = await asyncio.gather(*(other.end(one, 2) for one in calls))
    assert await journal.written(10)
    await other.drain(5)
    await other_store.close()
    assert ends == [Outcome.FAILED] * 60
    async with store.read() as conn:
        counted = await conn.execute(select(func.count()).select_from(tables.event))
        assert counted.scalar_one() == 60 * 20
        open_calls = select(func.count()).select_from(tables.call).where(tables.call.c.ended.is_(None))
        assert (await conn.execute(open_calls)).scalar_one() == 0
