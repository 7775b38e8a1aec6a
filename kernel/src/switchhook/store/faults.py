"""Reads the faults of plugins that were kept."""

from __future__ import annotations

import attrs
from sqlalchemy import select

from ..dispatch.faults import Fault
from .engine import Store
from .tables import fault


@attrs.frozen
class FaultLog:
    """The faults in the store, for the operator."""

    store: Store

    async def latest(self, limit: int = 20, plugin: str | None = None) -> list[Fault]:
        """The latest faults, newest first: at most ``limit``, those of one plugin if it is named."""
        query = select(fault).order_by(fault.c.at.desc(), fault.c.id.desc()).limit(limit)
        if plugin is not None:
            query = query.where(fault.c.plugin == plugin)
        async with self.store.read() as conn:
            return [
                Fault(row.plugin, row.hook, row.kind, row.message, row.at, row.call, row.traceback)
                for row in await conn.execute(query)
            ]
