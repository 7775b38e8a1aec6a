"""Which calls passed a counted point, by which way: what distributions and limits go by, for all workers alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, Integer, MetaData, Table, Text, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import Call
from switchhook.administration import Moment

from .part import Part

KEPT: Final = timedelta(days=92)
_METADATA: Final = MetaData()
PASSAGE: Final = Table(
    "routing_passage",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("call", Text, primary_key=True),
    Column("way", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
"""``place`` is the name of a distribution or limit, ``caller`` the keyed hash by which a caller is known again."""
SHARE: Final = Table(
    "routing_share",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("way", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)
"""How many calls went each way since the weights are as they are."""


async def distributed(
    conn: AsyncConnection,
    now: datetime,
    call: Call,
    place: str,
    parts: Sequence[Part],
    *,
    window: timedelta,
    sticky: timedelta | None,
) -> str:
    """The way a call goes, which counts from now on; empty when every way has its quota within ``window``.

    Over any number of calls each way has its share to within one call, but
    for ways with quotas and callers who go where they went within ``sticky``.
    The same call asked again goes the same way.
    """
    counts = await _counts(conn, call.tenant, place, parts)
    if again := await way_of(conn, call, place):
        return again
    way = await _former(conn, now, call, place, parts, sticky) if sticky is not None else ""
    if not way:
        used = await _used(conn, now - window, call.tenant, place) if any(part.quota for part in parts) else {}
        way = chosen([part for part in parts if not part.quota or used.get(part.way, 0) < part.quota], counts)
    if way:
        mine = (SHARE.c.tenant == call.tenant, SHARE.c.place == _weighed(place, parts), SHARE.c.way == way)
        await conn.execute(update(SHARE).where(*mine).values(count=SHARE.c.count + 1))
        await pass_by(conn, now, call, place, way)
    return way


def chosen(parts: Sequence[Part], counts: Mapping[str, int]) -> str:
    """The way that is furthest behind its share; the first of several."""
    weights = sum(part.weight for part in parts)
    after = 1 + sum(counts.get(part.way, 0) for part in parts)
    open_ones = [part for part in parts if part.weight]
    if not open_ones:
        return ""
    return max(open_ones, key=lambda part: part.weight * after - weights * counts.get(part.way, 0)).way


async def way_of(conn: AsyncConnection, call: Call, place: str) -> str:
    """The way a call went at a place before, empty for none."""
    mine = (PASSAGE.c.tenant == call.tenant, PASSAGE.c.place == place, PASSAGE.c.call == call.id)
    return (await conn.execute(select(PASSAGE.c.way).where(*mine))).scalar() or ""


async def pass_by(conn: AsyncConnection, now: datetime, call: Call, place: str, way: str) -> None:
    """Keep that a call went a way; what is long ago is forgotten."""
    row = {"tenant": call.tenant, "place": place, "call": call.id, "way": way, "caller": call.caller.key, "at": now}
    await conn.execute(insert(PASSAGE).values(row))
    old = (PASSAGE.c.tenant == call.tenant, PASSAGE.c.place == place, PASSAGE.c.at < now - KEPT)
    await conn.execute(delete(PASSAGE).where(*old))


async def passed(conn: AsyncConnection, since: datetime, call: Call, place: str) -> int:
    """How often this caller passed a place since a moment."""
    mine = (PASSAGE.c.tenant == call.tenant, PASSAGE.c.place == place, PASSAGE.c.caller == call.caller.key)
    query = select(func.count()).select_from(PASSAGE).where(*mine, PASSAGE.c.at > since)
    return (await conn.execute(query)).scalar_one()


async def _counts(conn: AsyncConnection, tenant: str, place: str, parts: Sequence[Part]) -> Mapping[str, int]:
    """How many went each way so far; nobody else changes it until this transaction ends."""
    weighed = _weighed(place, parts)
    make: Any = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    rows = [{"tenant": tenant, "place": weighed, "way": way, "count": 0} for way in sorted({p.way for p in parts})]
    await conn.execute(make(SHARE).values(rows).on_conflict_do_nothing())
    query = select(SHARE.c.way, SHARE.c.count).where(SHARE.c.tenant == tenant, SHARE.c.place == weighed)
    found = await conn.execute(query.order_by(SHARE.c.way).with_for_update())
    return {row[0]: row[1] for row in found}


async def _former(
    conn: AsyncConnection, now: datetime, call: Call, place: str, parts: Sequence[Part], sticky: timedelta
) -> str:
    if not call.caller.key:
        return ""
    mine = (PASSAGE.c.tenant == call.tenant, PASSAGE.c.place == place, PASSAGE.c.caller == call.caller.key)
    query = select(PASSAGE.c.way).where(*mine, PASSAGE.c.at > now - sticky).order_by(PASSAGE.c.at.desc()).limit(1)
    way = (await conn.execute(query)).scalar()
    return way if way in {part.way for part in parts if part.weight} else ""


async def _used(conn: AsyncConnection, since: datetime, tenant: str, place: str) -> Mapping[str, int]:
    mine = (PASSAGE.c.tenant == tenant, PASSAGE.c.place == place, PASSAGE.c.at > since)
    query = select(PASSAGE.c.way, func.count()).where(*mine).group_by(PASSAGE.c.way)
    return {row[0]: row[1] for row in await conn.execute(query)}


def _weighed(place: str, parts: Sequence[Part]) -> str:
    """A place with its weights: after they were changed, counting begins anew."""
    weights = ",".join(f"{part.way}={part.weight}" for part in parts)
    return f"{place}#{hashlib.sha256(weights.encode()).hexdigest()[:16]}"
