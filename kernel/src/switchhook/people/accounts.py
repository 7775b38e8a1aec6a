"""Rows of accounts: read and written inside a transaction somebody else opened."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

import attrs
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT, Account, AccountState, Grant
from ..access.actor import Role
from ..access.tenant import Tenant
from ..errors import NotFound
from ..store import tables, tables_people
from ..store.upsert import once

_ACCOUNT: Final = tables_people.account
_GROUP: Final = tables_people.account_group


async def by_id(conn: AsyncConnection, id: str) -> Account | None:  # noqa: A002 - the domain's own word
    """An account of any tenant."""
    return _one((await conn.execute(select(_ACCOUNT).where(_ACCOUNT.c.id == id))).mappings().first())


async def in_tenant(conn: AsyncConnection, tenant: str, id: str) -> Account | None:  # noqa: A002
    """An account of one tenant."""
    query = select(_ACCOUNT).where(_ACCOUNT.c.tenant == tenant, _ACCOUNT.c.id == id)
    return _one((await conn.execute(query)).mappings().first())


async def by_username(conn: AsyncConnection, username: str) -> Account | None:
    """The account that signs in under a name; small and capital letters are the same."""
    query = select(_ACCOUNT).where(_ACCOUNT.c.username == username.strip().casefold())
    return _one((await conn.execute(query)).mappings().first())


async def by_email(conn: AsyncConnection, email: str) -> Sequence[Account]:
    """Every account with an address: one person may have accounts at several tenants."""
    query = select(_ACCOUNT).where(_ACCOUNT.c.email == email.strip().lower()).order_by(_ACCOUNT.c.username)
    return [account_of(row) for row in (await conn.execute(query)).mappings()]


async def tenant_of(conn: AsyncConnection, account: Account) -> Tenant:
    """The tenant an account belongs to."""
    row = (await conn.execute(select(tables.tenant).where(tables.tenant.c.id == account.tenant))).mappings().one()
    return Tenant(**row)


def may_enter(account: Account, tenant: Tenant) -> bool:
    """Whether a person may be signed in now: asked at every request, so that disabling bites at once (SEC16)."""
    return account.state == "active" and (tenant.open or tenant.id == OPERATOR_TENANT)


async def put(conn: AsyncConnection, account: Account, *, new: bool) -> None:
    """Write an account whole."""
    row = attrs.asdict(account, recurse=False)
    row["grants"] = [[one.right, one.scope, list(one.ids)] for one in account.grants]
    row["search"] = folded(f"{account.username}\n{account.name}\n{account.email}")
    await conn.execute(insert(_ACCOUNT).values(row) if new else update(_ACCOUNT).where(_is(account.id)).values(row))
    await conn.execute(delete(_GROUP).where(_GROUP.c.account == account.id))
    groups = sorted({id for one in account.grants if one.scope == "group" for id in one.ids})  # noqa: A001
    if groups:
        rows = [{"account": account.id, "group_id": one, "tenant": account.tenant} for one in groups]
        await conn.execute(insert(_GROUP), rows)


async def set_state(conn: AsyncConnection, id: str, state: AccountState, at: datetime) -> None:  # noqa: A002
    """Another state, such as ``active`` for one who took up an invitation."""
    version = _ACCOUNT.c.version + 1
    await conn.execute(update(_ACCOUNT).where(_is(id)).values(state=state, changed=at, version=version))


async def remove(conn: AsyncConnection, id: str) -> None:  # noqa: A002
    """Delete an account, and with it whatever lets it sign in."""
    await conn.execute(delete(_ACCOUNT).where(_is(id)))


async def count_active(conn: AsyncConnection, tenant: str, role: Role, *, without: str = "") -> int:
    """How many of a role can sign in at a tenant, one of them left out if wished."""
    query = select(func.count()).where(
        _ACCOUNT.c.tenant == tenant, _ACCOUNT.c.role == role, _ACCOUNT.c.state == "active", _ACCOUNT.c.id != without
    )
    return int((await conn.execute(query)).scalar_one())


async def need_tenant(conn: AsyncConnection, tenant: str, now: datetime) -> None:
    """Raise ``NotFound`` without such a tenant; that of the operators comes to be with the first of them."""
    if tenant == OPERATOR_TENANT:
        reserved = attrs.asdict(Tenant(tenant, "Operator", now))
        await conn.execute(once(conn.dialect.name, tables.tenant).values(reserved))
    if (await conn.execute(select(tables.tenant.c.id).where(tables.tenant.c.id == tenant))).first() is None:
        raise NotFound(f"there is no tenant {tenant!r}", tenant=tenant)


def account_of(row: RowMapping) -> Account:
    """An account from its row."""
    plain: dict[str, Any] = {name: value for name, value in row.items() if name != "search"}
    plain["grants"] = tuple(Grant(right, scope, tuple(ids)) for right, scope, ids in row["grants"])
    return Account(**plain)


def folded(text: str) -> str:
    """A text as it is compared in a search."""
    return unicodedata.normalize("NFKC", text).casefold()


def _one(row: RowMapping | None) -> Account | None:
    return account_of(row) if row is not None else None


def _is(id: str) -> Any:  # noqa: A002
    return cast(Any, _ACCOUNT.c.id == id)
