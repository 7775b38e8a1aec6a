"""Reservations as rows: what is put aside for a leg, what it came to, and what is left in each budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs
from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..rating.price_list import CallRate
from ..schema import plain_settings, read_settings
from ..store.tables_spending import reservation as table
from ..store.tables_spending import spending
from ..store.upsert import upsert
from .affording import Left, Pot

_KEY: Final = ("tenant", "budget", "period", "currency")


@attrs.frozen
class Reservation:
    """Money put aside for a leg that is to be dialled, from several budgets at once."""

    call: str
    leg: int
    tenant: str
    currency: str
    micro: int
    limit_seconds: int
    rates: Mapping[str, CallRate]
    pots: Sequence[tuple[str, str]]
    """The budget and the period of each."""
    numbers: Sequence[str]
    made: datetime


@attrs.frozen
class Rows:
    """The reservations of one tenant, in the caller's transaction. Whoever changes them has the tenant's turn first."""

    conn: AsyncConnection
    tenant: str
    now: datetime

    async def take_turn(self) -> None:
        """Wait until nobody else changes this tenant's money: its budgets are changed together or not at all."""
        await self._locked("", "always", "")

    async def left(self, pots: Iterable[Pot], currency: str) -> Sequence[Left]:
        """What is left in each pot that has a limit."""
        found = []
        for pot in pots:
            reserved, spent = await self._locked(pot.budget, pot.period, currency)
            if pot.limit is not None:
                found.append(Left(pot, pot.limit - reserved - spent))
        return found

    async def take(self, pot: Pot, micro: int, currency: str) -> bool:
        """Put an amount aside in a pot unless it holds less; one statement, whatever happens beside it."""
        at = self._pot(pot.budget, pot.period, currency)
        if pot.limit is not None:
            at = and_(at, spending.c.reserved + spending.c.spent + micro <= pot.limit)
        change = update(spending).where(at).values(reserved=spending.c.reserved + micro, changed=self.now)
        return (await self.conn.execute(change)).rowcount == 1

    async def add(self, one: Reservation) -> None:
        """Write a reservation down whose money was taken."""
        row = attrs.asdict(one, recurse=False)
        row["rates"] = {number: plain_settings(rate, whole=True) for number, rate in one.rates.items()}
        row["budgets"] = [list(pot) for pot in row.pop("pots")]
        row["numbers"] = list(one.numbers)
        await self.conn.execute(insert(table).values(**row, spent=0))

    async def of(self, call: str, leg: int) -> tuple[Reservation, bool] | None:
        """The reservation of a leg, and whether it is settled."""
        query = select(table).where(table.c.call == call, table.c.leg == leg, table.c.tenant == self.tenant)
        row = (await self.conn.execute(query)).mappings().first()
        return (reservation_of(row), row["settled"] is not None) if row is not None else None

    async def give_back(self, one: Reservation) -> None:
        """Undo a reservation of a leg that was never dialled."""
        await self._move(one, spent=0)
        await self.conn.execute(delete(table).where(table.c.call == one.call, table.c.leg == one.leg))

    async def settle(self, one: Reservation, micro: int) -> bool:
        """Turn what was put aside into what was spent; whether this is the first time."""
        mine = (table.c.call == one.call, table.c.leg == one.leg, table.c.settled.is_(None))
        done = await self.conn.execute(update(table).where(*mine).values(settled=self.now, spent=micro))
        if done.rowcount != 1:
            return False
        await self._move(one, spent=micro)
        return True

    async def _move(self, one: Reservation, *, spent: int) -> None:
        change = {"reserved": spending.c.reserved - one.micro, "spent": spending.c.spent + spent, "changed": self.now}
        for budget, period in one.pots:
            at = self._pot(budget, period, one.currency)
            await self.conn.execute(update(spending).where(at).values(change))

    async def _locked(self, budget: str, period: str, currency: str) -> tuple[int, int]:
        row = {"tenant": self.tenant, "budget": budget, "period": period, "currency": currency}
        new = {**row, "reserved": 0, "spent": 0, "changed": self.now}
        same = {"changed": spending.c.changed}
        found = upsert(self.conn.dialect.name, spending, _KEY, change=same).values(new)
        told = (await self.conn.execute(found.returning(spending.c.reserved, spending.c.spent))).one()
        return int(told[0]), int(told[1])

    def _pot(self, budget: str, period: str, currency: str) -> Any:
        pot = (spending.c.budget == budget, spending.c.period == period, spending.c.currency == currency)
        return and_(spending.c.tenant == self.tenant, *pot)


def reservation_of(row: RowMapping) -> Reservation:
    """The reservation behind a row."""
    plain = {name: row[name] for name in ("call", "leg", "tenant", "currency", "micro", "limit_seconds", "made")}
    rates = {number: read_settings(CallRate, held, CallRate.kind) for number, held in row["rates"].items()}
    pots = [(budget, period) for budget, period in row["budgets"]]
    return Reservation(**plain, rates=rates, pots=pots, numbers=row["numbers"])
