"""What is kept of a tenant that decides about its outbound legs, read from the store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import attrs
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..calls.surroundings import LegRefused
from ..rating.price_list import CallRate, PriceList
from ..rating.rating import Tariff, in_force
from ..resources.resource import Resource
from ..schema import read_settings, settings_of
from ..store import tables
from ..store.engine import Store, StoreAway
from .judging import NO_CURRENCY, Facts
from .limit import Ceiling, SpendLimit
from .permission import OutboundPermission
from .verified import VerifiedNumber

MOST_KNOWN: Final = 2000
QUARTER: Final = timedelta(minutes=15)
"""Whose beginnings every time zone's days share: within one the same price list holds."""
_KEPT: Final = tables.kept
R = TypeVar("R", bound=Resource)
Asked = tuple[str, tuple[str, ...], str]


@attrs.define
class KeptFacts:
    """Reads what a leg asks, and keeps it in memory until something changes.

    While the store is away, what was known last counts, and who was never
    asked about is not called: what may be dialled is money.
    """

    _store: Store
    _known: dict[tuple[Asked, int], Facts] = attrs.field(factory=dict, init=False)
    _former: dict[Asked, Facts] = attrs.field(factory=dict, init=False)

    def forget(self) -> None:
        """Look again at the next time: something was changed."""
        self._known.clear()

    async def of(self, tenant: str, at: datetime, numbers: tuple[str, ...], shown: str) -> Facts:
        """See :meth:`switchhook.outbound.authorizing.Known.of`."""
        asked = tenant, numbers, shown
        now = asked, int(at.timestamp() // QUARTER.total_seconds())
        if now not in self._known:
            try:
                async with self._store.read() as conn:
                    found = await _facts(conn, tenant, at, numbers, shown)
            except StoreAway as away:
                if asked not in self._former:
                    raise LegRefused("what may be called is not known while the database is away") from away
                return self._former[asked]
            self._make_room()
            self._known[now] = self._former[asked] = found
        return self._known[now]

    def _make_room(self) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        if len(self._former) >= MOST_KNOWN:
            self._former.clear()


async def _facts(conn: AsyncConnection, tenant: str, at: datetime, numbers: tuple[str, ...], shown: str) -> Facts:
    permissions = await _all(conn, tenant, OutboundPermission)
    tariff = await _tariff(conn, tenant, at, numbers)
    number = tables.number.c
    query = select(number.e164).where(number.tenant == tenant, number.e164 == shown)
    own = frozenset((await conn.execute(query)).scalars())
    limits = await _all(conn, tenant, SpendLimit)
    verified = tuple(one for one in (await _all(conn, tenant, VerifiedNumber)).values() if one.number == shown)
    facts = Facts(
        tuple(permissions.values()), own=own, verified=verified, ceiling=Ceiling.of(limits.values()) if limits else None
    )
    if tariff is None:
        return facts
    found = {one: tariff.rates[rate] for one in numbers if (rate := tariff.rate(one)) is not None}
    prices = tariff.prices
    return attrs.evolve(facts, priced=frozenset(found), rates=found, currency=prices.currency, zone=prices.days)


async def limits_of(conn: AsyncConnection, tenant: str, at: datetime) -> tuple[Ceiling | None, str, ZoneInfo]:
    """A tenant's own ceiling, None where it has none, with the currency and the days of the list that holds."""
    limits = await _all(conn, tenant, SpendLimit)
    own = Ceiling.of(limits.values()) if limits else None
    lists = await _all(conn, tenant, PriceList)
    holding = in_force(lists.items(), "cost", at)
    if holding is None:
        return own, NO_CURRENCY, ZoneInfo("UTC")
    return own, lists[holding].currency, lists[holding].days


async def _tariff(conn: AsyncConnection, tenant: str, at: datetime, numbers: Iterable[str]) -> Tariff | None:
    """The list that holds at that moment, with those of its rates that can be for these numbers."""
    lists = await _all(conn, tenant, PriceList)
    holding = in_force(lists.items(), "cost", at)
    if holding is None:
        return None
    begins = {number[:length] for number in numbers for length in range(len(number) + 1)}
    of_list = _KEPT.c.document["price_list"].as_string() == holding
    near = _KEPT.c.document["prefix"].as_string().in_(sorted(begins))
    return Tariff.of(lists[holding], await _all(conn, tenant, CallRate, of_list, near))


async def _all(conn: AsyncConnection, tenant: str, declared: type[R], *more: ColumnElement[bool]) -> dict[str, R]:
    mine = (_KEPT.c.tenant == tenant, _KEPT.c.kind == declared.kind, _KEPT.c.deleted.is_(None))
    rows = await conn.execute(select(_KEPT.c.id, _KEPT.c.document).where(*mine, *more).order_by(_KEPT.c.id))
    known = settings_of(declared)
    return {
        id: read_settings(declared, {name: held for name, held in document.items() if name in known}, declared.kind)
        for id, document in rows  # noqa: A001 - the domain's own word
    }
