"""Calls to the outside that are held, as rows: since when, why, and who let them go on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..calls.call import Call
from ..calls.number_class import number_class
from ..store import tables
from ..store.tables_spending import called_country, reservation, spending_hold
from ..store.upsert import upsert
from .haste import WINDOW, Known, countries, new_ones, too_fast
from .limit import Ceiling

BEYOND: Final = timedelta(hours=1)
"""After the longest talk of a leg, by which it is over, whatever is known of it."""


@attrs.frozen
class Hold:
    """Since when nobody outside is called, and why."""

    since: datetime
    why: str


@attrs.frozen
class Pace:
    """How fast a tenant's calls come, in the caller's transaction, which has the tenant's turn."""

    conn: AsyncConnection
    tenant: str
    now: datetime

    async def hold(self) -> Hold | None:
        """What holds the tenant's calls, None where nothing does."""
        held = spending_hold.c
        query = select(held.since, held.why).where(held.tenant == self.tenant, held.released.is_(None))
        row = (await self.conn.execute(query)).first()
        return Hold(row[0], row[1]) if row is not None else None

    async def begin(self, why: str) -> None:
        """Hold them from now on."""
        row = {"tenant": self.tenant, "since": self.now, "why": why, "released": None, "released_by": ""}
        await self.conn.execute(upsert(self.conn.dialect.name, spending_hold, ("tenant",)).values(row))

    async def release(self, by: str) -> None:
        """Let them go on; what came before counts no more."""
        mine = (spending_hold.c.tenant == self.tenant, spending_hold.c.released.is_(None))
        await self.conn.execute(update(spending_hold).where(*mine).values(released=self.now, released_by=by))

    async def on(self) -> Sequence[Collection[str]]:
        """The budgets of each leg that is not known to be over, and can still be on."""
        row = reservation.c
        query = select(row.budgets, row.made, row.limit_seconds).where(row.tenant == self.tenant, row.settled.is_(None))
        found = (await self.conn.execute(query)).all()
        beyond = [made + timedelta(seconds=limit) + BEYOND for _, made, limit in found]
        return [{name for name, _ in one[0]} for one, end in zip(found, beyond, strict=True) if end > self.now]

    async def too_fast(self, call: Call, numbers: Collection[str], ceiling: Ceiling) -> str:
        """Why a call to these numbers is one too many, empty where it is none; remembers where it goes to."""
        recent = await self._recent()
        wanted = countries([*numbers, *(number for one in recent for number in one)])
        known = await self._known()
        new = new_ones(wanted, known, (), self.now)
        if new:
            new -= await self._home(call)
        why = too_fast(ceiling, numbers, recent, new)
        if not why:
            await self._remember(countries(numbers), {one.country: one for one in known}, new)
        return why

    async def _recent(self) -> Sequence[Sequence[str]]:
        """The numbers of each call of the last hour, or since calls were released."""
        query = select(spending_hold.c.released).where(spending_hold.c.tenant == self.tenant)
        released = (await self.conn.execute(query)).scalar()
        since = max(filter(None, (self.now - WINDOW, released)))
        mine = (reservation.c.tenant == self.tenant, reservation.c.made > since)
        return list((await self.conn.execute(select(reservation.c.numbers).where(*mine))).scalars())

    async def _known(self) -> Sequence[Known]:
        row = called_country.c
        query = select(row.country, row.first, row.last).where(row.tenant == self.tenant)
        return [Known(*one) for one in (await self.conn.execute(query)).all()]

    async def _home(self, call: Call) -> frozenset[str]:
        """The countries the tenant has numbers in."""
        query = select(tables.number.c.e164).where(tables.number.c.tenant == self.tenant)
        own = {*(await self.conn.execute(query)).scalars(), call.number}
        return frozenset(number_class(number).country for number in own if number)

    async def _remember(self, wanted: Collection[str], known: dict[str, Known], new: Collection[str]) -> None:
        for country in sorted(wanted):
            before = known.get(country)
            anew = before is None or (country in new and before.first <= self.now - WINDOW)
            first = self.now if before is None or anew else before.first
            row = {"tenant": self.tenant, "country": country, "first": first, "last": self.now}
            statement = upsert(self.conn.dialect.name, called_country, ("tenant", "country"))
            await self.conn.execute(statement.values(row))
