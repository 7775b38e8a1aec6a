"""Tokens for programs: they act for a person, and never go further than that person does at that moment."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import Grant
from ..access.actor import NOTHING, Actor, Reach
from ..store.tables_people import account as account_table
from ..store.tables_signing_in import api_token as table
from .accounts import may_enter
from .actors import NO_GROUPS, Groups, actor_of, groups_of_all, reach_of
from .credentials import Entrant, entrant_of, entrants
from .seats import Seat, seat_of
from .unguessable import digest, unguessable

EVERY_RIGHT: Final = (Grant("*"),)
"""All that the owner may do."""
_PREFIX: Final = "sh_"  # by which programs that look for lost secrets find it
_USED_EVERY: Final = timedelta(minutes=1)


@attrs.frozen
class ApiToken:
    """A token as its owner sees it: its text is shown once, when it is made."""

    id: str
    name: str
    grants: tuple[Grant, ...]
    made: datetime
    expires: datetime | None = None
    used: datetime | None = None


@attrs.frozen
class NewToken:
    """A token with its text, which is kept nowhere."""

    text: str = attrs.field(repr=False)
    token: ApiToken


async def make(
    conn: AsyncConnection, seat: Seat, name: str, grants: Collection[Grant], expires: datetime | None, now: datetime
) -> NewToken:
    """Make a token of somebody who is signed in."""
    text = _PREFIX + unguessable()
    made = ApiToken(secrets.token_urlsafe(9), name, tuple(grants), now, expires)
    row: dict[str, object] = {"hash": digest(text), "id": made.id, "tenant": seat.tenant, "account": seat.account.id}
    row |= {"name": name, "rights": [[one.right, one.scope, list(one.ids)] for one in grants], "made": now}
    row |= {"expires": expires}
    await conn.execute(insert(table).values(row))
    return NewToken(text, made)


async def tokens_of(conn: AsyncConnection, account: str) -> Sequence[ApiToken]:
    """The tokens of an account by name, those that have expired included."""
    query = select(table).where(table.c.account == account).order_by(table.c.name, table.c.id)
    return [_token(row) for row in (await conn.execute(query)).mappings()]


async def revoke(conn: AsyncConnection, account: str, id: str) -> bool:  # noqa: A002 - the domain's own word
    """A token counts no more; whether there was one."""
    gone = await conn.execute(delete(table).where(table.c.account == account, table.c.id == id))
    return bool(gone.rowcount)


async def find_bearer(conn: AsyncConnection, text: str, now: datetime) -> tuple[Seat, str] | None:
    """The seat of a token, and the token's id when its use has to be noted."""
    return (await find_bearers(conn, [text], now)).get(text)


async def find_bearers(conn: AsyncConnection, texts: Collection[str], now: datetime) -> Mapping[str, tuple[Seat, str]]:
    """As :func:`find_bearer` for many tokens in two questions to the store; those that stand for nobody are not there."""
    of_hash = {digest(text): text for text in texts}
    query = entrants().add_columns(*table.c).join(table, table.c.account == account_table.c.id)
    rows = (await conn.execute(query.where(table.c.hash.in_(of_hash)))).mappings().all()
    good = [one for one in map(_held, rows) if one.good(now)]
    named = [(one.person.tenant.id, [*one.grants, *one.person.account.grants]) for one in good]
    groups = await groups_of_all(conn, named)
    return {of_hash[one.hash]: (one.seat(groups, now), one.due(now)) for one in good}


@attrs.frozen
class _Held:
    """A token with its owner, as it is kept."""

    person: Entrant
    id: str
    hash: str = attrs.field(repr=False)
    name: str
    grants: tuple[Grant, ...]
    expires: datetime | None
    used: datetime | None

    def good(self, now: datetime) -> bool:
        """Whether it counts, and its owner may come in."""
        expired = self.expires is not None and self.expires <= now
        return not expired and may_enter(self.person.account, self.person.tenant)

    def due(self, now: datetime) -> str:
        """Its id when its use has to be noted, else nothing."""
        return self.id if self.used is None or self.used < now - _USED_EVERY else ""

    def seat(self, groups: Mapping[str, Groups], now: datetime) -> Seat:
        """Whom it stands for now."""
        known = groups.get(self.person.tenant.id, NO_GROUPS)
        owner = actor_of(self.person.account, known)
        return seat_of(self.person, narrowed(owner, self.name, self.grants, known), now)


def _held(row: RowMapping) -> _Held:
    held = {column.name: row[column] for column in table.c}
    return _Held(
        entrant_of(row), held["id"], held["hash"], held["name"], _grants(held["rights"]), held["expires"], held["used"]
    )


async def note_use(conn: AsyncConnection, id: str, now: datetime) -> None:  # noqa: A002
    """A token is in use."""
    await conn.execute(update(table).where(table.c.id == id).values(used=now))


def narrowed(owner: Actor, name: str, grants: Collection[Grant], groups: Groups) -> Actor:
    """What a token may do: what it was given, as far as its owner may do it now.

    One that was not given everything has no more than the role of a user,
    whatever its owner is: a role brings rights of its own.
    """
    rights: dict[str, Reach] = {}
    for grant in grants:
        for right in owner.rights if grant.right == "*" else (grant.right,):
            reach = reach_of(grant, groups) & owner.reach(right)
            rights[right] = rights.get(right, NOTHING) | reach
    whole = any(grant.right == "*" and grant.scope == "all" for grant in grants)
    return Actor(f"{owner.name}/{name}", rights, owner.role if whole else "user", owner.account)


def _grants(rows: Sequence[Sequence[object]]) -> tuple[Grant, ...]:
    return tuple(Grant(right, scope, tuple(ids)) for right, scope, ids in rows)  # type: ignore[arg-type]


def _token(row: RowMapping) -> ApiToken:
    return ApiToken(row["id"], row["name"], _grants(row["rights"]), row["made"], row["expires"], row["used"])
