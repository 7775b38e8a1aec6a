"""The table of wrong PINs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from sqlalchemy import Column, Index, Integer, MetaData, Table, Text, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook.administration import Moment

HOUR: Final = timedelta(hours=1)
WRONG: Final = Table(
    "callthrough_wrong",
    MetaData(),
    Column("tenant", Text, primary_key=True),
    Column("call", Text, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("number", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("callthrough_wrong_at", "tenant", "at"),
)
"""Neither PINs nor callers are in it."""


@attrs.frozen
class Attempts:
    """The wrong PINs of a tenant within the last hour."""

    conn: AsyncConnection
    tenant: str

    async def add(self, number: str, call: str, attempt: int, now: datetime) -> None:
        """Count one, unless it was; older ones are forgotten."""
        make: Any = sqlite.insert if self.conn.dialect.name == "sqlite" else postgresql.insert
        row = {"tenant": self.tenant, "call": call, "attempt": attempt, "number": number, "at": now}
        await self.conn.execute(make(WRONG).values(row).on_conflict_do_nothing())
        await self.conn.execute(delete(WRONG).where(WRONG.c.tenant == self.tenant, WRONG.c.at <= now - HOUR))

    async def counted(self, number: str, now: datetime) -> tuple[int, int]:
        """How many there were at a called number, and at all."""
        recent = (WRONG.c.tenant == self.tenant, WRONG.c.at > now - HOUR)
        query = select(func.count()).select_from(WRONG).where(*recent)
        of_all = (await self.conn.execute(query)).scalar_one()
        return (await self.conn.execute(query.where(WRONG.c.number == number))).scalar_one(), of_all
