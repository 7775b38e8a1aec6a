"""The versions of announcements: the tables, and what is done with their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs
from sqlalchemy import JSON, BigInteger, Column, Float, Integer, MetaData, Table, Text, delete, func, insert, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import Money, NotFound
from switchhook.administration import Moment

_METADATA: Final = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


TAKE: Final = Table(
    "announcements_take",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("announcement", Text, nullable=False),
    Column("no", Integer, nullable=False),
    *map(_text, ("source", "original", "text", "language", "voice", "warnings", "sha256", "author", "media")),
    Column("seconds", Float, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("peaks", JSON, nullable=False),
    Column("made", Moment, nullable=False),
)
CHARGE: Final = Table(
    "announcements_charge",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("take", Text, nullable=False),
    Column("no", Integer, nullable=False),
    Column("micro", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    _text("author"),
    Column("made", Moment, nullable=False),
)


@attrs.frozen
class Take:
    """One version of an announcement. ``no`` counts from 1; ``original`` is how the name of what came ends, if kept.

    ``source`` is ``upload``, ``speech``, ``telephone`` or ``trim``; of speech
    there are ``text`` and ``voice``. ``warnings`` are words such as
    ``silent``, ``peaks`` the outline in hundredths; ``media`` is the recording
    it was made of.
    """

    id: str
    announcement: str
    no: int
    source: str
    original: str
    text: str
    language: str
    voice: str
    warnings: tuple[str, ...]
    sha256: str
    author: str
    media: str
    seconds: float
    bytes: int
    peaks: tuple[int, ...]
    made: datetime


@attrs.frozen
class Generated:
    """What generating one announcement cost; ``no`` counts all of the tenant's from 1."""

    key: str
    take: str
    no: int
    price: Money
    author: str
    made: datetime


@attrs.frozen
class TakeRows:
    """The takes of one tenant, in the caller's transaction. What is another tenant's is ``NotFound``."""

    conn: AsyncConnection
    tenant: str

    async def add(self, announcement: str, values: Mapping[str, Any]) -> Take:
        """Write down a take as the next version."""
        last = select(func.coalesce(func.max(TAKE.c.no), 0)).where(*self._of(announcement))
        no = int((await self.conn.execute(last)).scalar_one()) + 1
        row = {**values, "warnings": " ".join(values["warnings"]), "peaks": list(values["peaks"])}
        adding = insert(TAKE).values(tenant=self.tenant, announcement=announcement, no=no, **row).returning(TAKE)
        return _take((await self.conn.execute(adding)).mappings().one())

    async def all(self, announcement: str) -> Sequence[Take]:
        """All versions of an announcement, newest first."""
        query = select(TAKE).where(*self._of(announcement)).order_by(TAKE.c.no.desc())
        return [_take(row) for row in (await self.conn.execute(query)).mappings()]

    async def get(self, announcement: str, no: int) -> Take:
        """One version of an announcement."""
        query = select(TAKE).where(*self._of(announcement), TAKE.c.no == no)
        row = (await self.conn.execute(query)).mappings().first()
        if row is None:
            raise NotFound(
                f"there is no version {no} of announcement {announcement!r}", announcement=announcement, no=no
            )
        return _take(row)

    async def by_id(self, id: str) -> Take | None:  # noqa: A002 - the domain's own word
        """A take by its own id."""
        row = (await self.conn.execute(select(TAKE).where(*self._mine(), TAKE.c.id == id))).mappings().first()
        return _take(row) if row is not None else None

    async def of_recording(self, media: str) -> Take | None:
        """The version that was made of a recording by telephone."""
        row = (await self.conn.execute(select(TAKE).where(*self._mine(), TAKE.c.media == media))).mappings().first()
        return _take(row) if row is not None else None

    async def drop(self, announcement: str, no: int) -> None:
        """Take a version away."""
        await self.conn.execute(delete(TAKE).where(*self._of(announcement), TAKE.c.no == no))

    async def forget(self, id: str) -> None:  # noqa: A002
        """Take a version of an announcement away that is gone."""
        await self.conn.execute(delete(TAKE).where(*self._mine(), TAKE.c.id == id))

    async def all_generated(self) -> Sequence[Generated]:
        """What was generated, in order."""
        query = select(CHARGE).where(CHARGE.c.tenant == self.tenant).order_by(CHARGE.c.no)
        return [_generated(row) for row in (await self.conn.execute(query)).mappings()]

    async def charged(self, key: str) -> Generated | None:
        """What a request that may be repeated cost the first time."""
        query = select(CHARGE).where(CHARGE.c.tenant == self.tenant, CHARGE.c.key == key)
        row = (await self.conn.execute(query)).mappings().first()
        return _generated(row) if row is not None else None

    async def generated(self) -> int:
        """How many were generated."""
        query = select(func.count()).select_from(CHARGE).where(CHARGE.c.tenant == self.tenant)
        return int((await self.conn.execute(query)).scalar_one())

    async def charge(self, key: str, take: str, price: Money, author: str, at: datetime) -> Generated:
        """Write down what one costs."""
        values = {"key": key, "take": take, "no": await self.generated() + 1, "author": author, "made": at}
        values |= {"tenant": self.tenant, "micro": price.micro, "currency": price.currency}
        return _generated((await self.conn.execute(insert(CHARGE).values(values).returning(CHARGE))).mappings().one())

    def _mine(self) -> tuple[Any, ...]:
        return (TAKE.c.tenant == self.tenant,)

    def _of(self, announcement: str) -> tuple[Any, ...]:
        return TAKE.c.tenant == self.tenant, TAKE.c.announcement == announcement


async def all_takes(conn: AsyncConnection) -> list[tuple[str, str, str]]:
    """The tenant, id and announcement of every take there is: for the service that sweeps."""
    query = select(TAKE.c.tenant, TAKE.c.id, TAKE.c.announcement)
    return [(row.tenant, row.id, row.announcement) for row in await conn.execute(query)]


def _take(row: RowMapping) -> Take:
    values = {field.name: row[field.name] for field in attrs.fields(Take)}
    return Take(**{**values, "warnings": tuple(row["warnings"].split()), "peaks": tuple(row["peaks"])})


def _generated(row: RowMapping) -> Generated:
    price = Money(row["micro"], row["currency"])
    return Generated(row["key"], row["take"], row["no"], price, row["author"], row["made"])
