"""Where orders are written down, in the transaction of their cause."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from ..store import tables_orders
from ..store.engine import Store
from ..store.upsert import inserting
from .order import KIND

KEPT: Final = timedelta(days=30)
"""How long what ended is remembered, so that it is not ordered once more."""
MOST: Final = 64 << 10
"""Bytes of a payload."""
_TABLE: Final = tables_orders.work_order


@attrs.frozen
class Orders:
    """The orders of all tenants."""

    store: Store
    clock: Clock

    async def add(
        self,
        conn: AsyncConnection,
        tenant: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        due: datetime | None = None,
        once: str = "",
    ) -> bool:
        """Order something for a moment, or for now, in the transaction ``conn``; whether it was not ordered before.

        With ``once`` the same is not ordered twice in a tenant, also not after
        it was done, for 30 days. Raises ``ValueError`` for a kind that is none
        and for a payload that is too long or no JSON.
        """
        if not KIND.fullmatch(kind):
            raise ValueError(f"an order's kind is a word such as 'call.place', not {kind!r}")
        if len(json.dumps(payload)) > MOST:
            raise ValueError(f"an order's payload has at most {MOST} bytes as JSON; keep the rest where it belongs")
        now = self.clock.now()
        row = {
            "tenant": tenant,
            "kind": kind,
            "once": once,
            "payload": dict(payload),
            "created": now,
            "due": due or now,
        }
        statement = inserting(conn.dialect.name, _TABLE).values(row).on_conflict_do_nothing().returning(_TABLE.c.id)
        return (await conn.execute(statement)).first() is not None

    async def give(
        self, tenant: str, kind: str, payload: Mapping[str, Any], *, due: datetime | None = None, once: str = ""
    ) -> bool:
        """The same in a transaction of its own."""
        async with self.store.write() as conn:
            return await self.add(conn, tenant, kind, payload, due=due, once=once)

    async def withdraw(self, conn: AsyncConnection, tenant: str, kind: str, once: str) -> bool:
        """Take back what was ordered and has not begun for the last time; whether there was such an order."""
        mine = (_TABLE.c.tenant == tenant, _TABLE.c.kind == kind, _TABLE.c.once == once, _TABLE.c.state == "open")
        return (await conn.execute(delete(_TABLE).where(*mine))).rowcount > 0

    async def put_off(self, conn: AsyncConnection, tenant: str, kind: str, once: str, due: datetime) -> bool:
        """Move an open order to another moment; whether there was one."""
        mine = (_TABLE.c.tenant == tenant, _TABLE.c.kind == kind, _TABLE.c.once == once, _TABLE.c.state == "open")
        return (await conn.execute(update(_TABLE).where(*mine).values(due=due))).rowcount > 0


async def forget_orders(store: Store, now: datetime) -> None:
    """Forget what ended long ago."""
    async with store.write() as conn:
        await conn.execute(delete(_TABLE).where(_TABLE.c.ended < now - KEPT))
