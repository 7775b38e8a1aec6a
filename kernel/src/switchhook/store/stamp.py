"""How running workers notice that something they hold in memory has changed."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables
from .upsert import upsert


async def note_change(conn: AsyncConnection, tenant: str) -> None:
    """Let running workers notice. A counter for each tenant or plugin: their sum grows whenever one of them does."""
    table = tables.change_stamp
    counted = upsert(conn.dialect.name, table, ("tenant",), change={"value": table.c.value + 1})
    await conn.execute(counted, {"tenant": tenant, "value": 1})
