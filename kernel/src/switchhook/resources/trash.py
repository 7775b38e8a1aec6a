"""Forgets for good what was deleted long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from ..store import tables
from ..store.audit import Audit
from ..store.engine import Store

TRASH_DAYS: Final = 30
"""Days a deleted record can be brought back, and a request can be repeated."""
_KEPT: Final = tables.kept


async def empty_trash(store: Store, audit: Audit, now: datetime) -> int:
    """Remove what has been deleted for 30 days, also of plugins that are gone; gives how many records that were."""
    before = now - timedelta(days=TRASH_DAYS)
    async with store.write() as conn:
        await audit.take_turn(conn)
        gone = (await conn.execute(select(_KEPT).where(_KEPT.c.deleted < before))).mappings().all()
        for row in gone:
            was = {"version": row["version"], "deleted": True, "fields": row["document"]}
            await audit.add(conn, now, "system", "purge", (row["tenant"], row["kind"], row["id"]), was, {})
        await conn.execute(delete(_KEPT).where(_KEPT.c.deleted < before))
        await conn.execute(delete(tables.repeated).where(tables.repeated.c.at < before))
    return len(gone)
