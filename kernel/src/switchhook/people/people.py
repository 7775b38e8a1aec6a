"""The one way to change people: the browser, the API and commands all come here."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT, Account, AccountState, Grant
from ..access.actor import Actor, Forbidden
from ..clock import Clock
from ..dispatch.dispatcher import Dispatcher
from ..errors import NotFound
from ..resources.approval import approve
from ..resources.record import Action, Change, StaleVersion
from ..schema import Problem, SettingsRefused, plain_settings, read_settings
from ..store.audit import Audit, Entry, entries, versions
from ..store.demo import refuse_more
from ..store.engine import Store
from . import accounts, listing
from .actors import groups_of
from .grants import read_grants
from .listing import PeoplePage
from .person import Own, fields_of, person_of, read_person
from .rights import Rights
from .rules import LastSuperadmin, is_last, refuse_giving, refuse_handling, refuse_role

Invite = Callable[[AsyncConnection, Account], Awaitable[None]]
"""Sends an account its invitation, as part of the transaction that makes it."""
_PATH: Final = "account"


async def nobody_is_told(conn: AsyncConnection, account: Account) -> None:
    """For installations without mail: an administrator hands the link over."""


@attrs.frozen
class People:
    """What all tenants share: the store, hooks, the audit chain, the rights there are, and how people are invited."""

    store: Store
    clock: Clock
    hooks: Dispatcher
    audit: Audit
    rights: Rights
    invite: Invite = nobody_is_told

    def of(self, tenant: str, actor: Actor) -> TenantPeople:
        """The people of a tenant as ``actor`` may see and change them."""
        return TenantPeople(self, tenant, actor)


Plan = Callable[[AsyncConnection, Account], Awaitable[Account | None]]


@attrs.frozen
class TenantPeople:
    """One tenant's people. Who belongs to another tenant is ``NotFound``.

    What the actor's role or rights do not cover is ``Forbidden``: nobody
    handles one of a higher role, raises anybody above his own, or gives a right
    he has not himself. The last active superadmin of a tenant stays:
    :class:`~switchhook.people.rules.LastSuperadmin`. Each change is one
    transaction with its line in the audit chain.
    """

    people: People
    tenant: str
    actor: Actor

    # -- looking ----------------------------------------------------------------------------------

    async def page(
        self,
        search: str = "",
        *,
        role: str = "",
        state: str = "",
        after: str = "",
        limit: int = 50,
        order: str = "name",
    ) -> PeoplePage:
        """People with a text in name, user name or address, of one role and state if wished; ``-`` reverses an order."""
        self._need("people.view")
        async with self.people.store.read() as conn:
            wanted: dict[str, Any] = {"role": role, "state": state, "after": after, "limit": limit, "order": order}
            return await listing.page(conn, self.tenant, search, **wanted)

    async def get(self, id: str) -> Account:  # noqa: A002 - the domain's own word
        """One person."""
        self._need("people.view")
        async with self.people.store.read() as conn:
            return await self._found(conn, id)

    async def own(self) -> Account:
        """The actor's own account; needs no right."""
        async with self.people.store.read() as conn:
            return await self._found(conn, self.actor.account)

    async def handled(self, id: str) -> Account:  # noqa: A002
        """A person whose password the actor may reset, or as whom it may act; raises ``Forbidden``."""
        self._need("people.change")
        async with self.people.store.read() as conn:
            account = await self._found(conn, id)
            await self._may_handle(conn, account)
            return account

    async def history(self, id: str) -> Sequence[Entry]:  # noqa: A002
        """The changes of a person, newest first; those of the actor's own account need no right."""
        if id != self.actor.account:
            self._need("people.view")
        async with self.people.store.read() as conn:
            await self._found(conn, id)
        return await entries(self.people.store, self.tenant, kind="account", id=id)

    # -- changing ---------------------------------------------------------------------------------

    async def create(self, values: Mapping[str, object]) -> Account:
        """Invite a person: the fields of :class:`Person`. Raises ``SettingsRefused`` naming every problem, and ``DemoLimit``."""
        blank = await self.proposed(values)
        async with self._turn() as conn:
            await accounts.need_tenant(conn, self.tenant, blank.created)
            made = await self.add(conn, blank, values)
        await self.announce("create", None, made)
        return made

    async def proposed(self, values: Mapping[str, object]) -> Account:
        """A new account without its fields, once they and the guards were asked; for :meth:`add`."""
        self._need("people.change")
        now = self.people.clock.now()
        blank = Account(secrets.token_hex(8), self.tenant, "", "", "", "user", "invited", now, now)
        async with self.people.store.read() as conn:
            proposed = await self._with(conn, blank, values)
        await approve(self.people.hooks, self._proposal("create", None, proposed), _PATH)
        return blank

    async def add(self, conn: AsyncConnection, blank: Account, values: Mapping[str, object]) -> Account:
        """Make a proposed account in a transaction that has its turn, and invite it; :meth:`announce` it afterwards."""
        await refuse_more(conn, self.tenant, "accounts")
        made = await self._with(conn, blank, values)
        await accounts.put(conn, made, new=True)
        await self._tell(conn, "create", None, made)
        await self.people.invite(conn, made)
        return made

    async def change(self, id: str, version: int, values: Mapping[str, object]) -> Account:  # noqa: A002
        """Change fields of :class:`Person`; those that are not given stay. Raises ``StaleVersion``."""
        self._need("people.change")
        return await self._change("change", id, version, lambda conn, old: self._with(conn, old, values))

    async def change_own(self, version: int, values: Mapping[str, object]) -> Account:
        """Change the actor's own name, language or appearance; needs no right."""

        async def plan(conn: AsyncConnection, old: Account) -> Account:
            now = {"name": old.name, "language": old.language, "theme": old.theme}
            own = read_settings(Own, {**now, **values}, _PATH)
            return attrs.evolve(old, **attrs.asdict(own))

        return await self._change("change", self.actor.account, version, plan, own=True)

    async def disable(self, id: str, version: int) -> Account:  # noqa: A002
        """Let a person sign in no more, at once; nothing of theirs is lost."""
        return await self._set_state("disable", id, version, "disabled")

    async def enable(self, id: str, version: int) -> Account:  # noqa: A002
        """Let a disabled person sign in again."""
        return await self._set_state("enable", id, version, "active")

    async def delete(self, id: str, version: int) -> None:  # noqa: A002
        """Forget a person for good; what it made stays, and so does what the audit tells of it."""
        self._need("people.change")

        async def plan(conn: AsyncConnection, old: Account) -> None:
            return None

        await self._change("delete", id, version, plan)

    async def invite_again(self, id: str) -> Account:  # noqa: A002
        """Send another invitation to somebody who has not come yet; the link of the one before is void."""
        account = await self.handled(id)
        if account.state != "invited":
            raise SettingsRefused([Problem(f"{_PATH}.state", f"{account.username} has come already")])
        async with self._turn() as conn:
            await self._tell(conn, "invite", account, account)
            await self.people.invite(conn, account)
        return account

    # -- inside -----------------------------------------------------------------------------------

    async def _set_state(self, action: Action, id: str, version: int, state: AccountState) -> Account:  # noqa: A002
        self._need("people.change")

        async def plan(conn: AsyncConnection, old: Account) -> Account:
            allowed = ("disabled",) if state == "active" else ("invited", "active")
            if old.state not in allowed:
                raise SettingsRefused([Problem(f"{_PATH}.state", f"{old.username} is {old.state} already")])
            if state == "active":
                await refuse_more(conn, self.tenant, "accounts")
            return attrs.evolve(old, state=state)

        return await self._change(action, id, version, plan)

    async def _change(self, action: Action, id: str, version: int, plan: Plan, *, own: bool = False) -> Account:  # noqa: A002
        """One change: seen by the guards, then made of what is kept at that moment. Gives the account, gone or not."""
        async with self.people.store.read() as conn:
            before = await self._checked(conn, id, version, own=own)
            proposed = await plan(conn, before)
        await approve(self.people.hooks, self._proposal(action, before, proposed), _PATH)
        async with self._turn() as conn:
            before = await self._checked(conn, id, version, own=own)
            after = await plan(conn, before)
            await self._keep_the_last(conn, before, after)
            if after is None:
                await accounts.remove(conn, before.id)
            else:
                after = attrs.evolve(after, version=before.version + 1, changed=self.people.clock.now())
                await accounts.put(conn, after, new=False)
            await self._tell(conn, action, before, after)
        await self.announce(action, before, after)
        return after or before

    async def _checked(self, conn: AsyncConnection, id: str, version: int, *, own: bool) -> Account:  # noqa: A002
        account = await self._found(conn, id)
        if account.version != version:
            known = await versions(self.people.store, self.tenant, "account", id)
            raise StaleVersion(version, account, known.get(version), fields_of(account))
        if not own:
            await self._may_handle(conn, account)
        return account

    async def _may_handle(self, conn: AsyncConnection, account: Account) -> None:
        mine = await self._mine(conn)
        groups = await groups_of(conn, self.tenant, [*mine, *account.grants])
        refuse_handling(self.actor, mine, account, groups)

    async def _mine(self, conn: AsyncConnection) -> Sequence[Grant]:
        """The actor's own grants, as they are now; raises ``Forbidden`` for one who is no longer what it was."""
        if not self.actor.account:
            return ()
        me = await accounts.by_id(conn, self.actor.account)
        if me is None or me.state != "active" or me.role != self.actor.role:
            raise Forbidden("your own account was changed meanwhile; sign in again", actor=self.actor.name)
        return me.grants

    async def _with(self, conn: AsyncConnection, old: Account, values: Mapping[str, object]) -> Account:
        """An account with the values of a form, once they and the actor's rights to give them were looked at."""
        new = not old.username
        now = {} if new else plain_settings(person_of(old), whole=True)
        person = read_person({**now, **values}, _PATH)
        taken = await accounts.by_username(conn, person.username)
        if taken is not None and taken.id != old.id:
            raise SettingsRefused([Problem(f"{_PATH}.username", f"{person.username!r} is taken; choose another")])
        grants = await read_grants(conn, self.tenant, self.people.rights, person.grants, old.grants, f"{_PATH}.grants")
        mine = await self._mine(conn)
        fits = (person.role == "operator") == (self.tenant == OPERATOR_TENANT)
        refuse_role(self.actor, person.role, fits)  # type: ignore[arg-type]
        refuse_giving(self.actor, mine, grants, await groups_of(conn, self.tenant, [*mine, *grants]))
        plain = {name: getattr(person, name) for name in ("name", "email", "username", "role", "language", "theme")}
        return attrs.evolve(old, **plain, grants=grants)

    async def _keep_the_last(self, conn: AsyncConnection, before: Account, after: Account | None) -> None:
        role = "operator" if self.tenant == OPERATOR_TENANT else "superadmin"
        if after is not None and (after.role, after.state) == (before.role, before.state):
            return
        if is_last(role, before, await accounts.count_active(conn, self.tenant, role, without=before.id)):  # type: ignore[arg-type]
            raise LastSuperadmin(
                f"{before.username} is the last {role} here who can sign in; make somebody else {role} first",
                account=before.id,
            )

    async def _found(self, conn: AsyncConnection, id: str) -> Account:  # noqa: A002
        account = await accounts.in_tenant(conn, self.tenant, id)
        if account is None:
            raise NotFound(f"there is no person {id!r}", kind="account", id=id)
        return account

    def _need(self, right: str) -> None:
        if self.tenant == OPERATOR_TENANT:
            self.actor.need_operator(right)
        self.actor.need(right)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[AsyncConnection]:
        async with self.people.store.write() as conn:
            await self.people.audit.take_turn(conn)
            yield conn

    async def _tell(self, conn: AsyncConnection, action: str, before: Account | None, after: Account | None) -> None:
        one = after or before
        what = (self.tenant, "account", one.id if one else "")
        now = self.people.clock.now()
        await self.people.audit.add(conn, now, self.actor.name, action, what, _told(before), _told(after))

    def _proposal(self, action: Action, before: Account | None, after: Account | None) -> Change:
        was = person_of(before) if before else None
        now = person_of(after) if after else None
        one = after or before
        return Change(self.tenant, self.actor.name, action, "account", one.id if one else "", was, now)

    async def announce(self, action: Action, before: Account | None, after: Account | None) -> None:
        """Let the observers know what is kept now."""
        await self.people.hooks.notify("change_made", change=self._proposal(action, before, after))


def _told(account: Account | None) -> Mapping[str, object]:
    if account is None:
        return {}
    return {"version": account.version, "fields": fields_of(account)}
