"""Flows as they stand: points, modules and ways between them; who they are called after and lead to as marks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import func, select

from ...documents.marked import parse
from ...flows.registry import ModuleRegistry
from ...store.engine import Store
from ...store.tables import flow_version
from .masking import SECRET, Masker

_FLOWS: Final = 200
_POINTS: Final = 200


async def told_flows(store: Store, modules: ModuleRegistry, mask: Masker) -> Mapping[str, object]:
    """The live version of each flow, of at most 200 that went live last."""
    table = flow_version
    live = select(table).where(table.c.state == "published")
    async with store.read() as conn:
        count = (await conn.execute(live.with_only_columns(func.count()))).scalar_one()
        rows = (
            (await conn.execute(live.order_by(table.c.published_at.desc(), table.c.id).limit(_FLOWS))).mappings().all()
        )
    # A large flow takes a second to read, which calls must not wait for.
    flows = await asyncio.to_thread(lambda: [_flow(row, modules, mask) for row in rows])
    return {"live": count, "flows": flows}


def _flow(row: Any, modules: ModuleRegistry, mask: Masker) -> Mapping[str, object]:
    read = parse(row["document"])
    value = read.value if isinstance(read.value, Mapping) else {}
    points = value.get("points")
    points = points if isinstance(points, Mapping) else {}
    return {
        "tenant": row["tenant"],
        "flow": mask.name("flow", row["flow"]),
        "version": row["no"],
        "published": row["published_at"].isoformat() if row["published_at"] else "",
        "problems": len(read.problems),
        "start": mask.name("point", value.get("start")),
        "last_resort": mask.leads(value.get("last_resort")),
        "count": len(points),
        "points": [_point(id, one, modules, mask) for id, one in list(points.items())[:_POINTS]],  # noqa: A001
    }


def _point(id: str, entry: Any, modules: ModuleRegistry, mask: Masker) -> Mapping[str, object]:  # noqa: A002
    entry = entry if isinstance(entry, Mapping) else {}
    kind, settings, exits = (entry.get(name) for name in ("module", "settings", "exits"))
    module = modules.get(str(kind))
    settings = settings if isinstance(settings, Mapping) else {}
    return {
        "point": mask.name("point", id),
        "label": mask.text(entry.get("label")),
        "module": str(kind) if module is not None else f"(not installed) {mask.text(kind)}",
        "settings": mask.fields(module, settings) if module is not None else SECRET if settings else "",
        "exits": {mask.way(way): mask.leads(to) for way, to in (exits if isinstance(exits, Mapping) else {}).items()},
    }
