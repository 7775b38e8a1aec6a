"""The one way to change where numbers lead: the browser, the API and commands all come here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

import attrs
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor, Forbidden
from ..calls.numbers import NumberRefused, classify, is_star_code
from ..clock import Clock
from ..dispatch.dispatcher import Dispatcher
from ..errors import NotFound, near_match
from ..resources import kept
from ..resources.approval import approve
from ..resources.record import Action, Change, StaleVersion, Use
from ..schema import Problem, SettingsRefused, plain_settings, read_settings
from ..store import tables
from ..store.audit import Audit, Entry, entries, versions
from ..store.engine import Store
from ..store.flow_versions import lock as lock_flow
from ..store.number_rows import number_row
from ..store.routing import Number
from ..store.stamp import note_change
from . import listing
from .listing import NumberListing, NumberPage
from .settings import KIND, NumberRecord, NumberSettings

HasPrompt = Callable[[str, str], bool]
_NUMBER: Final = tables.number


@attrs.frozen
class Numbers:
    """What all tenants share: the store, hooks, the audit chain, and what a number's fallback may lead to.

    ``phones`` are the names of telephones that can ring, ``trunk`` says
    whether numbers outside can; ``has_prompt`` whether a tenant can play a prompt.
    """

    store: Store
    clock: Clock
    hooks: Dispatcher
    audit: Audit
    phones: Collection[str] = ()
    trunk: bool = True
    has_prompt: HasPrompt = lambda prompt, tenant: True

    def of(self, tenant: str, actor: Actor) -> TenantNumbers:
        """The numbers of a tenant as ``actor`` may see and change them."""
        return TenantNumbers(self, tenant, actor)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for a change; changes take turns."""
        async with self.store.write() as conn:
            await self.audit.take_turn(conn)
            yield conn


@attrs.frozen
class TenantNumbers:
    """One tenant's numbers. One that is another tenant's, or beyond the actor's reach, is ``NotFound``.

    Each change is one transaction with its line in the audit chain, and counts
    for the next call. Fields that do not fit are ``SettingsRefused``.
    """

    numbers: Numbers
    tenant: str
    actor: Actor

    async def page(self, wanted: NumberListing = NumberListing()) -> NumberPage:  # noqa: B008 - never changes
        """A page of the numbers in reach; raises ``ListRefused``."""
        reach = self.actor.need("number.view")
        async with self.numbers.store.read() as conn:
            return await listing.page(conn, self.tenant, reach, wanted)

    async def get(self, e164: str) -> NumberRecord:
        """One number, canonical."""
        async with self.numbers.store.read() as conn:
            return await self.found(conn, e164)

    async def uses(self, e164: str) -> Sequence[Use]:
        """Which records and live flows name a number; one the actor may not see has neither id nor title."""
        await self.get(e164)
        async with self.numbers.store.read() as conn:
            uses = await kept.uses_of(conn, self.tenant, KIND, e164)
        seen = [self.actor.reach(f"{use.kind}.view").everything for use in uses]
        return [use if may else Use(use.kind, "", "", "") for use, may in zip(uses, seen, strict=True)]

    async def history(self, e164: str, *, before: int | None = None, limit: int = 100) -> Sequence[Entry]:
        """The changes of a number, newest first, those before a number of the audit if wished."""
        await self.get(e164)
        return await entries(self.numbers.store, self.tenant, kind=KIND, id=e164, before=before, limit=limit)

    async def change(self, e164: str, version: int, values: Mapping[str, object]) -> NumberRecord:
        """Change fields of :class:`~switchhook.numbers.settings.NumberSettings`; those that are not given stay.

        Raises ``StaleVersion`` when another version is kept by now.
        """
        async with self.numbers.store.read() as conn:
            before = await self._current(conn, e164, version)
        after = self._with(before.number, values)
        await approve(self.numbers.hooks, self.proposal("change", before.number, after), KIND)
        async with self.numbers.turn() as conn:
            before = await self._current(conn, e164, version)
            after = attrs.evolve(self._with(before.number, values), version=version + 1)
            await self._lock_flow(conn, after.flow)
            own = (_NUMBER.c.tenant == self.tenant, _NUMBER.c.e164 == e164)
            await conn.execute(update(_NUMBER).where(*own).values(number_row(after)))
            await self.tell(conn, "change", before.number, after)
            now_kept = await self.found(conn, e164)
        await self.announce("change", before.number, after)
        return now_kept

    async def assign(self, e164: str, flow: str) -> NumberRecord:
        """Let a number lead to another flow, whatever else was changed meanwhile; ``flow`` empty for none."""
        before = await self.get(e164)
        return before if before.number.flow == flow else await self.change(e164, before.version, {"flow": flow})

    # -- for the pool -----------------------------------------------------------------------------

    async def new(self, e164: str, values: Mapping[str, object]) -> Number:
        """A number the tenant is to get, once its fields and the guards were asked."""
        new = self._with(Number(e164, self.tenant), values)
        await approve(self.numbers.hooks, self.proposal("create", None, new), KIND)
        return new

    async def keep_new(self, conn: AsyncConnection, new: Number) -> NumberRecord:
        """Let the tenant have it from now on."""
        await self._lock_flow(conn, new.flow)
        await conn.execute(insert(_NUMBER).values(number_row(new)))
        await self.tell(conn, "create", None, new)
        return await self.found(conn, new.e164)

    # -- inside -----------------------------------------------------------------------------------

    async def found(self, conn: AsyncConnection, e164: str) -> NumberRecord:
        """The number inside a transaction; raises ``NotFound``."""
        found = await listing.one(conn, self.tenant, e164) if self.actor.need("number.view").covers([e164]) else None
        if found is None:
            raise NotFound(f"there is no number {e164}", kind=KIND, id=e164)
        return found

    async def _current(self, conn: AsyncConnection, e164: str, version: int) -> NumberRecord:
        found = await self.found(conn, e164)
        if not self.actor.need("number.change").covers([e164]):
            raise Forbidden(f"you may see the number {e164}, but not change it", right="number.change")
        if found.version != version:
            base = (await versions(self.numbers.store, self.tenant, KIND, e164)).get(version)
            raise StaleVersion(version, found, base)
        return found

    def _with(self, number: Number, values: Mapping[str, object]) -> Number:
        """The number with other fields, once they were looked at."""
        now = plain_settings(NumberSettings.of(number), whole=True)
        wanted = read_settings(NumberSettings, {**now, **values}, KIND)
        problems = [attrs.evolve(one, path=f"{KIND}.{one.path}") for one in wanted.check()]
        if wanted.target and wanted.fallback == "ring" and wanted.target != now["target"]:
            problems += self._no_target(wanted.target)
        if wanted.sound and wanted.sound != now["sound"] and not self.numbers.has_prompt(wanted.sound, self.tenant):
            problems.append(Problem(f"{KIND}.sound", f"there is no prompt {wanted.sound!r}"))
        if problems:
            raise SettingsRefused(problems)
        return wanted.on(number)

    def _no_target(self, target: str) -> list[Problem]:
        if not target.startswith("+"):
            known = self.numbers.phones
            why = "" if target in known else f"there is no phone {target!r}{near_match(target, known)}"
        else:
            why = "" if self.numbers.trunk else "only phones can ring: the portal has no trunk"
        return [Problem(f"{KIND}.target", why)] if why else []

    async def _lock_flow(self, conn: AsyncConnection, flow: str) -> None:
        if flow:
            try:
                await lock_flow(conn, self.tenant, flow)
            except NotFound as gone:
                raise SettingsRefused([Problem(f"{KIND}.flow", str(gone))]) from gone

    async def tell(self, conn: AsyncConnection, action: Action, before: Number | None, after: Number | None) -> None:
        """Write a change into the audit chain, and let running workers notice it."""
        one = after or before
        what = (self.tenant, KIND, one.e164 if one else "")
        now = self.numbers.clock.now()
        await self.numbers.audit.add(conn, now, self.actor.name, action, what, _told(before), _told(after))
        await note_change(conn, self.tenant)

    async def announce(self, action: Action, before: Number | None, after: Number | None) -> None:
        """Let the observers know."""
        await self.numbers.hooks.notify("change_made", change=self.proposal(action, before, after))

    def proposal(self, action: Action, before: Number | None, after: Number | None) -> Change:
        """A change as guards and observers see it."""
        was, now = (NumberSettings.of(one) if one else None for one in (before, after))
        one = after or before
        return Change(self.tenant, self.actor.name, action, KIND, one.e164 if one else "", was, now)


def canonical(written: str) -> str:
    """``+49 (221) 123-45`` or ``0221 12345`` as ``+4922112345``, an internal number as its digits, a star code as it is.

    Raises ``NumberRefused`` for what is no number, and for emergency and
    service numbers, which no flow may take over.
    """
    found = classify(written)
    if found.kind not in ("e164", "internal") and not is_star_code(found.canonical):
        raise NumberRefused(
            f"{written!r} is a number or code of kind {found.kind} and cannot lead to a flow", number=written
        )
    return found.canonical


def _told(number: Number | None) -> Mapping[str, object]:
    if number is None:
        return {}
    return {"version": number.version, "fields": plain_settings(NumberSettings.of(number), whole=True)}
