"""Rows of passwords, second factors and policies, read together with the account they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

import attrs
from sqlalchemy import Select, Table, and_, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import Account
from ..access.tenant import Tenant
from ..store import tables
from ..store.tables_people import account as account_table
from ..store.tables_signing_in import credential, password_policy, second_factor
from ..store.upsert import upsert
from .accounts import account_of
from .policy import PasswordPolicy, days_left

KEPT: Final = 10
"""Former hashes that are kept, whatever the level, so that a higher one counts at once."""


@attrs.frozen
class Credential:
    """How an account signs in: its password's hash, which is empty before the first one, and what came before it."""

    hash: str = attrs.field(default="", repr=False)
    former: tuple[str, ...] = attrs.field(default=(), repr=False)
    changed: datetime | None = None


@attrs.frozen
class Entrant:
    """An account with all that decides whether and how it may come in."""

    account: Account
    tenant: Tenant
    credential: Credential
    policy: PasswordPolicy
    has_factor: bool

    def days_left(self, now: datetime) -> int | None:
        """Days until the password must be changed; None when it never must."""
        changed = self.credential.changed
        return days_left(changed, self.policy.days, now) if changed is not None else None


def entrants() -> Select[Any]:
    """A query for :func:`entrant_of`; the columns of other tables may be added to it."""
    joined = (
        account_table.join(tables.tenant, tables.tenant.c.id == account_table.c.tenant)
        .outerjoin(credential, credential.c.account == account_table.c.id)
        .outerjoin(password_policy, password_policy.c.tenant == account_table.c.tenant)
        .outerjoin(
            second_factor, and_(second_factor.c.account == account_table.c.id, second_factor.c.confirmed.is_not(None))
        )
    )
    return select(account_table, tables.tenant, credential, password_policy, second_factor.c.account).select_from(
        joined
    )


async def find_entrant(conn: AsyncConnection, *where: Any) -> Entrant | None:
    """One person, of any tenant."""
    row = (await conn.execute(entrants().where(*where))).mappings().first()
    return entrant_of(row) if row is not None else None


def entrant_of(row: RowMapping) -> Entrant:
    """A person from its row."""
    kept, asked = _part(row, credential), _part(row, password_policy)
    return Entrant(
        account_of(cast(RowMapping, _part(row, account_table))),
        Tenant(**_part(row, tables.tenant)),
        Credential(kept["hash"], tuple(kept["former"]), kept["changed"]) if kept["hash"] else Credential(),
        policy_of(asked) if asked["tenant"] else PasswordPolicy(),
        row[second_factor.c.account] is not None,
    )


def policy_of(row: dict[str, Any]) -> PasswordPolicy:
    """A policy from its row."""
    return PasswordPolicy(level=row["level"], days=row["days"], second_factor=row["second_factor"])


async def put_password(conn: AsyncConnection, person: Entrant, hashed: str, now: datetime) -> None:
    """Give a person another password; the one before joins the former ones."""
    before = person.credential
    former: Sequence[str] = [one for one in (before.hash, *before.former) if one][:KEPT]
    row = {
        "account": person.account.id,
        "tenant": person.account.tenant,
        "hash": hashed,
        "former": list(former),
        "changed": now,
    }
    await conn.execute(upsert(conn.dialect.name, credential, ("account",)).values(row))


def _part(row: RowMapping, table: Table) -> dict[str, Any]:
    return {column.name: row[column] for column in table.c}
