"""Who has a right over everything in a tenant, such as those who are told of alerts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import Account
from ..store import tables_people
from .accounts import account_of
from .actors import actor_of


async def those_who_may(conn: AsyncConnection, tenant: str, right: str) -> Sequence[Account]:
    """The active accounts of a tenant with a right over all of it, by user name."""
    table = tables_people.account
    query = select(table).where(table.c.tenant == tenant, table.c.state == "active").order_by(table.c.username)
    accounts = [account_of(row) for row in (await conn.execute(query)).mappings()]
    return [one for one in accounts if actor_of(one).reach(right).everything]
