"""Links by mail: an invitation to take up an account, and a new password for one who forgot it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

import attrs
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import Account
from ..errors import SwitchhookError
from ..resources.service import Keeping
from ..store.tables import audit
from ..store.tables_people import account as account_table
from ..store.tables_signing_in import link as table
from . import accounts, attempts, seats
from .accounts import may_enter
from .attempts import place_of
from .credentials import Entrant, find_entrant, put_password
from .new_password import judged
from .passwords import Passwords
from .policy import PasswordPolicy
from .unguessable import digest, unguessable

Kind = Literal["invitation", "reset"]
GOOD_FOR: Final[Mapping[str, timedelta]] = {"invitation": timedelta(hours=72), "reset": timedelta(minutes=30)}
TEMPLATES: Final[Mapping[str, str]] = {"invitation": "invitation", "reset": "password_reset"}
KEPT: Final = timedelta(days=30)
"""How long an expired link is still known as one, so that it can offer a new one."""


class Sends(Protocol):
    """Writes mail into an outbox, as part of a transaction."""

    async def send(
        self,
        conn: AsyncConnection,
        *,
        tenant: str,
        to: str,
        template: str,
        values: Mapping[str, str],
        language: str,
    ) -> int:
        """See :meth:`switchhook.post.outbox.Post.send`."""


class LinkGone(SwitchhookError):
    """The link was used, or another one was sent after it, or it never was one."""

    code = "link_gone"


class LinkExpired(LinkGone):
    """The link was good once; ``kind`` says how to get a new one."""

    code = "link_expired"

    def __init__(self, kind: Kind) -> None:
        super().__init__("the link has expired; have a new one sent to you", kind=kind)
        self.kind: Kind = kind


@attrs.frozen
class Opened:
    """What a link is for, as its page shows it."""

    kind: Kind
    account: Account
    tenant_name: str
    policy: PasswordPolicy


@attrs.frozen
class Links:
    """Makes links, sends them, and takes the passwords that are set through them.

    ``url`` is what each begins with; it comes from the settings and never from
    a request. The store holds digests alone.
    """

    keeping: Keeping
    passwords: Passwords
    post: Sends
    url: str

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.keeping.clock.now()

    async def make(self, conn: AsyncConnection, account: Account, kind: Kind, *, reminded: bool = False) -> str:
        """A new link, whose older ones of the same kind are void, in the caller's transaction."""
        token, now = unguessable(), self.now
        await conn.execute(delete(table).where(table.c.account == account.id, table.c.kind == kind))
        row = {"hash": digest(token), "kind": kind, "tenant": account.tenant, "account": account.id, "made": now}
        row |= {"expires": now + GOOD_FOR[kind], "reminded": now if reminded else None}
        await conn.execute(insert(table).values(row))
        return f"{self.url}/set-password/{token}"

    async def send(
        self, conn: AsyncConnection, account: Account, kind: Kind, *, template: str = "", reminded: bool = False
    ) -> None:
        """Send a new link to the address that is kept, in the caller's transaction."""
        url = await self.make(conn, account, kind, reminded=reminded)
        tenant = await accounts.tenant_of(conn, account)
        values = {"name": account.name or account.username, "username": account.username, "tenant": tenant.name}
        values |= {"link": url, "expires": f"{self.now + GOOD_FOR[kind]:%Y-%m-%d %H:%M} UTC"}
        if kind == "invitation":
            values["inviter"] = await _inviter(conn, account) or tenant.name
        template = template or TEMPLATES[kind]
        await self.post.send(
            conn,
            tenant=account.tenant,
            to=account.email,
            template=template,
            values=values,
            language=account.language,
        )

    async def invite(self, conn: AsyncConnection, account: Account) -> None:
        """Send an invitation, as part of the transaction that makes the account or invites it again."""
        await self.send(conn, account, "invitation")

    # -- on the page of a link ----------------------------------------------------------------------

    async def look(self, token: str) -> Opened:
        """What a link is for; raises :class:`LinkExpired`, and :class:`LinkGone` for all that is none any more."""
        async with self.keeping.store.read() as conn:
            kind, person, alive = await self._found(conn, token)
        if not alive:
            raise LinkExpired(kind)
        return Opened(kind, person.account, person.tenant.name, person.policy)

    async def renew(self, token: str) -> None:
        """Send a new link in place of an expired one, to the address that is kept."""
        async with self.keeping.turn() as conn:
            kind, person, alive = await self._found(conn, token)
            if not alive:
                await self.send(conn, person.account, kind)
                await self._tell(conn, person, f"{kind}_renewed")

    async def set_password(self, token: str, password: str, *, address: str) -> Account:
        """Use a link up: the account has this password from now on and no session; an invited one is active.

        Raises :class:`LinkGone` and ``PasswordTooWeak``, after which the link is still good.
        """
        async with self.keeping.store.read() as conn:
            kind, person, alive = await self._found(conn, token)
        if not alive:
            raise LinkExpired(kind)
        hashed, now = await judged(self.passwords, person, password), self.now
        async with self.keeping.turn() as conn:
            kind, person, alive = await self._found(conn, token)
            used = await conn.execute(delete(table).where(table.c.hash == digest(token), table.c.expires > now))
            if used.rowcount != 1:
                raise LinkGone("the link was used at this moment")
            account = person.account
            await put_password(conn, person, hashed, now)
            if kind == "invitation":
                await accounts.set_state(conn, account.id, "active", now)
            await seats.end_all(conn, account.id)
            await conn.execute(delete(table).where(table.c.account == account.id))
            await attempts.know(conn, account.tenant, account.id, place_of(address), now)
            await self._tell(conn, person, "invitation_taken" if kind == "invitation" else "password_reset", address)
            if kind == "reset":
                await tell_changed(conn, self.post, person, now)
        return account

    async def _found(self, conn: AsyncConnection, token: str) -> tuple[Kind, Entrant, bool]:
        """A link's kind and person, and whether it is still good; raises :class:`LinkGone`."""
        query = select(table).where(table.c.hash == digest(token), table.c.kind.in_(GOOD_FOR))
        row = (await conn.execute(query)).mappings().first()
        person = await find_entrant(conn, account_table.c.id == row["account"]) if row is not None else None
        if row is None or person is None or not _is_for(row["kind"], person):
            raise LinkGone("this link was used already or is no longer good; have a new one sent to you")
        return row["kind"], person, row["expires"] > self.now

    async def _tell(self, conn: AsyncConnection, person: Entrant, action: str, address: str = "") -> None:
        account = person.account
        what, after = (account.tenant, "account", account.id), {"address": address} if address else {}
        await self.keeping.audit.add(conn, self.now, account.username, action, what, {}, after)


async def tell_changed(conn: AsyncConnection, post: Sends, person: Entrant, now: datetime) -> None:
    """Let a person know by mail that the password was changed: whoever did not do it should hear of it."""
    account = person.account
    values = {"name": account.name or account.username, "username": account.username}
    values |= {"tenant": person.tenant.name, "at": f"{now:%Y-%m-%d %H:%M} UTC"}
    if account.email:
        await post.send(
            conn,
            tenant=account.tenant,
            to=account.email,
            template="password_changed",
            values=values,
            language=account.language,
        )


def _is_for(kind: Kind, person: Entrant) -> bool:
    if kind == "reset":
        return may_enter(person.account, person.tenant)
    return person.account.state == "invited" and may_enter(attrs.evolve(person.account, state="active"), person.tenant)


async def _inviter(conn: AsyncConnection, account: Account) -> str:
    """Who made the account or invited it again, as the audit has it: it was told in this transaction."""
    mine = (audit.c.tenant == account.tenant, audit.c.kind == "account", audit.c.id == account.id)
    query = select(audit.c.actor).where(*mine, audit.c.action.in_(("create", "invite"))).order_by(audit.c.no.desc())
    name = (await conn.execute(query.limit(1))).scalar()
    person = await accounts.by_username(conn, name) if name else None
    return person.name or person.username if person is not None else ""
