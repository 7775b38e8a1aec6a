"""The recordings of all tenants: the tables, and what is done with their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs
from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, Text, UniqueConstraint, insert
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook.administration import Moment


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _id() -> Column[int]:
    return Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True)


RECORDING: Final = Table(
    "recording_talk",
    MetaData(),
    _id(),
    Column("tenant", Text, nullable=False),
    Column("retention", Text, nullable=False),
    Column("media", Text, nullable=False),
    *(_text(name) for name in ("call", "number", "caller", "called", "label", "mode")),
    Column("made", Moment, nullable=False),
    Column("seconds", Float, nullable=False, server_default="0"),
    _text("held_by"),
    Column("deleted", Moment),
    _text("deleted_by"),
    UniqueConstraint("tenant", "media", name="recording_talk_media"),
    Index("recording_talk_of", "tenant", "id"),
    Index("recording_talk_due", "retention", "made"),
)
RUN: Final = Table(
    "recording_run",
    RECORDING.metadata,
    _id(),
    Column("tenant", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("deleted", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Index("recording_run_of", "tenant", "id"),
)


@attrs.frozen
class Recording:
    """One recorded talk. ``caller`` is a number that was shown, or the pseudonym of one that was not; ``called`` is
    who agreed on the other side. ``held_by`` says who keeps it from being deleted, empty for nobody.
    """

    id: int
    retention: str
    media: str
    call: str
    number: str
    caller: str
    called: str
    label: str
    mode: str
    made: datetime
    seconds: float
    held_by: str


@attrs.frozen
class Run:
    """One time recordings were deleted because of their age: how many, and how many were held back."""

    id: int
    at: datetime
    deleted: int
    held: int


def recording_of(row: RowMapping) -> Recording:
    """A recording from its row."""
    return Recording(**{field.name: row[field.name] for field in attrs.fields(Recording)})


async def add(conn: AsyncConnection, tenant: str, values: Mapping[str, Any]) -> bool:
    """Note a recording; False when it was noted already."""
    try:
        async with conn.begin_nested():
            await conn.execute(insert(RECORDING).values(tenant=tenant, **values))
    except IntegrityError:
        return False
    return True


def listed(rows: Sequence[RowMapping]) -> list[Recording]:
    """Recordings from their rows."""
    return [recording_of(row) for row in rows]
