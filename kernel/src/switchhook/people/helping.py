"""What administrators do for people who cannot get in; who may handle whom is decided with the other changes."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import Account
from ..access.actor import Actor
from ..errors import NotFound
from ..schema import Problem, SettingsRefused
from . import accounts, seats, second_factor
from .links import Links
from .people import People
from .seats import Session


@attrs.frozen
class Helping:
    """Help for the people of all tenants."""

    people: People
    links: Links

    def of(self, tenant: str, actor: Actor) -> Help:
        """Help for the people of a tenant, as far as ``actor`` may handle them."""
        return Help(self, tenant, actor)

    async def named(self, username: str) -> Account:
        """The account of a user name, for the operator at the command line; raises ``NotFound``."""
        async with self.links.keeping.store.read() as conn:
            found = await accounts.by_username(conn, username)
        if found is None:
            raise NotFound(f"nobody has the user name {username!r}", username=username)
        return found


@attrs.frozen
class Help:
    """Help for one tenant's people. It never shows or sets a password: only its owner ever knows one (S07)."""

    helping: Helping
    tenant: str
    actor: Actor

    async def send_link(self, id: str) -> None:  # noqa: A002 - the domain's own word
        """Send a person a link for a new password; the old one is good until it is used."""
        account = await self._helped(id)
        async with self.helping.links.keeping.turn() as conn:
            await self._tell(conn, account, "password_link_sent")
            await self.helping.links.send(conn, account, "invitation" if account.state == "invited" else "reset")

    async def make_link(self, id: str) -> str:  # noqa: A002
        """A link for a new password, to be handed over by who asks, where there is no mail."""
        account = await self._helped(id)
        async with self.helping.links.keeping.turn() as conn:
            await self._tell(conn, account, "password_link_made")
            return await self.helping.links.make(conn, account, "invitation" if account.state == "invited" else "reset")

    async def remove_second_factor(self, id: str) -> None:  # noqa: A002
        """Let a person in without a code who has lost the telephone and the recovery codes; every session ends."""
        account = await self._handled(id)
        async with self.helping.links.keeping.turn() as conn:
            await second_factor.remove(conn, account.id)
            await seats.end_all(conn, account.id)
            await self._tell(conn, account, "second_factor_removed")

    async def sessions(self, id: str) -> Sequence[Session]:  # noqa: A002
        """Where a person is signed in."""
        account = await self._handled(id)
        async with self.helping.links.keeping.store.read() as conn:
            return await seats.sessions_of(conn, account.id, self.helping.links.now)

    async def end_sessions(self, id: str) -> None:  # noqa: A002
        """Sign a person out everywhere."""
        account = await self._handled(id)
        async with self.helping.links.keeping.turn() as conn:
            await seats.end_all(conn, account.id)
            await self._tell(conn, account, "sessions_ended")

    async def _helped(self, id: str) -> Account:  # noqa: A002
        account = await self._handled(id)
        if account.state == "disabled":
            raise SettingsRefused([Problem("account.state", f"{account.username} is disabled; enable it first")])
        return account

    async def _handled(self, id: str) -> Account:  # noqa: A002
        return await self.helping.people.of(self.tenant, self.actor).handled(id)

    async def _tell(self, conn: AsyncConnection, account: Account, action: str) -> None:
        what, links = (account.tenant, "account", account.id), self.helping.links
        await links.keeping.audit.add(conn, links.now, self.actor.name, action, what, {}, {})
