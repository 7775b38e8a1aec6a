"""The book of charges: written in the transaction of their cause, read by pages, the API and invoices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import attrs
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor, Forbidden
from ..clock import Clock, day_of
from ..errors import NotFound, near_match
from ..money import Money
from ..resources.listing import ListRefused, cursor_of, read_cursor
from ..resources.record import StaleVersion
from ..schema import Label, Problem, SettingsRefused
from ..store.audit import Audit
from ..store.engine import Store
from ..store.tables_charges import charge as table
from ..store.tables_charges import rate as rate_table
from ..store.upsert import inserting, upsert
from .charge import Charge, ChargePage, Cost
from .rate import Rate, TenantRate

VIEW: Final = "charge.view"
MOST_FREE: Final = 1_000_000_000
MOST_PRICE: Final = 10**15
_MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_ORDER: Final = "id"


@attrs.frozen
class Charges:
    """What all tenants pay. ``rates`` are those the portal and its plugins declare."""

    store: Store
    clock: Clock
    audit: Audit
    rates: Mapping[str, Rate]

    def of(self, tenant: str, actor: Actor) -> TenantCharges:
        """A tenant's charges and rates as ``actor`` may see and set them."""
        return TenantCharges(self, tenant, actor)

    @property
    def today(self) -> date:
        """The day it is for charges."""
        return day_of(self.clock.now())

    async def rate(self, conn: AsyncConnection, tenant: str, name: str) -> TenantRate:
        """What something costs a tenant, as it is in the caller's transaction; raises ``NotFound``."""
        declared = self.rates.get(name)
        if declared is None:
            raise NotFound(f"there is no rate {name!r}{near_match(name, self.rates)}", rate=name)
        query = select(rate_table).where(rate_table.c.tenant == tenant, rate_table.c.rate == name)
        row = (await conn.execute(query)).mappings().first()
        if row is None:
            return TenantRate(declared, declared.free, declared.price)
        return TenantRate(declared, row["free"], Money(row["micro"], row["currency"]), True, row["version"])

    async def add(self, conn: AsyncConnection, tenant: str, cost: Cost, author: str) -> bool:
        """Charge something in the transaction of its cause, so that both are there or none; whether it is new.

        What has the ``key`` of something charged before is left alone, and so
        is what costs nothing. Raises ``ValueError`` where a cost ends before it begins.
        """
        return await add_charge(conn, tenant, cost, author, self.clock.now())


async def add_charge(conn: AsyncConnection, tenant: str, cost: Cost, author: str, now: datetime) -> bool:
    """See :meth:`Charges.add`."""
    if cost.ends < cost.begins:
        raise ValueError(f"a cost ends on {cost.ends}, before it begins on {cost.begins}")
    if not cost.price.micro:
        return False
    row = attrs.asdict(cost, recurse=False)
    said, price = row.pop("said"), row.pop("price")
    row |= {"tenant": tenant, "text_de": said.de, "text_en": said.en, "micro": price.micro}
    row |= {"currency": price.currency, "author": author, "made": now}
    adding = inserting(conn.dialect.name, table).values(row).on_conflict_do_nothing(index_elements=["tenant", "key"])
    return (await conn.execute(adding.returning(table.c.id))).first() is not None


@attrs.frozen
class TenantCharges:
    """One tenant's charges. Seeing them needs ``charge.view`` over everything; rates are the operator's to set."""

    charges: Charges
    tenant: str
    actor: Actor

    async def page(self, month: str = "", *, after: str = "", limit: int = 50) -> ChargePage:
        """What was charged, newest first, for what begins in a month such as ``2026-03`` if wished.

        Raises ``ListRefused`` for a month or cursor that is none.
        """
        self._see()
        wanted = self._within(month)
        if after:
            wanted.append(table.c.id < _place(after))
        query = select(table).where(*wanted).order_by(table.c.id.desc()).limit(limit + 1)
        async with self.charges.store.read() as conn:
            found = [_charge(row) for row in (await conn.execute(query)).mappings()]
        shown = found[:limit]
        return ChargePage(shown, cursor_of(_ORDER, "", str(shown[-1].id)) if len(found) > limit else "")

    async def all(self, month: str = "") -> Sequence[Charge]:
        """All of them, in the order they came to be: for tables and invoices."""
        self._see()
        query = select(table).where(*self._within(month)).order_by(table.c.id)
        async with self.charges.store.read() as conn:
            return [_charge(row) for row in (await conn.execute(query)).mappings()]

    async def sums(self, month: str = "") -> Sequence[Money]:
        """What it comes to, for each currency."""
        self._see()
        query = select(table.c.currency, func.sum(table.c.micro)).where(*self._within(month))
        async with self.charges.store.read() as conn:
            rows = await conn.execute(query.group_by(table.c.currency).order_by(table.c.currency))
            return [Money(int(micro), currency) for currency, micro in rows]

    async def rates(self) -> Sequence[TenantRate]:
        """What things cost this tenant."""
        self._see()
        async with self.charges.store.read() as conn:
            return [await self.charges.rate(conn, self.tenant, name) for name in sorted(self.charges.rates)]

    async def set_rate(self, name: str, version: int, free: int, price: Money) -> TenantRate:
        """Set what something costs this tenant from now on; for operators.

        Raises ``NotFound``, ``SettingsRefused`` and ``StaleVersion``. What was charged stays as it was.
        """
        self.actor.need_operator("tenant.change")
        if not 0 <= free <= MOST_FREE or not 0 <= price.micro <= MOST_PRICE:
            raise SettingsRefused([Problem("rate", f"has 0 to {MOST_FREE} free and a price from 0 on")])
        area, now = self.charges, self.charges.clock.now()
        async with area.store.write() as conn:
            await area.audit.take_turn(conn)
            before = await area.rate(conn, self.tenant, name)
            if before.version != version:
                raise StaleVersion(version, before, None)
            row = {"tenant": self.tenant, "rate": name, "free": free, "micro": price.micro, "currency": price.currency}
            row |= {"version": version + 1, "author": self.actor.name, "changed": now}
            await conn.execute(upsert(conn.dialect.name, rate_table, ("tenant", "rate")).values(row))
            after = attrs.evolve(before, free=free, price=price, own=True, version=version + 1)
            what = (self.tenant, "rate", name)
            await area.audit.add(conn, now, self.actor.name, "change", what, _told(before), _told(after))
        return after

    def _see(self) -> None:
        if not self.actor.need(VIEW).everything:
            raise Forbidden(f"this needs the right {VIEW} over everything", right=VIEW, actor=self.actor.name)

    def _within(self, month: str) -> list[ColumnElement[bool]]:
        mine: list[ColumnElement[bool]] = [table.c.tenant == self.tenant]
        if not month:
            return mine
        first, last = days_of(month)
        return [*mine, table.c.begins >= first, table.c.begins <= last]


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of a month such as ``2026-03``; raises ``ListRefused``."""
    if not _MONTH.fullmatch(month) or month < "0001":
        raise ListRefused(f"a month is like 2026-03, not {month[:20]!r}")
    first = date(int(month[:4]), int(month[5:]), 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1) if month < "9999-12" else date.max
    return first, following - timedelta(days=1)


def _place(cursor: str) -> int:
    _, id = read_cursor(cursor, _ORDER)  # noqa: A001 - the domain's own word
    if not id.isdecimal() or len(id) > 18:
        raise ListRefused("the cursor of the list is not one this list gave")
    return int(id)


def _told(rate: TenantRate) -> Mapping[str, Any]:
    return {"version": rate.version, "fields": {"free": rate.free, "price": str(rate.price)}}


def _charge(row: RowMapping) -> Charge:
    values = {name: row[name] for name in ("tenant", "id", "key", "rate", "cause", "begins", "ends", "author", "made")}
    return Charge(**values, said=Label(row["text_de"], row["text_en"]), price=Money(row["micro"], row["currency"]))
