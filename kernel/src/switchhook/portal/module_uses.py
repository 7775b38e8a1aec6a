"""Which flows need the modules of a plugin."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, select

from ..documents.marked import parse
from ..resources.kept import IN_USE
from ..store import tables
from ..store.engine import Store
from .plugin_values import ModuleUse


async def uses_of(store: Store, kinds: Collection[str]) -> Sequence[ModuleUse]:
    """The flows of all tenants that are live, or are to be, with their points of these kinds."""
    if not kinds:
        return ()
    flow, version = tables.flow, tables.flow_version
    there = and_(flow.c.tenant == version.c.tenant, flow.c.id == version.c.flow, flow.c.deleted.is_(None))
    query = (
        select(version.c.tenant, version.c.flow, flow.c.label, version.c.document)
        .join(flow, there)
        .where(version.c.state.in_(IN_USE))
        .order_by(version.c.tenant, version.c.flow, version.c.no)
    )
    async with store.read() as conn:
        rows = (await conn.execute(query)).all()
    return await asyncio.to_thread(_uses, rows, kinds)


def _uses(rows: Sequence[Any], kinds: Collection[str]) -> Sequence[ModuleUse]:
    # Reading YAML takes its time: only what may have such a point is read.
    likely = re.compile(rf"""module["']?\s*:\s*["']?(?:{"|".join(map(re.escape, kinds))})\b""")
    found: dict[tuple[str, str], ModuleUse] = {}
    for row in rows:
        points = _points(row.document, kinds) if likely.search(row.document) else ()
        if points:
            found[row.tenant, row.flow] = ModuleUse(row.tenant, row.flow, row.label or row.flow, points)
    return list(found.values())


def _points(document: str, kinds: Collection[str]) -> tuple[str, ...]:
    whole = parse(document).value
    points = whole.get("points") if isinstance(whole, Mapping) else None
    if not isinstance(points, Mapping):
        return ()
    return tuple(name for name, point in points.items() if isinstance(point, Mapping) and point.get("module") in kinds)
