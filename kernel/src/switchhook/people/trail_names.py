"""What those are called whom changes in the audit name by their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT
from ..store import tables, tables_people
from ..store.audit import Entry

_ACCOUNT, _AUDIT, _FLOW = tables_people.account, tables.audit, tables.flow


@attrs.frozen
class TrailNames:
    """Names of people and flows by their ids, and of those who changed something by their user names.

    ``gone`` are the ids of people who were deleted: what the audit tells of
    them last gives their names.
    """

    people: Mapping[str, str] = attrs.field(factory=dict)
    flows: Mapping[str, str] = attrs.field(factory=dict)
    actors: Mapping[str, str] = attrs.field(factory=dict)
    gone: frozenset[str] = frozenset()


async def names_of(conn: AsyncConnection, tenant: str, entries: Sequence[Entry]) -> TrailNames:
    """The names of whom and what some changes of a tenant tell of; what has none is left out."""
    accounts = {one.id for one in entries if one.kind == "account" and one.id}
    there = await _people(conn, _ACCOUNT.c.id, accounts, (tenant,))
    past = await _past(conn, tenant, accounts - there.keys())
    flows = sorted({one.id for one in entries if one.kind == "flow"})
    labels = select(_FLOW.c.id, _FLOW.c.label).where(_FLOW.c.tenant == tenant, _FLOW.c.id.in_(flows))
    actors = await _people(conn, _ACCOUNT.c.username, {one.actor for one in entries}, (tenant, OPERATOR_TENANT))
    named = {row.id: row.label for row in await conn.execute(labels) if row.label} if flows else {}
    return TrailNames({**past, **there}, named, actors, frozenset(past))


async def _people(conn: AsyncConnection, column: Any, wanted: set[str], tenants: Sequence[str]) -> Mapping[str, str]:
    if not wanted:
        return {}
    query = select(column.label("key"), _ACCOUNT.c.name, _ACCOUNT.c.username)
    query = query.where(column.in_(sorted(wanted)), _ACCOUNT.c.tenant.in_(tenants))
    return {row.key: row.name or row.username for row in await conn.execute(query)}


async def _past(conn: AsyncConnection, tenant: str, wanted: set[str]) -> Mapping[str, str]:
    """Of people who are no more: their names when they were deleted."""
    if not wanted:
        return {}
    mine = (_AUDIT.c.tenant == tenant, _AUDIT.c.kind == "account", _AUDIT.c.id.in_(sorted(wanted)))
    query = select(_AUDIT.c.id, _AUDIT.c.before).where(*mine, _AUDIT.c.action == "delete")
    told = {row.id: row.before.get("fields", {}) for row in await conn.execute(query)}
    return {id: name for id, was in told.items() if (name := str(was.get("name") or was.get("username") or ""))}  # noqa: A001
