"""Lets the numbers of closed tenants go back to the pool."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, select

from ..store import tables
from ..store.audit import Audit
from ..store.engine import Store
from ..store.number_rows import searchable, type_of
from ..store.stamp import note_change
from ..store.tables_numbers import number_pool
from .pool import REST
from .settings import KIND


async def free_numbers_of_closed(store: Store, audit: Audit, now: datetime) -> int:
    """Put the numbers of tenants that were closed as long ago as a number rests into the pool; gives how many.

    Until then their callers hear the fallback. They have rested by then, so that everybody can have them at once.
    """
    tenant, number, told = tables.tenant, tables.number, tables.audit
    closed = (
        select(told.c.tenant)
        .where(told.c.kind == "tenant", told.c.action == "closed", told.c.id == told.c.tenant)
        .group_by(told.c.tenant)
        .having(func.max(told.c.at) <= now - REST)
    )
    query = select(number.c.e164, number.c.tenant, number.c.version).join(tenant, tenant.c.id == number.c.tenant)
    gone_for_good = query.where(tenant.c.state == "closed", tenant.c.id.in_(closed)).order_by(number.c.e164)
    async with store.write() as conn:
        await audit.take_turn(conn)
        found = (await conn.execute(gone_for_good)).all()
        for one in found:
            await conn.execute(delete(number).where(number.c.tenant == one.tenant, number.c.e164 == one.e164))
            row = {"e164": one.e164, "tenant": one.tenant, "type": type_of(one.e164), "search": searchable(one.e164)}
            await conn.execute(insert(number_pool).values(**row, since=now))
            before = {"version": one.version, "fields": {}}
            await audit.add(conn, now, "system", "delete", (one.tenant, KIND, one.e164), before, {})
        for owner in {one.tenant for one in found}:
            await note_change(conn, owner)
    return len(found)
