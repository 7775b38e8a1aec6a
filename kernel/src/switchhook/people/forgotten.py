"""Forgotten passwords: asking for a link says nothing of whether there is such an account, and costs the same."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs
import structlog
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT, Account
from ..access.actor import Actor, Forbidden
from ..alerts.inbox import Alerts
from ..errors import SwitchhookError
from ..post.mail import AddressRefused
from ..schema import Label
from ..store.tables_people import account as account_table
from ..store.tables_signing_in import forgotten as table
from ..store.tables_signing_in import link
from . import accounts, attempts, seats
from .accounts import may_enter
from .attempts import OF_FORGETTING, OF_PLACE, place_of
from .credentials import find_entrant
from .links import KEPT, Links

UNUSED: Final = timedelta(days=3)
"""After so long without being taken up an invitation is called to mind, once."""
_AT_ONCE: Final = 50

log = structlog.get_logger(__name__)


class NoteMissing(SwitchhookError):
    """Telling somebody a user name needs a note of how it was made sure who asked."""

    code = "note_missing"


@attrs.frozen
class Forgetting:
    """Takes requests at once, and does what they ask for afterwards, so that nobody can tell by the time it takes."""

    links: Links
    alerts: Alerts

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.links.now

    async def ask(self, username: str, *, address: str) -> None:
        """Somebody forgot the password of an account; raises ``Throttled``, for names that are none as well."""
        name, place, keeping = username.strip().casefold()[:200], place_of(address), self.links.keeping
        paces = {
            keeping.seal.digest(f"forgot {name}"): OF_FORGETTING,
            keeping.seal.digest(f"forgot at {place}"): OF_PLACE,
        }
        row = {"id": secrets.token_hex(8), "tenant": OPERATOR_TENANT, "sealed": keeping.seal.close(name)}
        async with keeping.store.write() as conn:
            await attempts.begin(conn, self.now, paces)
            await conn.execute(insert(table).values({**row, "address": address[:64], "at": self.now}))

    async def answer(self) -> None:
        """Send the links that were asked for; several processes may do so at once."""
        async with self.links.keeping.store.read() as conn:
            query = select(table).order_by(table.c.at).limit(_AT_ONCE)
            rows = (await conn.execute(query)).mappings().all()
        for row in rows:
            async with self.links.keeping.turn() as conn:
                taken = await conn.execute(delete(table).where(table.c.id == row["id"]))
                if taken.rowcount == 1:
                    await self._answer(conn, self.links.keeping.seal.open(row["sealed"]), row["address"])

    async def _answer(self, conn: AsyncConnection, name: str, address: str) -> None:
        person = await find_entrant(conn, account_table.c.username == name)
        if person is None or person.account.state == "disabled":
            return
        account = person.account
        kind = "invitation" if account.state == "invited" else "reset"
        if not may_enter(attrs.evolve(account, state="active"), person.tenant):
            return
        try:
            await self.links.send(conn, account, "invitation" if kind == "invitation" else "reset")
        except AddressRefused as error:
            log.warning("a link cannot be sent", account=account.id, why=str(error))
            return
        what = (account.tenant, "account", account.id)
        audit = self.links.keeping.audit
        await audit.add(conn, self.now, account.username, "password_forgotten", what, {}, {"address": address})

    async def remind(self) -> None:
        """For each invitation nobody took up in three days: one more mail, and one alert to the tenant."""
        due = (link.c.kind == "invitation", link.c.reminded.is_(None), link.c.made <= self.now - UNUSED)
        async with self.links.keeping.store.read() as conn:
            found = (await conn.execute(select(link.c.hash, link.c.account).where(*due))).all()
        for row in found:
            async with self.links.keeping.turn() as conn:
                taken = await conn.execute(delete(link).where(*due, link.c.hash == row.hash))
                account = await accounts.by_id(conn, row.account)
                if taken.rowcount == 1 and account is not None and account.state == "invited":
                    await self._remind(conn, account)

    async def _remind(self, conn: AsyncConnection, account: Account) -> None:
        try:
            await self.links.send(conn, account, "invitation", template="invitation_reminder", reminded=True)
        except AddressRefused as error:
            log.warning("a reminder cannot be sent", account=account.id, why=str(error))
        said = Label(
            f"{account.username} hat die Einladung seit drei Tagen nicht angenommen",
            f"{account.username} has not taken up the invitation for three days",
        )
        where = f"/people/{account.id}"
        await self.alerts.raise_(account.tenant, "invitation_unused", account.id, said, link=where, conn=conn)

    async def tidy(self) -> None:
        """Forget what counts no more: old links, attempts and sessions."""
        async with self.links.keeping.store.write() as conn:
            await conn.execute(delete(link).where(link.c.kind == "challenge", link.c.expires <= self.now))
            await conn.execute(delete(link).where(link.c.expires <= self.now - KEPT))
            await attempts.tidy(conn, self.now)
            await seats.tidy(conn, self.now)

    async def find_username(self, actor: Actor, email: str, note: str, *, tenant: str = "") -> Sequence[Account]:
        """Who has a mail address, for an operator who made sure who asks and says in ``note`` how (S06).

        It is written into the audit of each tenant concerned. Nobody else, and no page without signing in, tells
        a user name.
        """
        if actor.role != "operator":
            raise Forbidden("only an operator may look up a user name", actor=actor.name)
        actor.need("people.view")
        if not note.strip():
            raise NoteMissing("say in the note how it was made sure who asks")
        async with self.links.keeping.turn() as conn:
            found = [one for one in await accounts.by_email(conn, email) if tenant in ("", one.tenant)]
            for one in found:
                what, after = (one.tenant, "account", one.id), {"note": note.strip()[:1000]}
                await self.links.keeping.audit.add(conn, self.now, actor.name, "username_told", what, {}, after)
        return found
