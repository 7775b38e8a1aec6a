"""Calls that cost something: prices, a limit, and what was charged."""

from __future__ import annotations

from datetime import UTC, datetime

from lab import TENANT
from sqlalchemy import func, select

from switchhook.outbound.limit import SpendLimit
from switchhook.rating.price_list import CallRate, PriceList
from switchhook.resources.kept import Rows
from switchhook.resources.record import Record
from switchhook.resources.resource import Resource
from switchhook.resources.seal import Seal
from switchhook.schema import Kinds
from switchhook.store.engine import Store
from switchhook.store.tables_charges import charge
from switchhook.store.tables_spending import spending

PAID = "+4922190008"
LIMIT = 4
"""Seconds of talk there is money for, each a hundredth."""
_THEN = datetime(2026, 1, 1, tzinfo=UTC)


async def set_prices(store: Store) -> None:
    """A rate for :data:`PAID`, and money for one call of it."""
    kept: dict[str, Resource] = {
        "prices": PriceList(name="Prices", valid_from="2026-01-01"),
        "paid": CallRate(
            name="Paid", price_list="prices", prefix=PAID, per_minute="0.6", first_seconds=1, next_seconds=1
        ),
        "limit": SpendLimit(name="Limit", per_day=f"0.0{LIMIT}"),
    }
    rows = Rows(Kinds(Resource, [("kernel", type(one)) for one in kept.values()]), Seal(b"s" * 32))
    async with store.write() as conn:
        for id, one in kept.items():  # noqa: A001 - the domain's own word
            await rows.put(conn, Record(TENANT, id, 1, one, "tests", _THEN, _THEN), new=True)


async def money(store: Store) -> tuple[int, int, list[int]]:
    """What is reserved and spent this month, and each charge, in millionths."""
    async with store.read() as conn:
        month = (spending.c.budget == "tenant", func.length(spending.c.period) == len("2026-01"))
        sums = func.sum(spending.c.reserved), func.sum(spending.c.spent)
        reserved, spent = (await conn.execute(select(*sums).where(*month))).one()
        return reserved, spent, list((await conn.execute(select(charge.c.micro))).scalars())
