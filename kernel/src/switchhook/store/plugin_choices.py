"""What the operator said to plugins in the portal, as it is kept: read before they are loaded, changed by one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import attrs
from sqlalchemy import Connection, inspect, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from .engine import Store
from .stamp import note_change
from .tables import change_stamp
from .tables_plugins import plugin_choice, portal_start
from .upsert import upsert

RESTART: Final = "portal/restart"
"""Counts the wishes to start again where else a tenant stands; no tenant's id has a slash."""


@attrs.frozen
class StoredChoice:
    """What is kept about one plugin. ``version`` counts the changes and is 0 while there was none."""

    plugin: str
    version: int = 0
    switched_off: bool = False
    document: Mapping[str, object] = attrs.field(factory=dict)
    sealed: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    author: str = ""
    changed: datetime | None = None


@attrs.frozen
class StoredChoices:
    """What is kept about all plugins, by name, and how often a portal was asked to start again."""

    choices: Mapping[str, StoredChoice] = attrs.field(factory=dict)
    restarts: int = 0


@attrs.frozen
class PortalStart:
    """How the portal beside one Asterisk was started last."""

    node: str
    at: datetime
    safe: bool


async def stored_choices(store: Store, *, perhaps: bool = False) -> StoredChoices:
    """All of it, as it stands at one moment. ``perhaps`` finds nothing where the tables are not made yet."""
    async with store.read() as conn:
        if perhaps and not await conn.run_sync(_made):
            return StoredChoices()
        rows = (await conn.execute(select(plugin_choice))).mappings()
        choices = {row["plugin"]: _choice(row) for row in rows}
        count = select(change_stamp.c.value).where(change_stamp.c.tenant == RESTART)
        return StoredChoices(choices, int((await conn.execute(count)).scalar() or 0))


def _made(conn: Connection) -> bool:
    return inspect(conn).has_table(plugin_choice.name)


async def stored_choice(conn: AsyncConnection, plugin: str) -> StoredChoice:
    """What is kept about one plugin."""
    query = select(plugin_choice).where(plugin_choice.c.plugin == plugin)
    row = (await conn.execute(query)).mappings().first()
    return StoredChoice(plugin) if row is None else _choice(row)


def _choice(row: RowMapping) -> StoredChoice:
    return StoredChoice(**{name: value for name, value in row.items() if name != "tenant"})


async def put_choice(conn: AsyncConnection, choice: StoredChoice) -> None:
    """Keep it instead of what was kept."""
    row = attrs.asdict(choice, recurse=False)
    await conn.execute(upsert(conn.dialect.name, plugin_choice, ("plugin",)).values(row))


async def note_restart(conn: AsyncConnection) -> None:
    """Let every portal on this database start again when it next looks at the routing state."""
    await note_change(conn, RESTART)


async def put_start(store: Store, start: PortalStart) -> None:
    """Keep how a portal was started."""
    async with store.write() as conn:
        await conn.execute(upsert(conn.dialect.name, portal_start, ("node",)).values(attrs.asdict(start)))


async def last_start(store: Store, node: str) -> PortalStart | None:
    """How the portal of a node was started last; None for one that never ran, or where there is no table yet."""
    async with store.read() as conn:
        if not await conn.run_sync(_made):
            return None
        table = portal_start
        query = select(table.c.node, table.c.at, table.c.safe).where(table.c.node == node)
        row = (await conn.execute(query)).mappings().first()
        return PortalStart(**row) if row is not None else None
