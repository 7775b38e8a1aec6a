"""Forgets for good the flows that were deleted long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select

from ..resources.trash import TRASH_DAYS
from ..store import tables
from ..store.audit import Audit
from ..store.engine import Store
from ..store.tables_publishing import flow_draft, flow_draft_step, flow_expectation, flow_schedule


async def purge_flows(store: Store, audit: Audit, now: datetime) -> int:
    """Remove flows that have been deleted for 30 days, with all that belongs to them; gives how many that was."""
    before = now - timedelta(days=TRASH_DAYS)
    flow, version, used = tables.flow, tables.flow_version, tables.flow_reference
    async with store.write() as conn:
        await audit.take_turn(conn)
        gone = (await conn.execute(select(flow.c.tenant, flow.c.id, flow.c.label).where(flow.c.deleted < before))).all()
        for row in gone:
            versions = select(version.c.id).where(version.c.tenant == row.tenant, version.c.flow == row.id)
            await conn.execute(delete(used).where(used.c.version.in_(versions)))
            for table in (flow_schedule, flow_draft_step, flow_draft, flow_expectation, version):
                await conn.execute(delete(table).where(and_(table.c.tenant == row.tenant, table.c.flow == row.id)))
            await conn.execute(delete(flow).where(flow.c.tenant == row.tenant, flow.c.id == row.id))
            await audit.add(conn, now, "system", "purge", (row.tenant, "flow", row.id), {"label": row.label}, {})
    return len(gone)
