"""Counts what a tenant has that only tries the portal."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.demo_limits import DemoLimit, LimitName, most
from . import tables, tables_people

_ACCOUNT: Final = tables_people.account
_FLOW: Final = tables.flow
_VERSION: Final = tables.flow_version


async def refuse_more(conn: AsyncConnection, tenant: str, limit: LimitName) -> None:
    """Raise :class:`DemoLimit` when a tenant in state ``demo`` has as many already as it may.

    In a transaction that has its turn the answer holds until its end.
    """
    state = select(tables.tenant.c.state).where(tables.tenant.c.id == tenant)
    if (await conn.execute(state)).scalar() != "demo":
        return
    if (await conn.execute(_count(tenant, limit))).scalar_one() >= most(limit):
        raise DemoLimit(tenant, limit)


def _count(tenant: str, limit: LimitName) -> Select[Any]:
    if limit == "numbers":
        return select(func.count()).select_from(tables.number).where(tables.number.c.tenant == tenant)
    if limit == "accounts":
        return select(func.count()).where(_ACCOUNT.c.tenant == tenant, _ACCOUNT.c.state != "disabled")
    own = and_(_FLOW.c.tenant == _VERSION.c.tenant, _FLOW.c.id == _VERSION.c.flow)
    live = (_VERSION.c.tenant == tenant, _VERSION.c.state == "published", _FLOW.c.deleted.is_(None))
    return select(func.count()).select_from(_VERSION.join(_FLOW, own)).where(*live)
