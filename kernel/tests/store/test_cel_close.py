from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from switchhook.access.tenant import Tenant
from switchhook.calls.call import Call, Caller
from switchhook.calls.course import AFTERWARDS, Course
from switchhook.calls.event import Event
from switchhook.calls.outcome import Outcome
from switchhook.clock import SetClock
from switchhook.store import tables
from switchhook.store.cel import CelRow
from switchhook.store.cel_account import account_of
from switchhook.store.cel_close import CelClosing, Closed, LiveChannels
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.history import History
from switchhook.store.journal import Journal
from switchhook.store.routing import Number
from switchhook.store.upsert import once

BEGAN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CALL = "sh1-1764000000.12"
OUT = "sh1-1764000000.13"
FULL = "+4922112345"


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def row(kind: str, seconds: float, channel: str = CALL, context: str = "call", **more: str) -> CelRow:
    facts = {"user_event": "", "exten": "22112345", "name": "PJSIP/trunk-1", "app": "", "peer": "", "extra": ""}
    return CelRow(kind=kind, at=at(seconds), channel=channel, linked=CALL, context=context, **(facts | more))


def hangup(seconds: float, cause: int = 16, dialstatus: str = "") -> list[CelRow]:
    extra = json.dumps({"hangupcause": cause, "hangupsource": "", "dialstatus": dialstatus})
    return [row("HANGUP", seconds, extra=extra), row("CHAN_END", seconds), row("LINKEDID_END", seconds)]


START = row("CHAN_START", 0, context="from-trunk")
ANSWER = row("ANSWER", 0.5)
FALLBACK = row("USER_DEFINED", 4, context="fallback", user_event="SH_FALLBACK")
BRIDGE = [
    row("CHAN_START", 5, OUT, context="from-phone", exten="", name="PJSIP/desk-2"),
    row("ANSWER", 7, OUT, context="from-phone"),
    row("BRIDGE_ENTER", 7, OUT, context="from-phone"),
    row("BRIDGE_ENTER", 7),
    row("BRIDGE_EXIT", 27),
    row("BRIDGE_EXIT", 27, OUT, context="from-phone"),
    row("HANGUP", 27, OUT, context="from-phone"),
]


@attrs.define
class Bench:
    """A store with a tenant, its number, a journal, and a clock one minute after the call began."""

    store: Store
    clock: SetClock
    journal: Journal
    closing: CelClosing

    async def cel(self, rows: Sequence[CelRow]) -> None:
        async with self.store.write() as conn:
            await conn.execute(
                once(conn.dialect.name, tables.cel_row), [{"key": r.key, **attrs.asdict(r)} for r in rows]
            )

    async def happened(self, *events: tuple[str, dict[str, object]], session: int = 1) -> Call:
        call = Call(CALL, "acme", FULL, Caller("+491", "Kim"), BEGAN)
        for seq, (kind, data) in enumerate(events):
            self.journal.record(call, Event(session, seq, at(seq), kind, "", data))
        await self.journal.drain(5)
        self.journal = Journal(self.store, self.clock)
        self.journal.start()
        return call

    async def course(self) -> Course:
        return await History(self.store).course(CALL)


@pytest.fixture
async def bench(store: Store) -> AsyncIterator[Bench]:
    clock = SetClock(at(60))
    directory = Directory(store, clock)
    await directory.put_tenant(Tenant("acme", "Acme", BEGAN))
    await directory.put_flow("acme", "hotline", "Hotline")
    await directory.assign(Number(FULL, "acme", "hotline"))
    journal = Journal(store, clock)
    journal.start()
    bench = Bench(store, clock, journal, CelClosing(store, clock, lambda dialled: f"+49{dialled}"))
    yield bench
    await bench.journal.drain(5)


async def test_a_call_no_portal_saw_gets_a_call(bench: Bench) -> None:
    await bench.cel([START, FALLBACK, row("ANSWER", 4.1, context="fallback"), *hangup(9)])
    (closed,) = await bench.closing.run()
    assert (closed.call.number, closed.call.tenant, closed.outcome) == (FULL, "acme", Outcome.MACHINE_ONLY)
    kept = await bench.course()
    assert (kept.call.arrived, kept.ended, kept.ended_by) == (BEGAN, at(9), "asterisk")
    assert [(e.session, e.seq, e.kind) for e in kept.events] == [
        (AFTERWARDS, 0, "fallback.used"),
        (AFTERWARDS, 1, "call.ended"),
    ]
    assert await bench.closing.run() == []
    assert await bench.course() == kept


async def test_an_emergency_call_is_kept_too(bench: Bench) -> None:
    await bench.cel([row("CHAN_START", 0, context="from-phone", exten="112"), *BRIDGE, *hangup(27)])
    bench.closing = CelClosing(bench.store, bench.clock)
    (closed,) = await bench.closing.run()
    assert (closed.call.number, closed.call.origin, closed.outcome) == ("112", "phone", Outcome.HUMAN)


async def test_a_call_whose_portal_died_while_bridged_was_a_humans(bench: Bench) -> None:
    await bench.happened(("call.started", {}), ("call.answered", {}), ("leg.created", {"leg": 2, "targets": ["desk"]}))
    await bench.cel([START, ANSWER, *BRIDGE, *hangup(28)])
    (closed,) = await bench.closing.run()
    assert closed.outcome is Outcome.HUMAN
    kept = await bench.course()
    assert (kept.outcome, kept.ended) == (Outcome.HUMAN, at(28))
    (leg,) = kept.legs
    assert (leg.status, leg.talk_seconds, leg.target) == ("answered", 20.0, "desk")
    assert kept.events[-1].kind == "call.ended"


async def test_each_leg_the_portal_left_open_talked_what_was_talked_while_it_was_the_last(bench: Bench) -> None:
    first = {"leg": 1, "status": "answered", "talk_seconds": 0.7}
    await bench.happened(
        ("call.started", {}), ("leg.created", {"leg": 1}), ("leg.ended", first), ("leg.created", {"leg": 2}),
        ("leg.created", {"leg": 3}),
    )  # fmt: skip
    moments = (1.2, 1.9, 3.5, 3.75, 5, 11)
    talks = [row("BRIDGE_EXIT" if no % 2 else "BRIDGE_ENTER", second) for no, second in enumerate(moments)]
    await bench.cel([START, ANSWER, *talks, *hangup(12)])
    await bench.closing.run()
    assert [(leg.status, leg.talk_seconds) for leg in (await bench.course()).legs] == [
        ("answered", seconds) for seconds in (0.7, 0.25, 6.0)
    ]


async def test_a_call_arrived_when_asterisk_took_it_and_not_when_a_hung_portal_woke(bench: Bench) -> None:
    await bench.happened(("call.started", {}), ("call.taken", {}))
    fallback = attrs.evolve(FALLBACK, at=at(-52))
    await bench.cel([row("CHAN_START", -56, context="from-trunk"), fallback, *hangup(-51)])
    (closed,) = await bench.closing.run()
    kept = await bench.course()
    assert (kept.call.arrived, kept.ended) == (closed.call.arrived, at(-51)) == (at(-56), at(-51))


async def test_the_portals_own_account_decides_with_asterisks_added(bench: Bench) -> None:
    await bench.happened(("call.started", {}), ("leg.ended", {"leg": 1, "status": "busy"}))
    await bench.cel([START, ANSWER, *hangup(9)])
    (closed,) = await bench.closing.run()
    assert closed.outcome is Outcome.BUSY


async def test_a_call_the_portal_ended_stays_as_it_is(bench: Bench) -> None:
    call = await bench.happened(("call.answered", {}))
    await bench.journal.end(call, 1, at=at(9.2))
    before = await bench.course()
    await bench.cel([START, ANSWER, *hangup(9)])
    assert await bench.closing.run() == []
    assert await bench.course() == before


async def test_a_leg_the_portal_left_open_is_ended_by_asterisks_record(bench: Bench) -> None:
    call = await bench.happened(("leg.created", {"leg": 2, "targets": ["desk"]}))
    assert await bench.journal.end(call, 1) is Outcome.ABANDONED_RING
    await bench.cel([START, ANSWER, *BRIDGE, *hangup(27)])
    assert await bench.closing.run() == []
    kept = await bench.course()
    assert kept.outcome is Outcome.HUMAN
    assert [leg.status for leg in kept.legs] == ["answered"]


async def test_the_portal_gets_time_to_end_a_call_itself(bench: Bench) -> None:
    await bench.happened(("call.answered", {}))
    await bench.cel([START, ANSWER, *hangup(57)])
    assert await bench.closing.run() == []
    bench.clock.advance(3)
    assert len(await bench.closing.run()) == 1


async def test_a_call_that_goes_on_is_left_alone(bench: Bench) -> None:
    await bench.happened(("call.answered", {}))
    await bench.cel([START, ANSWER, *BRIDGE])
    assert await bench.closing.run(LiveChannels("sh1", at(60), frozenset({CALL}), at(-100))) == []


async def test_a_channel_that_called_nobodys_number_is_no_call(bench: Bench) -> None:
    await bench.cel([row("CHAN_START", 0, context="default", exten="s"), row("HANGUP", 1, context="default")])
    assert await bench.closing.run() == []
    assert await History(bench.store).list_calls() == []


@pytest.mark.parametrize("seen", [True, False], ids=["seen", "unseen"])
@pytest.mark.parametrize(
    "live",
    [
        LiveChannels("sh1", at(60), frozenset(), at(40)),  # Asterisk started after the call had begun
        LiveChannels("sh1", at(60), frozenset({OUT}), at(-100)),  # the call is not among its channels
    ],
    ids=["restarted", "absent"],
)
async def test_a_call_asterisk_no_longer_has_ends_when_it_was_last_seen(
    bench: Bench, live: LiveChannels, seen: bool
) -> None:
    """REL06: Asterisk was killed, no end was ever written."""
    if seen:
        await bench.happened(("call.answered", {}), ("leg.created", {"leg": 1, "targets": ["desk"]}))
    await bench.cel([START, ANSWER, *BRIDGE[:4]])
    other_node = attrs.evolve(live, node="sh")
    assert await bench.closing.run(other_node) == []
    (closed,) = await bench.closing.run(live)
    assert (closed.outcome, closed.ended) == (Outcome.HUMAN, at(7))
    assert await bench.closing.run(live) == []


async def test_a_late_journal_opens_an_unseen_call_and_it_is_closed_again(bench: Bench) -> None:
    await bench.cel([START, ANSWER, *hangup(9)])
    await bench.closing.run()
    await bench.happened(("call.started", {}), ("call.answered", {}))
    reopened = await bench.course()
    assert (reopened.ended, reopened.call.caller.name) == (None, "Kim")
    (closed,) = await bench.closing.run()
    assert closed.outcome is Outcome.MACHINE_ONLY


async def test_half_the_rows_first_and_the_rest_later(bench: Bench) -> None:
    every = [START, ANSWER, FALLBACK, *BRIDGE, *hangup(27)]
    await bench.cel([r for r in every if r.kind != "USER_DEFINED"])
    assert len(await bench.closing.run()) == 1
    await bench.cel(every)
    assert await bench.closing.run() == []
    async with bench.store.read() as conn:
        assert set((await conn.execute(select(tables.cel_row.c.settled))).scalars()) == {False, True}
        assert set((await conn.execute(select(tables.cel_row.c.tenant))).scalars()) == {"", "acme"}


async def test_many_calls_at_once(bench: Bench) -> None:
    rows = []
    for n in range(250):
        one = f"sh1-1764000001.{n}"
        rows += [attrs.evolve(r, channel=one, linked=one) for r in (START, *hangup(9, cause=17))]
    random.Random(7).shuffle(rows)
    await bench.cel(rows)
    closed = await bench.closing.run()
    assert len({c.call.id for c in closed}) == 250
    assert {c.outcome for c in closed} == {Outcome.BUSY}


def outcome(*rows: CelRow) -> Outcome:
    account = account_of(CALL, rows)
    assert account is not None
    return account.outcome


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([START, *hangup(1, 17)], Outcome.BUSY),
        ([START, *hangup(1, 19)], Outcome.NO_ANSWER),
        ([START, *hangup(1, 21)], Outcome.REJECTED),
        ([START, *hangup(1, 0, "CANCEL")], Outcome.ABANDONED_RING),
        ([START, *hangup(1, 1)], Outcome.FAILED),
        ([START, ANSWER, *hangup(1, 17)], Outcome.MACHINE_ONLY),
        ([START, ANSWER, *BRIDGE, *hangup(27)], Outcome.HUMAN),
        ([START, row("HANGUP", 1, extra="no json{")], Outcome.FAILED),
        ([START, row("HANGUP", 1, extra="[1]")], Outcome.FAILED),
    ],
)
def test_the_outcome_asterisk_alone_can_tell(rows: list[CelRow], expected: Outcome) -> None:
    assert outcome(*rows) is expected


@given(st.permutations([START, ANSWER, FALLBACK, *BRIDGE, *hangup(28)]), st.data())
def test_an_account_does_not_depend_on_order_or_repetition(rows: list[CelRow], data: st.DataObject) -> None:
    twice = rows + data.draw(st.lists(st.sampled_from(rows), max_size=8))
    account = account_of(CALL, twice)
    assert account is not None
    assert account == account_of(CALL, [START, ANSWER, FALLBACK, *BRIDGE, *hangup(28)])
    assert (account.exten, account.origin, account.talked, account.ended) == ("22112345", "trunk", 20.0, at(28))
    assert account.fallback == at(4)


@given(st.sets(st.sampled_from([START, ANSWER, *BRIDGE, *hangup(28)]), min_size=1))
def test_missing_rows_cost_no_more_than_what_they_said(rows: set[CelRow]) -> None:
    account = account_of(CALL, rows, known=True)
    assert account is not None
    assert (account.ended is not None) == any(
        r.kind in ("HANGUP", "CHAN_END", "LINKEDID_END") and r.channel == CALL for r in rows
    )
    assert (account.talked is not None) == (BRIDGE[3] in rows)


def test_nothing_known_is_no_account() -> None:
    assert account_of(CALL, []) is None
    assert account_of(CALL, [], known=True) is None


async def test_closed_is_what_the_hooks_need(bench: Bench) -> None:
    await bench.cel([START, *hangup(3, 17)])
    (closed,) = await bench.closing.run()
    assert isinstance(closed, Closed)
    assert closed == Closed(Call(CALL, "acme", FULL, Caller(), BEGAN), Outcome.BUSY, at(3))
