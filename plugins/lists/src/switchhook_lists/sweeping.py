"""Taking away for good what has ended: suppressed callers, deleted entries, old hits, entries of lists that are gone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, or_, select

from .caller_list import CallerList
from .tables import ENTRY, HIT

if TYPE_CHECKING:
    from switchhook.administration import Administration

EVERY: Final = 3600.0
"""Seconds between two looks; entries that ended hold no more at once, whatever is still there."""
BROUGHT_BACK: Final = timedelta(days=7)
"""How long a deleted entry can be brought back."""
KEPT: Final = timedelta(days=92)
"""How long it is known which calls met a list."""


async def sweep(administration: Administration) -> None:
    """Until cancelled."""
    while True:
        await sweep_once(administration)
        await asyncio.sleep(EVERY)


async def sweep_once(administration: Administration) -> None:
    """Take away what is over by now."""
    now = administration.clock.now()
    kept = {(one.tenant, one.id) for one in await administration.keeping.of_all_tenants(CallerList.kind)}
    over = and_(ENTRY.c.kind == "suppressed", ENTRY.c.until <= now)
    async with administration.keeping.turn() as conn:
        await conn.execute(delete(ENTRY).where(or_(over, ENTRY.c.deleted <= now - BROUGHT_BACK)))
        await conn.execute(delete(HIT).where(HIT.c.at <= now - KEPT))
        for table in (ENTRY, HIT):
            there = (await conn.execute(select(table.c.tenant, table.c.list).distinct())).all()
            for tenant, one in there:
                if (tenant, one) not in kept:
                    await conn.execute(delete(table).where(table.c.tenant == tenant, table.c.list == one))
