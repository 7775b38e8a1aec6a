"""Who is signed in, and from where: looked at again with every request, so that every change bites at once."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import attrs
from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import Account
from ..access.actor import Actor
from ..access.tenant import Tenant
from ..errors import NotFound
from ..store.tables_people import account as account_table
from ..store.tables_signing_in import session as table
from .accounts import may_enter
from .actors import NO_GROUPS, actor_of, groups_of_all, load_actor
from .credentials import Entrant, entrant_of, entrants
from .policy import NOTICE
from .unguessable import csrf_of, digest, unguessable

IDLE: Final = timedelta(hours=8)
ABSOLUTE: Final = timedelta(days=30)
_SEEN_EVERY: Final = timedelta(minutes=1)

Must = Literal["", "change_password", "second_factor"]


@attrs.frozen
class Seat:
    """Somebody who is signed in, for one request: ``tenant`` is the id of the ``customer`` it belongs to.

    ``session_id`` is empty for an API token. ``csrf`` stands in every form.
    ``must`` is what has to be done before anything else; ``notice_days`` how
    many days the password is still good for, 0 when there is nothing to say.
    """

    account: Account
    actor: Actor
    tenant: str
    customer: Tenant
    session_id: str = ""
    csrf: str = attrs.field(default="", repr=False)
    must: Must = ""
    notice_days: int = 0
    has_factor: bool = False

    def actor_in(self, tenant: str) -> Actor:
        """Who this is in a tenant: an operator is at home in all of them; raises ``NotFound`` for one not its own."""
        if tenant == self.tenant or self.actor.role == "operator":
            return self.actor
        raise NotFound(f"there is no tenant {tenant!r}", tenant=tenant)


@attrs.frozen
class Session:
    """A browser that is signed in, as its owner sees it in a list."""

    id: str
    address: str
    agent: str
    began: datetime
    seen: datetime


async def sit_down(conn: AsyncConnection, person: Entrant, address: str, agent: str, now: datetime) -> str:
    """Begin a session and give its token, which is nowhere else from then on."""
    token = unguessable()
    row = {
        "hash": digest(token),
        "id": secrets.token_urlsafe(9),
        "tenant": person.account.tenant,
        "account": person.account.id,
        "address": address[:64],
        "agent": agent[:300],
        "began": now,
        "seen": now,
    }
    await conn.execute(insert(table).values(row))
    return token


async def find_seat(conn: AsyncConnection, token: str, now: datetime) -> tuple[Seat, bool] | None:
    """The seat of a session that is not over, of a person who may still enter; and whether to :func:`note_use`."""
    query = entrants().add_columns(table.c.id, table.c.seen).where(*_alive(now), table.c.hash == digest(token))
    query = query.join(table, table.c.account == account_table.c.id)
    row = (await conn.execute(query)).mappings().first()
    if row is None:
        return None
    person = entrant_of(row)
    if not may_enter(person.account, person.tenant):
        return None
    id, seen = row[table.c.id], row[table.c.seen]  # noqa: A001 - the domain's own word
    seat = seat_of(person, await load_actor(conn, person.account), now, id, csrf_of(token))
    return seat, seen < now - _SEEN_EVERY


async def find_seats(conn: AsyncConnection, tokens: Collection[str], now: datetime) -> Mapping[str, Seat]:
    """As :func:`find_seat` for many tokens in two questions to the store; those that stand for nobody are not there."""
    of_hash = {digest(token): token for token in tokens}
    query = entrants().add_columns(table.c.hash, table.c.id).where(*_alive(now), table.c.hash.in_(of_hash))
    rows = (await conn.execute(query.join(table, table.c.account == account_table.c.id))).mappings().all()
    people = [(of_hash[row[table.c.hash]], row[table.c.id], entrant_of(row)) for row in rows]
    groups = await groups_of_all(conn, [(one.account.tenant, one.account.grants) for _, _, one in people])
    return {
        token: seat_of(
            one, actor_of(one.account, groups.get(one.account.tenant, NO_GROUPS)), now, session, csrf_of(token)
        )
        for token, session, one in people
        if may_enter(one.account, one.tenant)
    }


def seat_of(person: Entrant, actor: Actor, now: datetime, session_id: str = "", csrf: str = "") -> Seat:
    """A seat with what has to be done first."""
    left = person.days_left(now)
    must: Must = "change_password" if left == 0 else ""
    if not must and person.policy.second_factor and not person.has_factor:
        must = "second_factor"
    notice = left if left is not None and left <= NOTICE else 0
    return Seat(
        person.account, actor, person.tenant.id, person.tenant, session_id, csrf, must, notice, person.has_factor
    )


async def note_use(conn: AsyncConnection, session_id: str, now: datetime) -> None:
    """A session is in use; said at most once a minute."""
    due = table.c.seen < now - _SEEN_EVERY
    await conn.execute(update(table).where(table.c.id == session_id, due).values(seen=now))


async def sessions_of(conn: AsyncConnection, account: str, now: datetime) -> Sequence[Session]:
    """Where an account is signed in, the one used last first."""
    query = select(table).where(table.c.account == account, *_alive(now)).order_by(table.c.seen.desc(), table.c.id)
    return [Session(row.id, row.address, row.agent, row.began, row.seen) for row in await conn.execute(query)]


async def end(conn: AsyncConnection, account: str, session_id: str) -> bool:
    """End one session of an account; whether there was one."""
    ended = await conn.execute(delete(table).where(table.c.account == account, table.c.id == session_id))
    return bool(ended.rowcount)


async def end_all(conn: AsyncConnection, account: str, *, but: str = "") -> None:
    """End every session of an account, but one if wished."""
    await conn.execute(delete(table).where(table.c.account == account, table.c.id != but))


async def sign_out(conn: AsyncConnection, token: str) -> None:
    """End the session of a token."""
    await conn.execute(delete(table).where(table.c.hash == digest(token)))


async def tidy(conn: AsyncConnection, now: datetime) -> None:
    """Forget sessions that are over."""
    await conn.execute(delete(table).where((table.c.seen <= now - IDLE) | (table.c.began <= now - ABSOLUTE)))


def _alive(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return table.c.seen > now - IDLE, table.c.began > now - ABSOLUTE
