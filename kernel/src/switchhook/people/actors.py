"""From an account to what it may do: its role and grants, with number groups opened up to their numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import Account, Grant
from ..access.actor import ALL_RIGHTS, EVERYTHING, NOTHING, Actor, Reach
from ..store import tables

Groups = Mapping[str, Collection[str]]
NO_GROUPS: Groups = MappingProxyType({})


def actor_of(account: Account, groups: Groups = NO_GROUPS) -> Actor:
    """What an account may do in its tenant; ``groups`` are the numbers of each number group its grants name.

    One that is not active may do nothing. A group that is gone reaches nothing.
    """
    if account.state != "active":
        return Actor(account.username, {}, account.role, account.id)
    if account.role != "user":
        return Actor(account.username, ALL_RIGHTS, account.role, account.id)
    rights: dict[str, Reach] = {}
    for grant in account.grants:
        rights[grant.right] = rights.get(grant.right, NOTHING) | reach_of(grant, groups)
    return Actor(account.username, rights, "user", account.id)


def reach_of(grant: Grant, groups: Groups) -> Reach:
    """How far a grant goes now."""
    if grant.scope == "all":
        return EVERYTHING
    if grant.scope == "own":
        return Reach(own=True)
    if grant.scope == "number":
        return Reach(numbers=frozenset(grant.ids))
    return Reach(numbers=frozenset(number for id in grant.ids for number in groups.get(id, ())))  # noqa: A001


async def load_actor(conn: AsyncConnection, account: Account) -> Actor:
    """What an account may do now, its number groups read from the store."""
    return actor_of(account, await groups_of(conn, account.tenant, account.grants))


async def groups_of(conn: AsyncConnection, tenant: str, grants: Collection[Grant]) -> Groups:
    """The numbers of each number group that grants name."""
    return (await groups_of_all(conn, [(tenant, grants)])).get(tenant, NO_GROUPS)


async def groups_of_all(
    conn: AsyncConnection, granted: Iterable[tuple[str, Collection[Grant]]]
) -> Mapping[str, Groups]:
    """As :func:`groups_of` for grants in several tenants, with one question to the store at most."""
    named = {(tenant, id) for tenant, grants in granted for one in grants if one.scope == "group" for id in one.ids}  # noqa: A001
    if not named:
        return {}
    table = tables.kept
    query = select(table.c.tenant, table.c.id, table.c.document).where(
        table.c.tenant.in_({tenant for tenant, _ in named}),
        table.c.kind == "number-group",
        table.c.deleted.is_(None),
        table.c.id.in_({id for _, id in named}),  # noqa: A001
    )
    found: dict[str, dict[str, Collection[str]]] = {}
    for row in await conn.execute(query):
        found.setdefault(row.tenant, {})[row.id] = tuple(row.document.get("numbers", ()))
    return found
