"""Reads the faults of plugins that were kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from sqlalchemy import select

from ..dispatch.faults import Fault
from .engine import Store
from .tables import fault


@attrs.frozen
class FaultPage:
    """A part of the faults, newest first. ``after`` is the cursor of the next part, 0 at the end."""

    faults: Sequence[Fault]
    after: int = 0


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
            return [_fault(row) for row in await conn.execute(query)]

    async def page(self, plugin: str = "", *, after: int = 0, limit: int = 50) -> FaultPage:
        """The faults in the order they were kept, last first, those of one plugin if it is named."""
        query = select(fault).order_by(fault.c.id.desc()).limit(limit + 1)
        query = query.where(fault.c.plugin == plugin) if plugin else query
        query = query.where(fault.c.id < after) if after else query
        async with self.store.read() as conn:
            rows = (await conn.execute(query)).all()
        return FaultPage([_fault(row) for row in rows[:limit]], rows[limit - 1].id if len(rows) > limit else 0)


def _fault(row: Any) -> Fault:
    return Fault(row.plugin, row.hook, row.kind, row.message, row.at, row.call, row.traceback)
