"""The operator's pool: numbers the carrier gave, until a tenant gets them, and again when it gives them back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import attrs
from sqlalchemy import delete, insert, not_, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor
from ..access.tenant import Tenant
from ..calls.numbers import NumberRefused
from ..errors import NotFound, SwitchhookError
from ..resources import kept
from ..resources.approval import approve
from ..resources.listing import MOST, ListRefused
from ..resources.record import InUse, StaleVersion
from ..store import tables
from ..store.audit import versions
from ..store.demo import refuse_more
from ..store.directory import Conflict
from ..store.number_rows import folded, searchable, type_of
from ..store.tables_numbers import number_pool
from .service import Numbers, TenantNumbers, canonical
from .settings import KIND, NumberRecord

REST: Final = timedelta(days=90)
"""How long a number rests that was taken from a tenant: those who know it as that tenant's reach nobody else."""


class NumberRests(SwitchhookError):
    """A number that was taken from a tenant can go to no other yet; ``until`` says when."""

    code = "number_rests"

    def __init__(self, e164: str, until: datetime) -> None:
        super().__init__(
            f"the number {e164} rests until {until.date().isoformat()}, as another tenant had it; "
            "give it back to that one, wait, or end the rest",
            number=e164,
            until=until.isoformat(),
        )
        self.until = until


@attrs.frozen
class FreeNumber:
    """A number of the pool: what sort it is, since when it is there, and which tenant had it last, if one had.

    While it rests, ``rests_until`` says how long: only that tenant can have it again before.
    """

    e164: str
    type: str
    since: datetime
    tenant: str = ""
    rests_until: datetime | None = None


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

    async def page(
        self, search: str = "", *, state: Literal["", "free", "resting"] = "", after: str = "", limit: int = 50
    ) -> FreePage:
        """The pool in order; ``search`` finds part of a number, however it is written, such as an area code.

        With a ``state`` only those that rest, or that anybody can have. A rest ends by itself.
        """
        if not 1 <= limit <= MOST:
            raise ListRefused(f"a page has 1 to {MOST} rows, not {limit}")
        query = select(number_pool).order_by(number_pool.c.e164).limit(limit + 1)
        if search:
            query = query.where(number_pool.c.search.contains(folded(search.strip()), autoescape=True))
        query = query.where(number_pool.c.e164 > after) if after else query
        rests = number_pool.c.rests_until > self.numbers.clock.now()
        if state:
            query = query.where(rests if state == "resting" else or_(number_pool.c.rests_until.is_(None), not_(rests)))
        async with self.numbers.store.read() as conn:
            rows = (await conn.execute(query)).mappings().all()
        found = [self._number(row) for row in rows[:limit]]
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
        ``Conflict`` when the number is taken, :class:`NumberRests` and ``DemoLimit``.
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
            free = await self._in_pool(conn, e164)
            if free is not None and free.rests_until is not None and free.tenant != tenant:
                raise NumberRests(e164, free.rests_until)
            await self._taken_out(conn, e164)
            made = await owner.keep_new(conn, new)
        await owner.announce("create", None, new)
        return made

    async def end_rest(self, e164: str) -> FreeNumber:
        """Let every tenant have a number that rests, before its time; raises ``NotFound`` for one that does not rest."""
        async with self.numbers.turn() as conn:
            free = await self._in_pool(conn, e164)
            if free is None or free.rests_until is None:
                raise NotFound(f"the number {e164} does not rest", number=e164)
            own = number_pool.c.e164 == e164
            await conn.execute(update(number_pool).where(own).values(rests_until=None))
            rested = {"tenant": free.tenant, "rests_until": free.rests_until.isoformat()}
            await self._tell(conn, "end_rest", e164, rested)
        return attrs.evolve(free, rests_until=None)

    async def release(self, tenant: str, e164: str, version: int) -> None:
        """Take a number from its tenant into the pool: calls to it are refused from then on, and it rests 90 days.

        Raises ``InUse`` naming each record and live flow that names it, and ``StaleVersion``.
        """
        owner = TenantNumbers(self.numbers, tenant, self.actor)
        before = await owner.get(e164)
        await approve(self.numbers.hooks, owner.proposal("delete", before.number, None), KIND)
        async with self.numbers.turn() as conn:
            before = await owner.found(conn, e164)
            if before.version != version:
                known = await versions(self.numbers.store, tenant, KIND, e164)
                raise StaleVersion(version, before, known.get(version))
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
        await refuse_more(conn, tenant.id, "numbers")

    async def _in_pool(self, conn: AsyncConnection, e164: str) -> FreeNumber | None:
        row = (await conn.execute(select(number_pool).where(number_pool.c.e164 == e164))).mappings().first()
        return self._number(row) if row is not None else None

    def _number(self, row: RowMapping) -> FreeNumber:
        until = row["rests_until"]
        rests = until if until is not None and until > self.numbers.clock.now() else None
        return FreeNumber(row["e164"], row["type"], row["since"], row["tenant"], rests)

    async def _free(self, conn: AsyncConnection, e164: str, tenant: str) -> None:
        now = self.numbers.clock.now()
        row = {"e164": e164, "tenant": tenant, "type": type_of(e164), "search": searchable(e164)}
        rests = now + REST if tenant else None
        await conn.execute(insert(number_pool).values(**row, since=now, rests_until=rests))

    async def _taken_out(self, conn: AsyncConnection, e164: str, *, must: bool = False) -> None:
        gone = await conn.execute(delete(number_pool).where(number_pool.c.e164 == e164))
        if must and not gone.rowcount:
            raise NotFound(f"there is no free number {e164}", number=e164)

    async def _tell(
        self, conn: AsyncConnection, action: str, e164: str, before: Mapping[str, object] | None = None
    ) -> None:
        what = ("operator", "free-number", e164)
        await self.numbers.audit.add(conn, self.numbers.clock.now(), self.actor.name, action, what, before or {}, {})


def not_numbers(written: Iterable[str]) -> Mapping[int, NumberRefused]:
    """Which of some texts no pool can have, by their places from 0, and why."""
    found = {}
    for place, text in enumerate(written):
        try:
            canonical(text)
        except NumberRefused as refused:
            found[place] = refused
    return found


async def _tenant(conn: AsyncConnection, tenant: str) -> Tenant:
    row = (await conn.execute(select(tables.tenant).where(tables.tenant.c.id == tenant))).mappings().first()
    if row is None:
        raise NotFound(f"there is no tenant {tenant!r}", tenant=tenant)
    return Tenant(**row)
