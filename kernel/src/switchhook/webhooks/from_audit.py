"""Tells webhooks of what administrators did: read from the audit chain, which has every change once and in order."""

from __future__ import annotations

from typing import Final

import attrs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from ..store import tables, tables_post
from ..store.engine import Store
from ..store.upsert import upsert
from .deliveries import enqueue, subscriptions
from .events import Told

EVERY: Final = 2.0
BATCH: Final = 200
_AUDIT, _PLACE = tables.audit, tables_post.read_place
_NAME: Final = "webhooks"
_TENANT: Final = "operator"


@attrs.frozen
class FromAudit:
    """Remembers how far it has read; what was changed before its first look is not told."""

    store: Store
    clock: Clock

    async def once(self) -> int:
        """Queue what was changed since the last look; gives how many changes there were."""
        async with self.store.read() as conn:
            head = (await conn.execute(select(tables.audit_head.c.no))).scalar_one()
            place = await self._place(conn)
        if place == head:
            return 0
        async with self.store.write() as conn:
            return await self._read_on(conn, head)

    async def _read_on(self, conn: AsyncConnection, head: int) -> int:
        place = await self._place(conn)
        if place is None:
            await self._put(conn, head)
            return 0
        query = select(_AUDIT).where(_AUDIT.c.no > place).order_by(_AUDIT.c.no).limit(BATCH)
        rows = (await conn.execute(query)).mappings().all()
        wanted = await subscriptions(conn) if rows else ()
        told = [
            Told(
                row["tenant"],
                "flow.published" if (row["kind"], row["action"]) == ("flow", "publish") else "change.made",
                f"change/{row['no']}",
                row["at"],
                {name: row[name] for name in ("actor", "action", "kind")} | {"what": row["id"]},
            )
            for row in rows
        ]
        pairs = [(one, it) for it in told for one in wanted if one.tenant == it.tenant and one.wants(it.event)]
        await enqueue(conn, pairs, self.clock.now())
        if rows:
            await self._put(conn, rows[-1]["no"])
        return len(rows)

    async def _place(self, conn: AsyncConnection) -> int | None:
        query = select(_PLACE.c.place).where(_PLACE.c.tenant == _TENANT, _PLACE.c.name == _NAME)
        found: int | None = (await conn.execute(query)).scalar()
        return found

    async def _put(self, conn: AsyncConnection, place: int) -> None:
        row = {"tenant": _TENANT, "name": _NAME, "place": place}
        await conn.execute(upsert(conn.dialect.name, _PLACE, ("tenant", "name")), row)
