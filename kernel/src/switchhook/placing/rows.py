"""Calls to be placed as rows, and each change of their state as one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from sqlalchemy import Select, and_, delete, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..calls.port import Target
from ..store import tables
from ..store.engine import Store
from ..store.tables_placed import placed
from .placed_call import PlacedStatus, Placement

KEPT: Final = timedelta(days=90)
"""How long a call that ended is remembered, and so the keys that were used; the call itself is kept like all calls."""
OPEN: Final = select(placed.c.id).where(placed.c.ended.is_(None)).limit(1)
UNTOLD: Final = select(placed.c.id).where(placed.c.told.is_(None)).limit(1)
"""For :func:`any_of`: to put such a question together takes longer than to answer it."""
_PLAIN = frozenset(field.name for field in attrs.fields(Placement)) - {"target"}


def row_of(order: Placement) -> dict[str, Any]:
    """A row of the table ``placed``."""
    row = {name: getattr(order, name) for name in _PLAIN}
    return {**row, "settings": dict(order.settings), "target_kind": order.target.kind, "target": order.target.address}


def placement_of(row: RowMapping | Mapping[str, Any]) -> Placement:
    """The call behind a row."""
    target = Target(row["target_kind"], row["target"])
    return Placement(target=target, **{name: row[name] for name in _PLAIN})


async def find(conn: AsyncConnection, *conditions: Any, limit: int = 100) -> Sequence[Placement]:
    """The calls for which conditions on the table hold, those that are due first."""
    query = select(placed).where(*conditions).order_by(placed.c.due, placed.c.id).limit(limit)
    return [placement_of(row) for row in (await conn.execute(query)).mappings()]


async def any_of(store: Store, calls: Select[tuple[str]]) -> bool:
    """Whether there are any of these calls: the short look of those who mostly find none."""
    async with store.read() as conn:
        return (await conn.execute(calls)).first() is not None


async def of_call(conn: AsyncConnection, id: str) -> tuple[Placement, RowMapping] | None:  # noqa: A002
    """An attempt with the row of its call."""
    query = select(placed).where(placed.c.id == id, placed.c.asked.is_not(None))
    row = (await conn.execute(query)).mappings().first()
    called = (await conn.execute(select(tables.call).where(tables.call.c.id == id))).mappings().first()
    return (placement_of(row), called) if row is not None and called is not None else None


async def claim(conn: AsyncConnection, id: str, now: datetime) -> bool:  # noqa: A002 - the domain's own word
    """Take an attempt, once and for all; whether this was the one that took it."""
    waiting = and_(placed.c.id == id, placed.c.asked.is_(None), placed.c.ended.is_(None))
    return bool((await conn.execute(update(placed).where(waiting).values(asked=now))).rowcount)


async def finish(
    conn: AsyncConnection,
    id: str,  # noqa: A002 - the domain's own word
    now: datetime,
    status: PlacedStatus,
    *,
    exit: str = "",  # noqa: A002 - the domain's own word
    why: str = "",
) -> None:
    """Say how it ended, unless that is known."""
    change = update(placed).where(placed.c.id == id, placed.c.ended.is_(None))
    await conn.execute(change.values(ended=now, status=status, exit=exit, why=why))


async def over(conn: AsyncConnection) -> Sequence[tuple[Placement, RowMapping]]:
    """Attempts whose call has ended and whose end is not taken over, each with the row of the call."""
    ended = (
        select(tables.call)
        .join(placed, placed.c.id == tables.call.c.id)
        .where(placed.c.ended.is_(None), placed.c.asked.is_not(None), tables.call.c.ended.is_not(None))
        .limit(100)
    )
    calls = {row["id"]: row for row in (await conn.execute(ended)).mappings()}
    orders = await find(conn, placed.c.id.in_(sorted(calls))) if calls else []
    return [(order, calls[order.id]) for order in orders]


async def forget_placed(store: Store, now: datetime) -> None:
    """Forget calls that ended long ago."""
    async with store.write() as conn:
        await conn.execute(delete(placed).where(placed.c.ended < now - KEPT, placed.c.told.is_not(None)))
