"""Lists of kept calls: in every order page by page, between two moments, with an index."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement, Executable

from switchhook.access.actor import SYSTEM
from switchhook.asterisk.live import LiveCalls
from switchhook.calls.call import Call, Caller
from switchhook.calls.course import CallLine
from switchhook.calls.outcome import Outcome
from switchhook.clock import SetClock
from switchhook.portal.call_orders import ORDERS, CursorRefused
from switchhook.portal.call_records import CallFilter, CallRecords, TenantCalls
from switchhook.store import tables
from switchhook.store.engine import Store
from switchhook.store.journal_batch import close
from switchhook.store.records import call_row

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
NUMBERS = ("+4930300", "+4930100", "+4930200")
BY: dict[str, Callable[[CallLine], Any]] = {
    "arrived": lambda one: one.arrived,
    "number": lambda one: one.number,
    "caller": lambda one: one.caller if one.caller.startswith("+") else "",
    "length": lambda one: one.ended - one.arrived if one.ended else timedelta(seconds=-1),
    "outcome": lambda one: one.outcome or "",
}


class Explain(Executable, ClauseElement):
    """How a database finds the rows of a statement."""

    inherit_cache = False

    def __init__(self, statement: Any) -> None:
        self.statement = statement


@compiles(Explain)
def _explain(element: Any, compiler: Any, **kw: Any) -> str:
    verb = "EXPLAIN QUERY PLAN" if compiler.dialect.name == "sqlite" else "EXPLAIN"
    return f"{verb} {compiler.process(element.statement, **kw)}"


@pytest.fixture
async def calls(store: Store) -> TenantCalls:
    """Thirty calls to three numbers, of which three each arrived at the same moment; the last two go on."""
    callers = [Caller("+491711234567"), Caller("+491601234567"), Caller(), Caller("+4930555")]
    made = [
        Call(f"c-{n:02}", "acme", NUMBERS[n % 3], callers[n % 4], NOW - timedelta(hours=n // 3), "trunk", "de")
        for n in range(30)
    ]
    async with store.write() as conn:
        await conn.execute(insert(tables.call), [call_row(one, 1) for one in made])
        for n, one in enumerate(made[:-2]):
            end = one.arrived + timedelta(seconds=n % 5 + 0.1)
            await close(conn, one.id, end, list(Outcome)[n % 3], by="portal")
    return CallRecords(store, LiveCalls(SetClock(NOW))).of("acme", SYSTEM)


@pytest.mark.parametrize("order", ORDERS)
async def test_every_order_is_read_page_by_page_and_misses_nothing(calls: TenantCalls, order: str) -> None:
    seen, after = [], ""
    while True:
        page = await calls.page(limit=7, after=after, order=order)
        seen += page.calls
        if not (after := page.after):
            break
    by = BY[order.removeprefix("-")]
    expected = sorted(seen, key=lambda one: (by(one), one.arrived, one.id), reverse=order[0] == "-")
    assert [one.id for one in seen] == [one.id for one in expected]
    assert len({one.id for one in seen}) == 30


async def test_a_place_of_another_order_or_an_order_there_is_not_is_refused(calls: TenantCalls) -> None:
    of_number = (await calls.page(limit=7, order="number")).after
    for after, order in (
        (of_number, "arrived"),
        ("", "caller_name"),
        ("x", "-number"),
        ("x|y|z", "length"),
    ):
        with pytest.raises(CursorRefused):
            await calls.page(after=after, order=order)


async def test_calls_between_two_moments_are_found_by_an_index(store: Store, calls: TenantCalls) -> None:
    only = CallFilter(since=NOW - timedelta(hours=3), until=NOW - timedelta(hours=1))
    assert [one.id for one in (await calls.page(only)).calls] == ["c-08", "c-07", "c-06", "c-11", "c-10", "c-09"]
    for order in ("-arrived", "arrived"):
        plan = await plan_of(store, calls.query(only, limit=50, order=order))
        assert "call_by_tenant" in plan
        assert "arrived" in plan.split("call_by_tenant", 1)[1]


@pytest.mark.parametrize("name", ["number", "caller", "length", "outcome"])
async def test_each_order_is_read_from_an_index(store: Store, calls: TenantCalls, name: str) -> None:
    for order in (name, f"-{name}"):
        assert f"call_by_{name}" in await plan_of(store, calls.query(CallFilter(), limit=50, order=order))


async def plan_of(store: Store, query: Any) -> str:
    """How a query is answered."""
    async with store.read() as conn:
        if conn.dialect.name == "postgresql":  # which reads a table of thirty rows as a whole, and sorts it
            for way in ("seqscan", "bitmapscan", "sort"):
                await conn.execute(text(f"SET LOCAL enable_{way} = off"))
        return "\n".join(str(row) for row in await conn.execute(Explain(query)))


async def test_calls_the_portal_placed_are_no_calls_that_came_in(store: Store, calls: TenantCalls) -> None:
    before = await calls.outcomes(NOW - timedelta(days=1), NOW + timedelta(days=1))
    placed = Call("p-1", "acme", NUMBERS[0], Caller("+4930555"), NOW, "placed", "de")
    async with store.write() as conn:
        await conn.execute(insert(tables.call), [call_row(placed, 1)])
        await close(conn, placed.id, NOW + timedelta(seconds=5), Outcome.HUMAN, by="portal")
    assert await calls.outcomes(NOW - timedelta(days=1), NOW + timedelta(days=1)) == before
    assert sum(before.values()) == 28
