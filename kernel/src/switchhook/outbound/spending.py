"""Money for legs: put aside before one is dialled, charged by what was really talked (I23)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import attrs

from ..access.actor import Actor
from ..alerts.inbox import Alerts
from ..calls.call import Call
from ..calls.port import USUAL_LIMIT, DialPlan
from ..calls.surroundings import LegRefused, MoneyUsedUp
from ..clock import Clock
from ..store.audit import Audit
from ..store.engine import Store, StoreAway
from . import settling
from .affording import LEAST, TENANT, Left, affordable, dearest, pots_of, used_up
from .haste import too_many
from .holding import Pace
from .judging import Facts, outside
from .limit import Ceiling
from .reserved import Reservation, Rows
from .spent import TenantSpending
from .telling import tell_held, tell_used_up

PATIENCE: Final = 4.0
"""Seconds a caller may wait for money: Asterisk leaves the call to another worker after five."""


@attrs.frozen
class Spending:
    """The money of all tenants. ``usual`` holds for those without a spend limit of their own."""

    store: Store
    clock: Clock
    audit: Audit
    alerts: Alerts
    usual: Ceiling = Ceiling()  # noqa: RUF009 - a value that never changes

    def of(self, tenant: str, actor: Actor) -> TenantSpending:
        """A tenant's money as ``actor`` may see it."""
        return TenantSpending(self, tenant, actor)

    async def reserve(self, call: Call, plan: DialPlan, leg: int, facts: Facts) -> DialPlan:
        """Put aside what a leg can cost at most, and give it the longest talk that is paid for.

        One transaction: of legs that ask at the same moment each finds what the others left. Raises ``LegRefused``
        where there is not enough for a minute, where calls are too many at once, come too fast or are held because
        they did, and where there is no database to reserve money in.
        """
        try:
            async with asyncio.timeout(PATIENCE), self.store.write() as conn:
                rows = Rows(conn, call.tenant, self.clock.now())
                await rows.take_turn()
                await settling.settle(rows, await settling.over(conn, self.clock.now(), call.tenant))
                given = await _Asked(self, rows, call, plan, leg, facts).answered()
        except (StoreAway, TimeoutError) as away:
            if not facts.rates and not plan.budgets:
                return plan  # nothing is known to cost anything
            raise LegRefused("no money can be reserved while the database is away") from away
        if isinstance(given, str):  # what was written down about it is kept
            raise LegRefused(given)
        if isinstance(given, MoneyUsedUp):
            raise given
        return given

    async def give_back(self, tenant: str, call: str, leg: int) -> None:
        """Undo the reservation of a leg that is certain never to have been dialled."""
        async with self.store.write() as conn:
            rows = Rows(conn, tenant, self.clock.now())
            await rows.take_turn()
            found = await rows.of(call, leg)
            if found is not None and not found[1]:
                await rows.give_back(found[0])

    async def settle(self) -> int:
        """Charge every leg of which it is known by now how it ended, each once; how many there were.

        It does not matter who knows: the portal that dialled it, or Asterisk's own record after that was killed.
        """
        async with self.store.read() as conn:
            tenants = {one.reservation.tenant for one in await settling.over(conn, self.clock.now())}
        count = 0
        for tenant in sorted(tenants):
            async with self.store.write() as conn:
                rows = Rows(conn, tenant, self.clock.now())
                await rows.take_turn()
                count += await settling.settle(rows, await settling.over(conn, self.clock.now(), tenant))
        return count


@attrs.frozen
class _Asked:
    """A leg money is asked for, in a transaction that has its tenant's turn. Each answer is a leg, or why there is none."""

    spending: Spending
    rows: Rows
    call: Call
    plan: DialPlan
    leg: int
    facts: Facts

    @property
    def ceiling(self) -> Ceiling:
        return self.facts.ceiling or self.spending.usual

    async def answered(self) -> DialPlan | str | MoneyUsedUp:
        known = await self.rows.of(self.call.id, self.leg)
        if known is not None and known[1]:
            return "the leg was dialled before"
        if known is not None:
            await self.rows.give_back(known[0])  # by a session that was gone before it dialled
        return await self._held() or await self._paid()

    async def _held(self) -> str:
        pace = Pace(self.rows.conn, self.call.tenant, self.rows.now)
        held = await pace.hold()
        if held is not None:
            return f"calls to the outside are held: {held.why}"
        if why := too_many(self.ceiling, self.plan.budgets, await pace.on()):
            return why
        why = await pace.too_fast(self.call, outside(self.plan), self.ceiling)
        if not why:
            return ""
        await pace.begin(why)
        await tell_held(self.spending.audit, self.spending.alerts, self.rows, self.call, why)
        return f"calls to the outside are held: {why}"

    async def _paid(self) -> DialPlan | MoneyUsedUp:
        facts, rows = self.facts, self.rows
        rates, wanted = facts.rates.values(), self.plan.limit_seconds or USUAL_LIMIT
        pots = pots_of(self.ceiling, self.plan.budgets, rows.now, facts.zone)
        left = await rows.left(pots, facts.currency)
        seconds = affordable(rates, left, wanted)
        if seconds < min(LEAST, wanted):
            return await self._used_up(left)
        micro = dearest(rates, seconds)
        for pot in pots:
            if not await rows.take(pot, micro, facts.currency):
                raise MoneyUsedUp(used_up(left, facts.currency))  # and takes nothing from the others
        await rows.add(
            Reservation(
                call=self.call.id,
                leg=self.leg,
                tenant=self.call.tenant,
                currency=facts.currency,
                micro=micro,
                limit_seconds=seconds,
                rates=facts.rates,
                pots=[(pot.budget, pot.period) for pot in pots],
                numbers=outside(self.plan),
                made=rows.now,
            )
        )
        return attrs.evolve(self.plan, limit_seconds=seconds) if rates else self.plan

    async def _used_up(self, left: Sequence[Left]) -> MoneyUsedUp:
        why = used_up(left, self.facts.currency)
        emptiest = min(left, key=lambda one: one.micro).pot
        if emptiest.budget == TENANT:
            await tell_used_up(self.spending.alerts, self.rows, self.call.tenant, emptiest.period)
        return MoneyUsedUp(why)
