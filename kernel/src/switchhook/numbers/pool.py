"""The operator's pool: numbers the carrier gave, until a tenant gets them, and again when it gives them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import attrs
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor
from ..access.tenant import Tenant
from ..errors import NotFound, SwitchhookError
from ..resources import kept
from ..resources.approval import approve
from ..resources.listing import MOST, ListRefused
from ..resources.record import InUse, StaleVersion
from ..store import tables
from ..store.directory import Conflict
from ..store.number_rows import folded, searchable, type_of
from ..store.tables_numbers import number_pool
from .service import Numbers, TenantNumbers, canonical
from .settings import KIND, NumberRecord

DEMO_NUMBERS: Final = 2
"""How many numbers a tenant may have while it only tries the portal."""


class TooManyNumbers(SwitchhookError):
    """A tenant that only tries the portal has as many numbers as it may have."""

    code = "too_many_numbers"


@attrs.frozen
class FreeNumber:
    """A number of the pool: what sort it is, since when it is free, and which tenant had it last, if one had."""

    e164: str
    type: str
    since: datetime
    tenant: str = ""


@attrs.frozen
class FreePage:
    """A part of the pool. ``after`` is where the next part begins, empty at the end."""

    numbers: Sequence[FreeNumber]
    after: str = ""


@attrs.frozen
class NumberPool:
    """The pool, for the operator alone: whoever else asks is ``Forbidden``."""

    numbers: Numbers
    actor: Actor

    def __attrs_post_init__(self) -> None:
        self.actor.need_operator("number.change")

    async def page(self, search: str = "", *, after: str = "", limit: int = 50) -> FreePage:
        """Free numbers in order; ``search`` finds part of one, however it is written, such as an area code."""
        if not 1 <= limit <= MOST:
            raise ListRefused(f"a page has 1 to {MOST} rows, not {limit}")
        query = select(number_pool).order_by(number_pool.c.e164).limit(limit + 1)
        if search:
            query = query.where(number_pool.c.search.contains(folded(search.strip()), autoescape=True))
        query = query.where(number_pool.c.e164 > after) if after else query
        async with self.numbers.store.read() as conn:
            rows = (await conn.execute(query)).mappings().all()
        found = [FreeNumber(row["e164"], row["type"], row["since"], row["tenant"]) for row in rows[:limit]]
        return FreePage(found, found[-1].e164 if len(rows) > limit else "")

    async def add(self, written: Iterable[str]) -> Sequence[str]:
        """Put numbers into the pool; those that are there, or that a tenant has, stay where they are.

        Gives those that are new. Raises ``NumberRefused`` for what is no number.
        """
        wanted = list(dict.fromkeys(canonical(one) for one in written))
        async with self.numbers.turn() as conn:
            known: set[str] = set()
            for column in (number_pool.c.e164, tables.number.c.e164):
                known |= set((await conn.execute(select(column).where(column.in_(wanted)))).scalars())
            new = [one for one in wanted if one not in known]
            for e164 in new:
                await self._free(conn, e164, "")
                await self._tell(conn, "create", e164)
        return new

    async def remove(self, e164: str) -> None:
        """Take a free number out of the pool, as when the carrier wants it back; raises ``NotFound``."""
        async with self.numbers.turn() as conn:
            await self._taken_out(conn, e164, must=True)
            await self._tell(conn, "delete", e164)

    async def assign(self, e164: str, tenant: str, values: Mapping[str, object] = {}) -> NumberRecord:
        """Give a tenant a number, of the pool or one nobody knew, with fields of ``NumberSettings`` if wished.

        It counts for the next call. Raises ``NotFound`` without such a tenant,
        ``Conflict`` when the number is taken, and :class:`TooManyNumbers`.
        """
        e164 = canonical(e164)
        owner = TenantNumbers(self.numbers, tenant, self.actor)
        async with self.numbers.store.read() as conn:
            await self._may_have_more(conn, await _tenant(conn, tenant))
        new = await owner.new(e164, values)
        async with self.numbers.turn() as conn:
            await self._may_have_more(conn, await _tenant(conn, tenant))
            if (await conn.execute(select(tables.number.c.e164).where(tables.number.c.e164 == e164))).first():
                raise Conflict(f"the number {e164} is taken", number=e164)
            await self._taken_out(conn, e164)
            made = await owner.keep_new(conn, new)
        await owner.announce("create", None, new)
        return made

    async def release(self, tenant: str, e164: str, version: int) -> None:
        """Take a number from its tenant into the pool: calls to it are refused from then on.

        Raises ``InUse`` naming each record and live flow that names it, and ``StaleVersion``.
        """
        owner = TenantNumbers(self.numbers, tenant, self.actor)
        before = await owner.get(e164)
        await approve(self.numbers.hooks, owner.proposal("delete", before.number, None), KIND)
        async with self.numbers.turn() as conn:
            before = await owner.found(conn, e164)
            if before.version != version:
                raise StaleVersion(version, before, None)
            if uses := await kept.uses_of(conn, tenant, KIND, e164):
                raise InUse(KIND, e164, uses)
            own = (tables.number.c.tenant == tenant, tables.number.c.e164 == e164)
            await conn.execute(delete(tables.number).where(*own))
            await self._free(conn, e164, tenant)
            await owner.tell(conn, "delete", before.number, None)
        await owner.announce("delete", before.number, None)

    # -- inside -----------------------------------------------------------------------------------

    async def _may_have_more(self, conn: AsyncConnection, tenant: Tenant) -> None:
        if tenant.state == "closed":
            raise Conflict(f"tenant {tenant.id!r} is closed", tenant=tenant.id)
        count = select(func.count()).select_from(tables.number).where(tables.number.c.tenant == tenant.id)
        if tenant.state == "demo" and (await conn.execute(count)).scalar_one() >= DEMO_NUMBERS:
            raise TooManyNumbers(
                f"tenant {tenant.id!r} tries the portal and may have {DEMO_NUMBERS} numbers; make it a customer first",
                tenant=tenant.id,
            )

    async def _free(self, conn: AsyncConnection, e164: str, tenant: str) -> None:
        row = {"e164": e164, "tenant": tenant, "type": type_of(e164), "search": searchable(e164)}
        await conn.execute(insert(number_pool).values(**row, since=self.numbers.clock.now()))

    async def _taken_out(self, conn: AsyncConnection, e164: str, *, must: bool = False) -> None:
        gone = await conn.execute(delete(number_pool).where(number_pool.c.e164 == e164))
        if must and not gone.rowcount:
            raise NotFound(f"there is no free number {e164}", number=e164)

    async def _tell(self, conn: AsyncConnection, action: str, e164: str) -> None:
        what = ("operator", "free-number", e164)
        await self.numbers.audit.add(conn, self.numbers.clock.now(), self.actor.name, action, what, {}, {})


async def _tenant(conn: AsyncConnection, tenant: str) -> Tenant:
    row = (await conn.execute(select(tables.tenant).where(tables.tenant.c.id == tenant))).mappings().first()
    if row is None:
        raise NotFound(f"there is no tenant {tenant!r}", tenant=tenant)
    return Tenant(**row)
