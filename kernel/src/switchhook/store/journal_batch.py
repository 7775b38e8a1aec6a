"""One batch of the journal as one transaction; writing it twice changes nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

import attrs
from sqlalchemy import ColumnElement, Table, bindparam, case, func, insert, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT
from ..calls.call import Call
from ..calls.event import Event
from ..calls.outcome import Outcome, outcome_of
from ..dispatch.faults import Fault
from . import tables
from .news import Told, note_news
from .records import call_row, event_of, event_row, leg_begun, leg_ended
from .upsert import Insert, inserting, once, upsert

_DECIDES: Final = ("call.refused", "caller.denied", "call.failed", "call.answered", "prompt.started")
"""Beside ``leg.*``, the kinds of event an outcome follows from."""
_CLOSED: Final = 1 << 62  # later than any session


@attrs.frozen
class Happened:
    """An event of a call."""

    call: Call
    event: Event


@attrs.frozen
class Ended:
    """The end of a call as one of its sessions saw it; ``closed`` learns the outcome, or None."""

    call: Call
    session: int
    at: datetime
    outcome: Outcome | None
    closed: asyncio.Future[Outcome | None] = attrs.field(eq=False, repr=False)


@attrs.frozen
class Lost:
    """A fault to be kept for the operator."""

    fault: Fault
    tenant: str


Item = Happened | Ended | Lost


async def save(conn: AsyncConnection, items: Sequence[Item], now: datetime) -> dict[tuple[str, int], Outcome]:
    """Write a batch, and let those who look on know; gives the outcome of each (call, session) that closed its call."""
    happened = [item for item in items if isinstance(item, Happened)]
    ended = [item for item in items if isinstance(item, Ended)]
    seen = [(item.call, item.event.session) for item in happened] + [(item.call, item.session) for item in ended]
    await _save_calls(conn, seen)
    await _many(conn, _new_event(conn.dialect.name), (event_row(item.call, item.event) for item in happened))
    await _save_legs(conn, happened)
    await _many(conn, insert(tables.fault), (_fault_row(item) for item in items if isinstance(item, Lost)))
    outcomes = await _close(conn, ended) if ended else {}
    await note_news(conn, now, _told(items))
    return outcomes


def _told(items: Sequence[Item]) -> Iterator[Told]:
    """What a batch tells those who look on: calls that begin, are taken over or end, and faults."""
    for item in items:
        if isinstance(item, Lost):
            yield OPERATOR_TENANT, "plugins", ""
        elif isinstance(item, Ended) or item.event.kind.startswith("call."):
            yield item.call.tenant, "calls", item.call.number


async def _many(conn: AsyncConnection, statement: Any, rows: Iterable[Mapping[str, Any] | None]) -> None:
    given = [dict(row) for row in rows if row is not None]
    if given:
        await conn.execute(statement, given)


async def _save_calls(conn: AsyncConnection, seen: Iterable[tuple[Call, int]]) -> None:
    newest: dict[str, tuple[Call, int]] = {}
    for call, session in seen:
        if call.id not in newest or session >= newest[call.id][1]:
            newest[call.id] = (call, session)
    # In one order everywhere, so that two workers never wait for each other.
    rows = (call_row(*newest[id]) for id in sorted(newest))  # noqa: A001 - the domain's own word
    await _many(conn, _reopening(conn.dialect.name), rows)


@cache
def _reopening(dialect: str) -> Insert:
    """Insert a call; a later session of a known one takes it over and opens it again."""
    table = tables.call
    statement = inserting(dialect, table)
    new = statement.excluded
    facts: dict[str, ColumnElement[Any]] = {
        # A call known from Asterisk's own record alone has session 0 and knows less than a session does.
        name: case((table.c.session == 0, new[name]), else_=table.c[name])
        for name in table.c.keys()  # noqa: SIM118 - a collection of columns is no mapping
        if name in ("number", "origin", "language", "diverted_from") or name.startswith("caller_")
    }
    taken_over = {
        **facts,
        "tenant": func.coalesce(func.nullif(new.tenant, ""), table.c.tenant),
        "session": new.session,
        "ended": null(),
        "seconds": -1.0,
        "outcome": "",
        "ended_by": "",
    }
    return statement.on_conflict_do_update(index_elements=["id"], set_=taken_over, where=new.session > table.c.session)


async def _save_legs(conn: AsyncConnection, happened: Sequence[Happened]) -> None:
    dialect = conn.dialect.name
    await _many(conn, _new_leg(dialect), (leg_begun(item.call, item.event) for item in happened))
    await _many(conn, _ended_leg(dialect), (leg_ended(item.call, item.event) for item in happened))


# Statements are built once: building one costs more than running it.


@cache
def _new_event(dialect: str) -> Insert:
    return once(dialect, tables.event)


@cache
def _new_leg(dialect: str) -> Insert:
    return once(dialect, tables.leg)


@cache
def _ended_leg(dialect: str) -> Insert:
    return upsert(dialect, tables.leg, ("call", "number"), keep=("tenant", "target", "created"))


def _fault_row(item: Lost) -> dict[str, Any]:
    fault = item.fault
    return {
        "tenant": item.tenant,
        "plugin": fault.plugin,
        "hook": fault.hook,
        "kind": fault.kind,
        "call": fault.call,
        "at": fault.at,
        "message": _storable(fault.message),
        "traceback": _storable(fault.trace),
    }


def _storable(text: str) -> str:
    """What a database takes: errors of plugins may hold anything, and must be told all the same."""
    return text.replace("\x00", "\\0").encode("utf-8", "backslashreplace").decode()


async def _close(conn: AsyncConnection, ended: Sequence[Ended]) -> dict[tuple[str, int], Outcome]:
    """As :func:`close` for many calls in few statements: each costs a change of threads on SQLite."""
    table = tables.call
    ids = [item.call.id for item in ended]
    outcomes = await outcomes_of(conn, ids)
    known = select(table.c.id, table.c.session, table.c.arrived).where(table.c.id.in_(ids), table.c.ended.is_(None))
    of_call = {row.id: row for row in await conn.execute(known.with_for_update())}
    closed: dict[tuple[str, int], Outcome] = {}
    rows = []
    for item in ended:
        if item.call.id in of_call and item.session >= of_call[item.call.id].session:
            arrived = of_call.pop(item.call.id).arrived
            outcome = closed[item.call.id, item.session] = item.outcome or outcomes[item.call.id]
            end = {"ended": item.at, "seconds": _lasted(arrived, item.at), "ended_by": "portal"}
            rows.append({"the_call": item.call.id, "outcome": outcome.value, **end})
    await _many(conn, update(table).where(table.c.id == bindparam("the_call")), rows)
    return closed


async def outcomes_of(conn: AsyncConnection, calls: Sequence[str]) -> dict[str, Outcome]:
    """The outcome of each call as its events decide it."""
    return {id: outcome_of(events) for id, events in (await deciding(conn, calls)).items()}  # noqa: A001


async def deciding(conn: AsyncConnection, calls: Sequence[str]) -> dict[str, list[Event]]:
    """Of each call, the events that decide its outcome, in order."""
    table: Table = tables.event
    query = (
        select(table)
        .where(table.c.call.in_(calls), or_(table.c.kind.in_(_DECIDES), table.c.kind.like("leg.%")))
        .order_by(table.c.call, table.c.session, table.c.seq)
    )
    found: defaultdict[str, list[Event]] = defaultdict(list, {id: [] for id in calls})  # noqa: A001
    for row in (await conn.execute(query)).mappings():
        found[row["call"]].append(event_of(row))
    return found


async def close(conn: AsyncConnection, call: str, at: datetime, outcome: Outcome, *, by: str) -> bool:
    """Close a call unless it is closed; whether it was closed by this."""
    table = tables.call
    goes_on = (table.c.id == call, table.c.ended.is_(None))
    arrived = (await conn.execute(select(table.c.arrived).where(*goes_on))).scalar()
    if arrived is None:
        return False
    values = {"ended": at, "seconds": _lasted(arrived, at), "outcome": outcome.value, "ended_by": by}
    return bool((await conn.execute(update(table).where(*goes_on).values(values))).rowcount)


def _lasted(arrived: datetime, ended: datetime) -> float:
    return max(0.0, (ended - arrived).total_seconds())
