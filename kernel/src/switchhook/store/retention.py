"""Forgets what is older than it may be kept: calls with all that belongs to them, Asterisk's records, and faults."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import attrs
from sqlalchemy import Column, Select, Table, delete, select

from . import tables
from .engine import Store
from .tables_spending import reservation, spending

BATCH: Final = 100
"""Calls in one transaction: some thousand rows, which the journal waits for some hundredths of a second."""
PAUSE: Final = 0.2
"""Seconds between two transactions, so that calls in progress are written down in between."""
_CALL, _CEL, _FAULT = tables.call, tables.cel_row, tables.fault


@attrs.frozen
class Forgotten:
    """How many calls, records of Asterisk that belonged to no call, and faults are no longer there."""

    calls: int = 0
    records: int = 0
    faults: int = 0


async def forget(store: Store, before: datetime, *, batch: int = BATCH, pause: float = PAUSE) -> Forgotten:
    """Delete what arrived or happened before that moment, in batches that let others write in between.

    A call that has not ended stays, with everything of it. May be killed at
    any moment and called again; raises :class:`StoreAway` when the database
    cannot be used, and keeps what was done until then.
    """
    work = _Forgetting(store, batch, pause)
    async with store.read() as conn:
        tenants = (await conn.execute(select(_CALL.c.tenant).distinct())).scalars().all()
    calls = 0
    for tenant in tenants:  # one by one, for the index by which old calls are found begins with the tenant
        old = select(_CALL.c.id).where(_CALL.c.tenant == tenant, _CALL.c.arrived < before, _CALL.c.ended.is_not(None))
        calls += await work.all_of(
            old.order_by(_CALL.c.arrived), (_CEL, _CEL.c.linked), (tables.event, tables.event.c.call),
            (tables.leg, tables.leg.c.call), (reservation, reservation.c.call), (_CALL, _CALL.c.id),
        )  # fmt: skip
    async with store.write() as conn:
        await conn.execute(
            delete(spending).where(spending.c.changed < before, spending.c.reserved == 0, spending.c.period != "always")
        )
    work = attrs.evolve(work, batch=batch * 20)  # from here on a key is one row
    stray = select(_CEL.c.key).where(_CEL.c.settled, _CEL.c.at < before)
    return Forgotten(
        calls,
        await work.all_of(stray, (_CEL, _CEL.c.key)),
        await work.all_of(select(_FAULT.c.id).where(_FAULT.c.at < before).order_by(_FAULT.c.at), (_FAULT, _FAULT.c.id)),
    )


@attrs.frozen
class _Forgetting:
    store: Store
    batch: int
    pause: float

    async def all_of(self, old: Select[Any], *rows: tuple[Table, Column[Any]]) -> int:
        """Delete from each table the rows whose column is among the ``old`` keys, until there are none; how many keys."""
        count = 0
        while keys := await self._some(old):
            async with self.store.write() as conn:
                for table, column in rows:
                    await conn.execute(delete(table).where(column.in_(keys)))
            count += len(keys)
            await asyncio.sleep(self.pause)
        return count

    async def _some(self, old: Select[Any]) -> Sequence[Any]:
        async with self.store.read() as conn:
            return list((await conn.execute(old.limit(self.batch))).scalars())
