"""Extra storage that a tenant orders in steps: there at once, paid by the day in its first month, by the month after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import attrs
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor, Forbidden
from ..charges.book import Charges, days_of
from ..charges.charge import Cost
from ..charges.rate import PriceChanged, Rate, TenantRate
from ..money import Money
from ..resources.record import ChangeRefused, StaleVersion
from ..schema import Label
from ..store.news import note_news
from ..store.tables import tenant as tenant_table
from ..store.tables_media import media_quota
from ..store.upsert import upsert
from . import rows
from .library import Media
from .values import STEP, Usage

STORAGE: Final = Rate(
    "storage",
    Label(f"{STEP // 10**9} GB zusätzlicher Speicher", f"{STEP // 10**9} GB of extra storage"),
    Label("je Monat", "a month"),
    0,
    Money(1_000_000, "EUR"),
)
MOST_STEPS: Final = 1000
CENT: Final = 10_000
"""Millionths to which a part of a month is rounded."""


@attrs.frozen
class StorageQuote:
    """What ``steps`` of extra storage cost: ``now`` for the rest of the month, and each month from the next one on.

    ``more`` are those that are not paid for this month yet.
    """

    steps: int
    more: int
    now: Money
    monthly: Money
    until: date


@attrs.frozen
class ExtraStorage:
    """The extra storage of all tenants."""

    media: Media
    charges: Charges

    def of(self, tenant: str, actor: Actor) -> TenantStorage:
        """A tenant's extra storage as ``actor`` may order it."""
        return TenantStorage(self, tenant, actor)

    async def bill(self) -> None:
        """Charge every tenant for the months that have begun; does nothing where it was done."""
        query = select(media_quota.c.tenant).where(media_quota.c.steps > 0, media_quota.c.paid_month < self._month)
        async with self.media.store.read() as conn:
            due = list((await conn.execute(query)).scalars())
        for tenant in due:
            async with self.media.store.write() as conn:
                await self.media.audit.take_turn(conn)
                await self.bill_tenant(conn, tenant)

    async def bill_tenant(self, conn: AsyncConnection, tenant: str) -> None:
        """The same for one tenant, in the caller's transaction; who is closed owes nothing more."""
        mine = media_quota.c.tenant == tenant
        row = (await conn.execute(select(media_quota).where(mine))).mappings().first()
        if row is None or not row["steps"] or row["paid_month"] >= self._month:
            return
        month = row["paid_month"] or self._month
        while month < self._month and await _state(conn, tenant) != "closed":
            month = _next(month)
            first, last = days_of(month)
            price = _times(await self.charges.rate(conn, tenant, STORAGE.name), row["steps"])
            await self.charges.add(conn, tenant, _cost(month, row["steps"], price, first, last), "system")
        await conn.execute(update(media_quota).where(mine).values(paid_month=self._month, paid_steps=row["steps"]))

    @property
    def _month(self) -> str:
        return f"{self.charges.today:%Y-%m}"


@attrs.frozen
class TenantStorage:
    """One tenant's extra storage. Its superadmin orders it; what is ordered counts and is charged in one transaction."""

    storage: ExtraStorage
    tenant: str
    actor: Actor

    async def quote(self, steps: int) -> StorageQuote:
        """What it costs to have ``steps`` from now on. Raises ``Forbidden``, ``ValueError`` for a number that is none."""
        self._superadmin()
        async with self.storage.media.store.read() as conn:
            return await self._quote(conn, steps)

    async def order(self, version: int, steps: int, agreed: str = "") -> Usage:
        """Have ``steps`` of extra storage in all from now on.

        ``agreed`` is the price for the rest of this month, such as ``0.35
        EUR``; nothing is needed where there is none, as for steps that were
        paid for this month already. Giving steps back costs nothing and gives
        nothing back. Raises ``PriceChanged``, ``StaleVersion``, and
        ``ChangeRefused`` where more is kept than would fit, and for a demo.
        """
        self._superadmin()
        media, charges = self.storage.media, self.storage.charges
        now = media.clock.now()
        async with media.store.write() as conn:
            await media.audit.take_turn(conn)
            before = await rows.usage_of(conn, self.tenant)
            if before.version != version:
                raise StaleVersion(version, before, None, {"steps": before.steps})
            await self._must_fit(conn, before, steps)
            await self.storage.bill_tenant(conn, self.tenant)
            quote = await self._quote(conn, steps)
            if quote.now.micro and agreed != str(quote.now):
                raise PriceChanged(
                    f"this costs {quote.now} for this month; agree to that price first", price=str(quote.now)
                )
            month = f"{charges.today:%Y-%m}"
            row = {"tenant": self.tenant, "steps": steps, "extra_bytes": before.extra, "version": version + 1}
            row |= {"paid_month": month, "paid_steps": max(steps, await self._paid(conn))}
            row |= {"author": self.actor.name, "changed": now}
            await conn.execute(upsert(conn.dialect.name, media_quota, ("tenant",)).values(row))
            cost = _cost(f"{month}:{version + 1}", quote.more, quote.now, charges.today, quote.until)
            await charges.add(conn, self.tenant, cost, self.actor.name)
            return await self._after(conn, before, now)

    async def _after(self, conn: AsyncConnection, before: Usage, now: Any) -> Usage:
        media, after = self.storage.media, await rows.usage_of(conn, self.tenant)
        told = [{"version": one.version, "fields": {"steps": one.steps}} for one in (before, after)]
        await media.audit.add(conn, now, self.actor.name, "change", (self.tenant, "storage", self.tenant), *told)
        await media.room.shrunk(conn, self.tenant, after)
        await media.room.grown(conn, self.tenant, before.level, after)
        await note_news(conn, now, [(self.tenant, rows.NEWS, "")])
        return after

    async def _quote(self, conn: AsyncConnection, steps: int) -> StorageQuote:
        if isinstance(steps, bool) or not 0 <= steps <= MOST_STEPS:
            raise ValueError(f"extra storage is ordered in 0 to {MOST_STEPS} steps, not {steps!r}")
        rate = await self.storage.charges.rate(conn, self.tenant, STORAGE.name)
        today, paid = self.storage.charges.today, await self._paid(conn)
        first, last = days_of(f"{today:%Y-%m}")
        days, left = (last - first).days + 1, (last - today).days + 1
        monthly = _times(rate, steps)
        due = max(0, monthly.micro - _times(rate, paid).micro)
        cents = (due * left * 2 + days * CENT) // (2 * days * CENT)
        return StorageQuote(steps, max(0, steps - paid), attrs.evolve(monthly, micro=cents * CENT), monthly, last)

    async def _paid(self, conn: AsyncConnection) -> int:
        """The steps that are paid for this month."""
        mine = select(media_quota).where(media_quota.c.tenant == self.tenant)
        row = (await conn.execute(mine)).mappings().first()
        if row is None:
            return 0
        month = f"{self.storage.charges.today:%Y-%m}"
        return int(row["paid_steps"] if row["paid_month"] == month else row["steps"])

    async def _must_fit(self, conn: AsyncConnection, before: Usage, steps: int) -> None:
        if await _state(conn, self.tenant) == "demo":
            raise ChangeRefused("a demo has the storage it has; more can be ordered once it is active")
        if steps < before.steps and before.used > attrs.evolve(before, steps=steps).quota:
            raise ChangeRefused("more is kept than would fit then; delete files first")

    def _superadmin(self) -> None:
        """Money is spent by the tenant's superadmin, whatever others were granted."""
        if self.actor.role != "superadmin":
            raise Forbidden("only a superadmin may order storage", right="storage.order", actor=self.actor.name)


def _cost(key: str, steps: int, price: Money, begins: date, ends: date) -> Cost:
    size = steps * STEP // 10**9
    said = Label(f"{size} GB zusätzlicher Speicher", f"{size} GB of extra storage")
    return Cost(f"storage:{key}", STORAGE.name, "storage", said, price, begins, ends)


def _times(rate: TenantRate, steps: int) -> Money:
    """What steps cost for a whole month; the free ones nothing."""
    return attrs.evolve(rate.price, micro=rate.price.micro * max(0, steps - rate.free))


async def _state(conn: AsyncConnection, tenant: str) -> str:
    state = select(tenant_table.c.state).where(tenant_table.c.id == tenant)
    return str((await conn.execute(state)).scalar())


def _next(month: str) -> str:
    return f"{days_of(month)[1] + timedelta(days=1):%Y-%m}"
