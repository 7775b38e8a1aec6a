"""Flows and their versions, inside a transaction somebody else opened."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import attrs
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import NotFound
from . import tables
from .routing import FlowReference, FlowText, FlowVersion
from .stamp import note_change
from .upsert import upsert

_FLOW: Final = tables.flow
_VERSION: Final = tables.flow_version
_REFERENCE: Final = tables.flow_reference
Now = Callable[[], datetime]


async def put_flow(conn: AsyncConnection, tenant: str, flow: str, label: str, owner: str = "") -> None:
    """Make a flow without any version, or change its label; raises ``NotFound`` without such a tenant."""
    there = await conn.execute(select(tables.tenant.c.id).where(tables.tenant.c.id == tenant))
    if there.first() is None:
        raise NotFound(f"there is no tenant {tenant!r}", tenant=tenant)
    row = {"tenant": tenant, "id": flow, "label": label, "owner": owner}
    await conn.execute(upsert(conn.dialect.name, _FLOW, ("tenant", "id"), keep=("owner", "deleted")), row)


async def lock(conn: AsyncConnection, tenant: str, flow: str) -> None:
    """Let changes of one flow happen one after the other; raises ``NotFound``, also for one in the trash."""
    found = await conn.execute(
        select(_FLOW.c.deleted).where(_FLOW.c.tenant == tenant, _FLOW.c.id == flow).with_for_update()
    )
    row = found.first()
    if row is None:
        raise NotFound(f"there is no flow {flow!r}", flow=flow)
    if row.deleted is not None:
        raise NotFound(f"flow {flow!r} lies in the trash; restore it first", flow=flow)


async def own(conn: AsyncConnection, tenant: str, version: int) -> FlowVersion:
    """A tenant's version, its flow locked; raises ``NotFound``."""
    query = select(_VERSION).where(_VERSION.c.id == version, _VERSION.c.tenant == tenant)
    found = (await conn.execute(query)).mappings().first()
    if found is None:
        raise NotFound(f"there is no version {version}", version=version)
    await lock(conn, tenant, found["flow"])
    return version_of_row((await conn.execute(query)).mappings().one())


async def live(conn: AsyncConnection, tenant: str, flow: str) -> FlowVersion | None:
    """The version new calls get, or None."""
    query = select(_VERSION).where(
        _VERSION.c.tenant == tenant, _VERSION.c.flow == flow, _VERSION.c.state == "published"
    )
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else version_of_row(row)


async def numbered(conn: AsyncConnection, tenant: str, flow: str, no: int) -> FlowVersion:
    """Version number ``no`` of a flow; raises ``NotFound``."""
    query = select(_VERSION).where(_VERSION.c.tenant == tenant, _VERSION.c.flow == flow, _VERSION.c.no == no)
    row = (await conn.execute(query)).mappings().first()
    if row is None:
        raise NotFound(f"flow {flow!r} has no version {no}", flow=flow, version=no)
    return version_of_row(row)


async def add(
    conn: AsyncConnection, now: datetime, tenant: str, text: FlowText, *, message: str = "", author: str = ""
) -> FlowVersion:
    """Add a version with the next number, and what it uses."""
    await lock(conn, tenant, text.flow)
    last = await conn.execute(
        select(func.coalesce(func.max(_VERSION.c.no), 0)).where(
            _VERSION.c.tenant == tenant, _VERSION.c.flow == text.flow
        )
    )
    row = {
        "tenant": tenant,
        "flow": text.flow,
        "no": last.scalar_one() + 1,
        "document": text.document,
        "hash": hashlib.sha256(text.document.encode()).hexdigest(),
        "message": message,
        "author": author,
        "created": now,
    }
    added = version_of_row((await conn.execute(insert(_VERSION).values(row).returning(_VERSION))).mappings().one())
    await put_uses(conn, added, text.uses)
    return added


async def put_uses(conn: AsyncConnection, version: FlowVersion, uses: Sequence[FlowReference]) -> None:
    """Say what a version uses, instead of what was said before."""
    await conn.execute(delete(_REFERENCE).where(_REFERENCE.c.version == version.id))
    rows = [{"tenant": version.tenant, "version": version.id, **attrs.asdict(one)} for one in uses]
    if rows:
        await conn.execute(insert(_REFERENCE), rows)


async def publish(conn: AsyncConnection, now: Now, tenant: str, version: int) -> FlowVersion:
    """Make a version the one that new calls get; what is live already stays as it is."""
    found = await own(conn, tenant, version)
    if found.state == "published":
        return found
    same_flow = (_VERSION.c.tenant == tenant, _VERSION.c.flow == found.flow)
    await conn.execute(update(_VERSION).where(*same_flow, _VERSION.c.state == "published").values(state="archived"))
    changed = update(_VERSION).where(_VERSION.c.id == version).values(state="published", published_at=now())
    row = (await conn.execute(changed.returning(_VERSION))).mappings().one()
    await note_change(conn, tenant)
    return version_of_row(row)


async def publish_text(
    conn: AsyncConnection, now: Now, tenant: str, text: FlowText, *, message: str = "", author: str = ""
) -> FlowVersion:
    """Make a flow live, a new one or a new version; a text that is live already keeps its version."""
    await put_flow(conn, tenant, text.flow, text.label)
    await lock(conn, tenant, text.flow)
    found = await live(conn, tenant, text.flow)
    if found is not None and found.document == text.document:
        return found
    added = await add(conn, now(), tenant, text, message=message, author=author)
    return await publish(conn, now, tenant, added.id)


def version_of_row(row: RowMapping) -> FlowVersion:
    """A version from its row."""
    return FlowVersion(**row)
