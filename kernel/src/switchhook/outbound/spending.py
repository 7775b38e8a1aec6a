"""Money for legs: put aside before one is dialled, charged by what was really talked (I23)."""

from __future__ import annotations

import asyncio
from typing import Final

import attrs

from ..calls.call import Call
from ..calls.port import USUAL_LIMIT, DialPlan
from ..calls.surroundings import LegRefused
from ..clock import Clock
from ..store.engine import Store, StoreAway
from . import settling
from .affording import LEAST, affordable, dearest, pots_of, used_up
from .judging import Facts
from .limit import Ceiling
from .reserved import Reservation, Rows

PATIENCE: Final = 4.0
"""Seconds a caller may wait for money: Asterisk leaves the call to another worker after five."""


@attrs.frozen
class Spending:
    """The money of all tenants. ``usual`` holds for those without a spend limit of their own."""

    store: Store
    clock: Clock
    usual: Ceiling = Ceiling()  # noqa: RUF009 - a value that never changes

    async def reserve(self, call: Call, plan: DialPlan, leg: int, facts: Facts) -> DialPlan:
        """Put aside what a leg can cost at most, and give it the longest talk that is paid for.

        One transaction: of legs that ask at the same moment each finds what the others left. Raises ``LegRefused``
        where there is not enough for a minute, and where there is no database to reserve money in.
        """
        try:
            async with asyncio.timeout(PATIENCE), self.store.write() as conn:
                rows = Rows(conn, call.tenant, self.clock.now())
                await rows.take_turn()
                await settling.settle(rows, await settling.over(conn, self.clock.now(), call.tenant))
                return await _reserved(rows, call, plan, leg, facts, self.usual)
        except (StoreAway, TimeoutError) as away:
            if not facts.rates and not plan.budgets:
                return plan  # nothing is known to cost anything
            raise LegRefused("no money can be reserved while the database is away") from away

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


async def _reserved(rows: Rows, call: Call, plan: DialPlan, leg: int, facts: Facts, usual: Ceiling) -> DialPlan:
    known = await rows.of(call.id, leg)
    if known is not None and known[1]:
        raise LegRefused("the leg was dialled before")
    if known is not None:
        await rows.give_back(known[0])  # by a session that was gone before it dialled
    rates, wanted = facts.rates.values(), plan.limit_seconds or USUAL_LIMIT
    pots = pots_of(facts.ceiling or usual, plan.budgets, rows.now, facts.zone)
    left = await rows.left(pots, facts.currency)
    seconds = affordable(rates, left, wanted)
    if seconds < min(LEAST, wanted):
        raise LegRefused(used_up(left, facts.currency))
    micro = dearest(rates, seconds)
    for pot in pots:
        if not await rows.take(pot, micro, facts.currency):
            raise LegRefused(used_up(left, facts.currency))
    named = [(pot.budget, pot.period) for pot in pots]
    await rows.add(Reservation(call.id, leg, call.tenant, facts.currency, micro, seconds, facts.rates, named, rows.now))
    return attrs.evolve(plan, limit_seconds=seconds) if rates else plan
