"""How legs ended that money was put aside for, and what they came to: each is charged once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs
from sqlalchemy import and_, or_, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..calls.number_class import number_class
from ..charges.book import add_charge
from ..charges.charge import Cost
from ..clock import day_of
from ..money import Money
from ..rating.price_list import KIND_NAMES
from ..schema import Label
from ..store import tables
from ..store.cel import CelRow
from ..store.cel_account import CelAccount, account_of
from ..store.tables_spending import reservation as table
from .affording import cost
from .reserved import Reservation, Rows, reservation_of

UNWRITTEN: Final = timedelta(seconds=60)
"""After the end of a call whose leg nobody wrote down: by then Asterisk's own record of it has been read."""
RATE: Final = "calls"
_LEG, _CALL, _CEL, _EVENT = tables.leg, tables.call, tables.cel_row, tables.event


@attrs.frozen
class Over:
    """A leg that has ended; ``talked`` is None where there was no conversation."""

    reservation: Reservation
    talked: float | None
    answered_by: str = ""


async def over(conn: AsyncConnection, now: datetime, tenant: str = "") -> Sequence[Over]:
    """The legs with money put aside of which it is known how they ended: of a tenant, or of all."""
    its_leg = and_(_LEG.c.call == table.c.call, _LEG.c.number == table.c.leg)
    both = table.outerjoin(_LEG, its_leg).outerjoin(_CALL, _CALL.c.id == table.c.call)
    unwritten = and_(_LEG.c.status.is_(None), _CALL.c.ended <= now - UNWRITTEN)
    query = select(table, _LEG.c.status, _LEG.c.talk_seconds).select_from(both)
    query = query.where(table.c.settled.is_(None), or_(_LEG.c.status != "", unwritten))
    if tenant:
        query = query.where(table.c.tenant == tenant)
    rows = (await conn.execute(query.order_by(table.c.made))).mappings().all()
    return [await _ended(conn, row) for row in rows]


async def settle(rows: Rows, ended: Iterable[Over]) -> int:
    """Charge what ended in a transaction that has its tenant's turn; how many there were."""
    count = 0
    for one in ended:
        held = one.reservation
        who, seconds, micro = "", 0, 0
        if one.talked is not None:
            who, seconds, micro = cost(held.rates, one.answered_by, round(1000 * one.talked), held.limit_seconds)
        if await rows.settle(held, micro):
            count += 1
            day = day_of(held.made)
            said, price = _said(who, seconds), Money(micro, held.currency)
            due = Cost(f"call:{held.call}/{held.leg}", RATE, f"call:{held.call}", said, price, day, day)
            await add_charge(rows.conn, held.tenant, due, RATE, rows.now)
    return count


async def _ended(conn: AsyncConnection, row: RowMapping) -> Over:
    held = reservation_of(row)
    if row["status"] is None:
        account = await _account(conn, held.call)
        talked = account.talked_after(held.made) if account is not None else None
        return Over(held, talked, _who(account, held))
    if row["status"] != "answered":
        return Over(held, None)
    told = await _told(conn, held)
    return Over(held, row["talk_seconds"], told or _who(await _account(conn, held.call), held))


async def _told(conn: AsyncConnection, held: Reservation) -> str:
    """Who answered, as the portal saw it."""
    query = select(_EVENT.c.data).where(_EVENT.c.call == held.call, _EVENT.c.kind == "leg.ended")
    found = [data for data in (await conn.execute(query)).scalars() if data.get("leg") == held.leg]
    return next((str(data["answered_by"]) for data in found if data.get("answered_by")), "")


async def _account(conn: AsyncConnection, call: str) -> CelAccount | None:
    names = [field.name for field in attrs.fields(CelRow)]
    rows = (await conn.execute(select(_CEL).where(_CEL.c.linked == call))).mappings()
    return account_of(call, [CelRow(**{name: row[name] for name in names}) for row in rows], known=True)


def _who(account: CelAccount | None, held: Reservation) -> str:
    """Who answered, as Asterisk's record tells it: the number there is a price for, a phone, or nothing."""
    peers = account.peers_after(held.made) if account is not None else ()
    through_trunk = [peer for peer in peers if peer == "trunk"]
    if peers and not through_trunk:
        return peers[0]
    return next(iter(held.rates)) if len(held.rates) == 1 else ""


def _said(number: str, seconds: int) -> Label:
    """The line people read; it does not say whom they called."""
    minutes = f"{seconds // 60}:{seconds % 60:02}"
    if not number:
        return Label(f"Gespräch, {minutes} min", f"Call, {minutes} min")
    found = number_class(number)
    where = f"{found.country or '001'}: "
    kind = KIND_NAMES[found.kind]
    return Label(f"Gespräch nach {where}{kind.de}, {minutes} min", f"Call to {where}{kind.en}, {minutes} min")
