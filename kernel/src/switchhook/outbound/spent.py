"""A tenant's money for those who may see it: what was spent, what is put aside, the limits, and what is held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import attrs
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor, Forbidden
from ..charges.book import VIEW
from ..errors import NotFound
from ..money import Money
from ..store.tables_spending import spending as table
from .affording import TENANT, pots_of
from .holding import Hold, Pace
from .kept import limits_of
from .limit import Ceiling
from .reserved import Rows
from .telling import tell_released

if TYPE_CHECKING:
    from .spending import Spending


@attrs.frozen
class SpendLine:
    """What calls cost in a period such as ``2026-03-08`` or ``2026-03``, and what is put aside for those that are on.

    ``budget`` is ``tenant``, or the name a plugin gave; ``limit`` is known of the tenant's alone.
    """

    budget: str
    period: str
    spent: Money
    reserved: Money
    limit: Money | None


@attrs.frozen
class SpendingNow:
    """How a tenant's money stands: today and this month first, then the budgets of plugins; how many calls to the
    outside are on, and what holds further ones.
    """

    lines: Sequence[SpendLine]
    on: int
    ceiling: Ceiling
    usual: bool
    """Whether the ceiling is that of the portal's settings, for want of an own one."""
    hold: Hold | None


@attrs.frozen
class TenantSpending:
    """One tenant's money. Seeing it needs ``charge.view`` over everything; to release calls is the operator's."""

    spending: Spending
    tenant: str
    actor: Actor

    async def now(self) -> SpendingNow:
        """How it stands at this moment."""
        if not self.actor.need(VIEW).everything:
            raise Forbidden(f"this needs the right {VIEW} over everything", right=VIEW, actor=self.actor.name)
        moment = self.spending.clock.now()
        async with self.spending.store.read() as conn:
            own, currency, zone = await limits_of(conn, self.tenant, moment)
            ceiling = own or self.spending.usual
            pace = Pace(conn, self.tenant, moment)
            lines = await self._lines(conn, ceiling, currency, moment, zone)
            return SpendingNow(lines, len(await pace.on()), ceiling, own is None, await pace.hold())

    async def release(self) -> None:
        """Let calls to the outside go on that are held; raises ``NotFound`` where none are. For operators."""
        self.actor.need_operator("tenant.change")
        async with self.spending.store.write() as conn:
            rows = Rows(conn, self.tenant, self.spending.clock.now())
            await rows.take_turn()
            pace = Pace(conn, self.tenant, rows.now)
            held = await pace.hold()
            if held is None:
                raise NotFound("no calls to the outside are held", tenant=self.tenant)
            await pace.release(self.actor.name)
            await tell_released(self.spending.audit, self.spending.alerts, rows, self.actor.name, held.why)

    async def _lines(
        self, conn: AsyncConnection, ceiling: Ceiling, currency: str, moment: datetime, zone: ZoneInfo
    ) -> Sequence[SpendLine]:
        day, month = pots_of(ceiling, (), moment, zone)
        current = or_(table.c.period.in_([day.period, month.period]), table.c.period == "always")
        query = select(table).where(table.c.tenant == self.tenant, table.c.budget != "", current)
        query = query.order_by(table.c.budget, table.c.period.desc(), table.c.currency)
        rows = (await conn.execute(query)).mappings().all()
        found = {(row["budget"], row["period"], row["currency"]): (row["spent"], row["reserved"]) for row in rows}
        lines = []
        for pot in (day, month):
            spent, reserved = found.pop((TENANT, pot.period, currency), (0, 0))
            limit = Money(pot.limit, currency) if pot.limit is not None else None
            lines.append(SpendLine(TENANT, pot.period, Money(spent, currency), Money(reserved, currency), limit))
        for (budget, period, other), (spent, reserved) in found.items():
            if budget != TENANT or spent or reserved:
                lines.append(SpendLine(budget, period, Money(spent, other), Money(reserved, other), None))
        return lines
