"""The database as a bundle tells it: how far its tables are, how many rows they hold, and what waits to go out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, Table, func, inspect, select, table

from ...store.engine import Store
from ...store.migrations import applied, standings
from ...store.plugin_migrations import PluginMigrations
from ...store.tables import tenant
from ...store.tables_post import alert, mail, webhook_delivery
from .masking import Masker

_ALERTS: Final = 200
_COUNT_SECONDS: Final = 3.0


async def told_database(store: Store, migrations: Sequence[PluginMigrations]) -> Mapping[str, object]:
    """Whose tables are how far, with the revision each is at, and the rows of every table."""
    async with store.read() as conn:
        names = await conn.run_sync(lambda on: sorted(inspect(on).get_table_names()))
    return {
        "dialect": store.dialect,
        "standings": await standings(store, migrations),
        "revisions": await applied(store, migrations),
        "write_ahead_log_mb": round(store.log_bytes() / 1e6, 1),
        "rows": {name: await _rows(store, name) for name in names},
        "tenants_by_state": await _grouped(store, tenant, tenant.c.state),
    }


async def told_post(store: Store, mask: Masker) -> Mapping[str, object]:
    """Mails by template, state and the codes of the mail server's answer; what webhooks were to deliver, by state."""
    mails = await _grouped(store, mail, mail.c.template, mail.c.state, mail.c.reply)
    counted: dict[tuple[str, str, str], int] = {}
    for one in mails:
        key = (mask.word(one["template"]), one["state"], mask.reply(one["reply"]))
        counted[key] = counted.get(key, 0) + one["rows"]
    return {
        "mails": [{"template": a, "state": b, "reply": c, "rows": n} for (a, b, c), n in sorted(counted.items())],
        "deliveries": await _grouped(store, webhook_delivery, webhook_delivery.c.state, webhook_delivery.c.status),
    }


async def told_alerts(store: Store, mask: Masker) -> list[Mapping[str, object]]:
    """The latest alerts, newest first: which rule, and since when; not about whom."""
    query = select(alert).order_by(alert.c.id.desc()).limit(_ALERTS)
    async with store.read() as conn:
        rows = (await conn.execute(query)).mappings().all()
    return [
        {
            "tenant": row["tenant"],
            "rule": mask.word(row["rule"]),
            "about": mask.name("thing", row["key"]),
            "severity": row["severity"],
            "state": row["state"],
            "count": row["count"],
            "first": row["first"].isoformat(),
            "last": row["last"].isoformat(),
        }
        for row in rows
    ]


async def _rows(store: Store, name: str) -> int | str:
    """How many rows; large tables of PostgreSQL take their time, and a bundle has little."""
    try:
        async with asyncio.timeout(_COUNT_SECONDS), store.read() as conn:
            found: int = (await conn.execute(select(func.count()).select_from(table(name)))).scalar_one()
    except TimeoutError:
        return f"not counted within {_COUNT_SECONDS:g} s"
    return found


async def _grouped(store: Store, of: Table, *columns: Column[Any]) -> list[dict[str, Any]]:
    query = select(*columns, func.count().label("rows")).select_from(of).group_by(*columns).order_by(*columns)
    async with store.read() as conn:
        return [dict(row) for row in (await conn.execute(query.limit(2_000))).mappings()]
