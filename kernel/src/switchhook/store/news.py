"""That something changed: written with the change itself, and read once for all who look on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import Store
from .tables import audit
from .tables_news import news as table
from .upsert import inserting

KEPT: Final = timedelta(days=1)
Told = tuple[str, str, str]
"""A tenant, a topic, and the number it concerns or nothing."""


@attrs.frozen
class Noted:
    """How often something was told of, and when last."""

    tenant: str
    topic: str
    number: str
    count: int
    at: datetime


async def note_news(conn: AsyncConnection, at: datetime, told: Iterable[Told]) -> None:
    """Let those who look on know, in the transaction of the change; what belongs to no tenant concerns nobody."""
    # In one order everywhere, so that two processes never wait for each other.
    rows = [
        {"tenant": tenant, "topic": topic, "number": number, "count": 1, "at": at}
        for tenant, topic, number in sorted(set(told))
        if tenant
    ]
    if rows:
        statement = inserting(conn.dialect.name, table)
        again = {"count": table.c.count + 1, "at": statement.excluded.at}
        key = ["tenant", "topic", "number"]
        await conn.execute(statement.on_conflict_do_update(index_elements=key, set_=again), rows)


async def noted_since(conn: AsyncConnection, tenants: Collection[str], since: datetime) -> Sequence[Noted]:
    """What was noted from then on in some tenants, and what their audit tells, by kind."""
    noted = select(table).where(table.c.tenant.in_(tenants), table.c.at >= since)
    audited = (
        select(audit.c.tenant, audit.c.kind, func.max(audit.c.no), func.max(audit.c.at))
        .where(audit.c.tenant.in_(tenants), audit.c.at >= since)
        .group_by(audit.c.tenant, audit.c.kind)
    )
    found = [Noted(**row) for row in (await conn.execute(noted)).mappings()]
    return [*found, *(Noted(tenant, kind, "", no, at) for tenant, kind, no, at in await conn.execute(audited))]


async def forget_news(store: Store, now: datetime) -> None:
    """Forget what has been quiet for a day."""
    async with store.write() as conn:
        await conn.execute(delete(table).where(table.c.at < now - KEPT))
