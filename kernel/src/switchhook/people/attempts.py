"""Guessing is slowed down, for each name and for each place; nobody is ever shut out for good."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs
from sqlalchemy import case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import SwitchhookError
from ..store.tables_signing_in import attempt, known_place
from ..store.upsert import once, upsert

MEMORY: Final = timedelta(days=1)
"""After so long without a failure it begins anew."""
PLACES: Final = timedelta(days=90)
"""How long somebody's place stays known without being used."""
MOST: Final = 20_000
"""Rows that are kept at most: those of the longest ago go first."""


@attrs.frozen
class Pace:
    """``free`` failures cost nothing; after that the wait doubles from a second up to ``longest`` seconds."""

    free: int
    longest: float

    def wait(self, failures: int) -> timedelta:
        """How long the next attempt must wait after so many failures."""
        if failures < self.free:
            return timedelta(0)
        return timedelta(seconds=min(2.0 ** min(failures - self.free, 20), self.longest))


OF_PLACE: Final = Pace(20, 900)
OF_NAME: Final = Pace(5, 300)
OF_KNOWN: Final = Pace(5, 300)
"""For a name from a place where it was signed in before: it does not wait for what others do elsewhere."""
OF_FORGETTING: Final = Pace(3, 3600)

Paces = Mapping[str, Pace]


class Throttled(SwitchhookError):
    """Too many attempts; the next one counts in ``retry_after`` seconds."""

    code = "throttled"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many attempts; try again in {retry_after} s", retry_after=retry_after)
        self.retry_after = retry_after


def place_of(address: str) -> str:
    """From where somebody comes: an IPv4 address, or the network of an IPv6 one, which one household shares."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)


async def begin(conn: AsyncConnection, now: datetime, paces: Paces) -> None:
    """Count an attempt under each key as failed before it is looked at, so that many at once count as many.

    Raises :class:`Throttled` when one of the keys must wait; then nothing is
    counted once the transaction is undone.
    """
    for key in sorted(paces):
        row = {"key": key, "failures": 0, "last": now, "until": now}
        await conn.execute(once(conn.dialect.name, attempt).values(row))
        held = (await conn.execute(select(attempt).where(attempt.c.key == key).with_for_update())).mappings().one()
        if held["until"] > now:
            raise Throttled(max(1, round((held["until"] - now).total_seconds())))
        failures = 1 + (held["failures"] if held["last"] > now - MEMORY else 0)
        changed = {"failures": failures, "last": now, "until": now + paces[key].wait(failures)}
        await conn.execute(update(attempt).where(attempt.c.key == key).values(changed))


async def take_back(conn: AsyncConnection, now: datetime, keys: Sequence[str]) -> None:
    """An attempt was none: it does not count."""
    fewer = case((attempt.c.failures > 0, attempt.c.failures - 1), else_=0)
    for key in sorted(keys):
        await conn.execute(update(attempt).where(attempt.c.key == key).values(failures=fewer, until=now))


async def forget(conn: AsyncConnection, keys: Sequence[str]) -> None:
    """Begin anew: whoever it was has shown to be the right one."""
    await conn.execute(delete(attempt).where(attempt.c.key.in_(keys)))


async def is_known(conn: AsyncConnection, account: str, place: str, now: datetime) -> bool:
    """Whether an account was signed in from a place lately."""
    table = known_place
    query = select(table.c.last).where(table.c.account == account, table.c.address == place)
    last = (await conn.execute(query)).scalar()
    return last is not None and last > now - PLACES


async def know(conn: AsyncConnection, tenant: str, account: str, place: str, now: datetime) -> None:
    """From now on a place is known."""
    row = {"account": account, "address": place, "tenant": tenant, "last": now}
    await conn.execute(upsert(conn.dialect.name, known_place, ("account", "address")).values(row))


async def tidy(conn: AsyncConnection, now: datetime) -> None:
    """Forget what counts no more, and the oldest when there is too much of it."""
    await conn.execute(delete(attempt).where(attempt.c.last < now - MEMORY))
    await conn.execute(delete(known_place).where(known_place.c.last < now - PLACES))
    count = (await conn.execute(select(func.count()).select_from(attempt))).scalar_one()
    if count > MOST:
        oldest = select(attempt.c.key).order_by(attempt.c.last).limit(count - MOST)
        await conn.execute(delete(attempt).where(attempt.c.key.in_(oldest)))
