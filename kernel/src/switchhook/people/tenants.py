"""The operator's tenants: made, named, and led through their states (S03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

import attrs
from sqlalchemy import Column, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT
from ..access.actor import Actor
from ..access.demo_limits import DEMO_LIMITS, DemoLimits
from ..access.tenant import TENANT_ID, Tenant, TenantState
from ..errors import NotFound, SwitchhookError, near_match
from ..resources.listing import cursor_of, read_cursor
from ..resources.record import IdTaken, StaleVersion
from ..schema import Problem, SettingsRefused, a_line, read_settings, setting
from ..store import tables, tables_people
from ..store.audit import Entry, entries, versions
from ..store.stamp import note_change
from .offer_rows import is_accepted
from .people import People
from .person import LANGUAGES

_TENANT: Final = tables.tenant
_MOVES: Final[Mapping[TenantState, tuple[TenantState, ...]]] = {
    "demo": ("active", "suspended", "closed"),
    "active": ("suspended", "closed"),
    "suspended": ("demo", "active", "closed"),
    "closed": (),
}
_RIGHT: Final = "tenant.change"


class MoveRefused(SwitchhookError):
    """A tenant cannot go from its state to the one that is wanted."""

    code = "tenant_state"


class OfferMissing(MoveRefused):
    """A demo becomes active only after its customer has accepted an offer."""

    code = "offer_missing"


@attrs.frozen
class TenantDetails:
    """What an operator decides about a tenant beside its state."""

    name: str = setting("text", "Name", "Name", pattern=r"[^\x00-\x1f\x7f]{1,120}", shape=a_line(120, 1))
    language: str = setting(
        "choice", "Sprache der Anrufer", "Callers' language", choices=("de", "en"), default="de", names=LANGUAGES
    )


@attrs.frozen
class TenantLine:
    """A tenant as the operator's list shows it, with how much belongs to it."""

    tenant: Tenant
    numbers: int
    people: int


def moves(tenant: Tenant) -> Sequence[TenantState]:
    """The states a tenant can be brought to from its own; a suspended one goes back to what it was."""
    back = tenant.suspended_from or "active"
    return [to for to in _MOVES[tenant.state] if tenant.state != "suspended" or to in (back, "closed")]


@attrs.frozen
class TenantPage:
    """A part of the list of tenants, by name. ``after`` is the cursor of the next part, empty at the end."""

    tenants: Sequence[TenantLine]
    after: str = ""


@attrs.frozen
class Tenants:
    """All tenants, and the people who work for them."""

    people: People

    def of(self, actor: Actor) -> OperatedTenants:
        """The tenants as an operator may see and change them."""
        return OperatedTenants(self.people, actor)

    async def limits(self, tenant: str) -> DemoLimits | None:
        """What a tenant may have at most while it only tries the portal; None for every other, which has no limits."""
        state = select(_TENANT.c.state).where(_TENANT.c.id == tenant)
        async with self.people.store.read() as conn:
            return DEMO_LIMITS if (await conn.execute(state)).scalar() == "demo" else None


@attrs.frozen
class OperatedTenants:
    """All tenants, for an operator alone: everybody else gets ``Forbidden``.

    Each change is one transaction with its line in the tenant's audit chain,
    and running workers notice it within a second. Whatever happens to a
    tenant's state, nothing of it is lost and calls in progress go on.
    """

    people: People
    actor: Actor

    async def list(self, search: str = "", state: str = "") -> Sequence[TenantLine]:
        """Every tenant by name, with a text in id or name and in one state if wished."""
        self.actor.need_operator(_RIGHT)
        async with self.people.store.read() as conn:
            numbers = await _counts(conn, tables.number.c.tenant)
            people = await _counts(conn, tables_people.account.c.tenant)
            rows = (await conn.execute(select(_TENANT).order_by(_TENANT.c.name, _TENANT.c.id))).mappings()
            found = [Tenant(**row) for row in rows if row["id"] != OPERATOR_TENANT]
        wanted = search.casefold()
        return [
            TenantLine(one, numbers.get(one.id, 0), people.get(one.id, 0))
            for one in found
            if (not wanted or wanted in f"{one.id}\n{one.name}".casefold()) and state in ("", one.state)
        ]

    async def page(self, search: str = "", state: str = "", *, after: str = "", limit: int = 50) -> TenantPage:
        """A part of that list; raises ``ListRefused`` for a cursor that is none."""
        found = sorted(await self.list(search, state), key=_place)
        rest = [one for one in found if not after or _place(one) > read_cursor(after, _ORDER)]
        shown = rest[:limit]
        return TenantPage(shown, cursor_of(_ORDER, *_place(shown[-1])) if len(rest) > limit else "")

    async def get(self, tenant: str) -> Tenant:
        """One tenant; raises ``NotFound``."""
        self.actor.need_operator(_RIGHT)
        async with self.people.store.read() as conn:
            return await _found(conn, tenant)

    async def history(self, tenant: str) -> Sequence[Entry]:
        """The changes of a tenant itself, newest first."""
        await self.get(tenant)
        return await entries(self.people.store, tenant, kind="tenant", id=tenant)

    async def create(
        self,
        id: str,  # noqa: A002 - the domain's own word
        values: Mapping[str, object],
        superadmin: Mapping[str, object] | None = None,
        *,
        state: TenantState = "active",
    ) -> Tenant:
        """Make a tenant in state ``demo`` or ``active`` and invite its first superadmin, both or none.

        ``superadmin`` are fields of :class:`~switchhook.people.person.Person`.
        Raises ``SettingsRefused``, and ``IdTaken`` for an id that was ever used.
        """
        self.actor.need_operator(_RIGHT)
        if not TENANT_ID.fullmatch(id) or id == OPERATOR_TENANT:
            raise SettingsRefused([Problem("tenant.id", f"{id!r} cannot be a tenant: {TENANT_ID.pattern}")])
        if state not in ("demo", "active"):
            raise MoveRefused(f"a tenant begins as demo or active, not {state}", state=state)
        details = read_settings(TenantDetails, values, "tenant")
        made = Tenant(id, details.name, self.people.clock.now(), details.language, state=state)
        first = {**superadmin, "role": "superadmin"} if superadmin is not None else None
        people = self.people.of(id, self.actor)
        blank = await people.proposed(first) if first is not None else None
        async with self.people.store.write() as conn:
            await self.people.audit.take_turn(conn)
            if (await conn.execute(select(_TENANT.c.id).where(_TENANT.c.id == id))).first() is not None:
                raise IdTaken(f"there is a tenant {id!r} already", kind="tenant", id=id)
            await conn.execute(insert(_TENANT).values(attrs.asdict(made)))
            await self._tell(conn, "create", None, made)
            account = await people.add(conn, blank, first) if blank is not None and first is not None else None
        if account is not None:
            await people.announce("create", None, account)
        return made

    async def change(self, tenant: str, version: int, values: Mapping[str, object]) -> Tenant:
        """Change a tenant's name or language; what is not given stays. Raises ``StaleVersion``."""
        before = await self.get(tenant)
        details = read_settings(TenantDetails, {"name": before.name, "language": before.language, **values}, "tenant")
        return await self._put("change", tenant, version, attrs.asdict(details))

    async def move(self, tenant: str, version: int, state: TenantState) -> Tenant:
        """Bring a tenant to another state; raises :class:`MoveRefused` where it cannot go from the one it is in.

        ``demo`` to ``active`` keeps everything under its ids, its limits are
        gone, and it needs an offer that was accepted: :class:`OfferMissing`
        without. The numbers of a
        suspended or closed one answer with their fallback, and its people
        cannot be signed in, from the next moment on.
        """
        if state not in _MOVES:
            raise MoveRefused(f"there is no state {state!r}{near_match(state, _MOVES)}", state=state)
        return await self._put(state, tenant, version, {"state": state})

    async def _allow(self, conn: AsyncConnection, before: Tenant, state: TenantState) -> None:
        if state not in moves(before):
            allowed = " or ".join(moves(before)) or "nothing any more"
            raise MoveRefused(f"{before.name} is {before.state} and can become {allowed}", state=before.state)
        if before.state == "demo" and state == "active" and not await is_accepted(conn, before.id):
            raise OfferMissing(
                f"{before.name} has not accepted an offer yet: make one, and have a superadmin of theirs accept it",
                tenant=before.id,
            )

    async def _put(self, action: str, tenant: str, version: int, values: Mapping[str, object]) -> Tenant:
        self.actor.need_operator(_RIGHT)
        async with self.people.store.write() as conn:
            await self.people.audit.take_turn(conn)
            before = await _found(conn, tenant)
            if before.version != version:
                known = await versions(self.people.store, tenant, "tenant", tenant)
                raise StaleVersion(version, before, known.get(version), _fields(before))
            if (state := values.get("state")) is not None:
                await self._allow(conn, before, cast(TenantState, state))
                values = {**values, "suspended_from": before.state if state == "suspended" else ""}
            after = attrs.evolve(before, **values, version=version + 1)  # type: ignore[arg-type]
            changed = {**values, "version": after.version}
            await conn.execute(update(_TENANT).where(_TENANT.c.id == tenant).values(changed))
            await self._tell(conn, action, before, after)
        return after

    async def _tell(self, conn: AsyncConnection, action: str, before: Tenant | None, after: Tenant) -> None:
        what = (after.id, "tenant", after.id)
        now = self.people.clock.now()
        await self.people.audit.add(conn, now, self.actor.name, action, what, _told(before), _told(after))
        await note_change(conn, after.id)


def _told(tenant: Tenant | None) -> Mapping[str, object]:
    if tenant is None:
        return {}
    return {"version": tenant.version, "fields": _fields(tenant)}


def _fields(tenant: Tenant) -> Mapping[str, object]:
    return {"name": tenant.name, "language": tenant.language, "state": tenant.state}


async def _found(conn: AsyncConnection, tenant: str) -> Tenant:
    row = (await conn.execute(select(_TENANT).where(_TENANT.c.id == tenant))).mappings().first()
    if row is None or tenant == OPERATOR_TENANT:
        raise NotFound(f"there is no tenant {tenant!r}", tenant=tenant)
    return Tenant(**row)


async def _counts(conn: AsyncConnection, tenant: Column[str]) -> Mapping[str, int]:
    return {row[0]: row[1] for row in await conn.execute(select(tenant, func.count()).group_by(tenant))}


_ORDER: Final = "name"


def _place(line: TenantLine) -> tuple[str, str]:
    return line.tenant.name, line.tenant.id
