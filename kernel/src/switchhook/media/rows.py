"""The rows of media: what is kept, and what of a tenant's storage it takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..store.news import note_news
from ..store.tables_media import media, media_quota
from .files import Written
from .values import MediaFile, Usage

NEWS: Final = "media"
"""What those who look on are told that media changed."""
_HIDDEN: Final = ("step", "peaks", "longest")


def media_of(row: RowMapping | Mapping[str, Any]) -> MediaFile:
    """A file from its row."""
    return MediaFile(**{name: value for name, value in row.items() if name not in _HIDDEN})


def this_one(tenant: str, id: str) -> tuple[ColumnElement[bool], ...]:  # noqa: A002 - the domain's own word
    """The condition for one row."""
    return media.c.tenant == tenant, media.c.id == id


async def usage_of(conn: AsyncConnection, tenant: str) -> Usage:
    """What a tenant's storage holds: everything kept."""
    by_class = (
        select(media.c.of, func.sum(media.c.bytes))
        .where(media.c.tenant == tenant, media.c.state == "kept")
        .group_by(media.c.of)
    )
    used = {of: int(total) for of, total in await conn.execute(by_class)}
    given = (await conn.execute(select(media_quota).where(media_quota.c.tenant == tenant))).mappings().first()
    return Usage(tenant, used, given["extra_bytes"], given["version"], given["steps"]) if given else Usage(tenant, used)


async def going_on(conn: AsyncConnection) -> int:
    """The seconds that all recordings in the making, of all tenants, may last together: they share the disk."""
    lasting = select(func.sum(media.c.longest)).where(media.c.state == "recording", media.c.step >= 0)
    return int((await conn.execute(lasting)).scalar() or 0)


async def talks_going_on(conn: AsyncConnection) -> int:
    """How many talks are recorded at this moment, of all tenants."""
    going = select(func.count()).select_from(media).where(media.c.state == "recording", media.c.step < 0)
    return int((await conn.execute(going)).scalar() or 0)


async def begin(conn: AsyncConnection, row: Mapping[str, Any]) -> None:
    """A row before its file."""
    await conn.execute(insert(media).values(**row, state="recording"))


async def keep(conn: AsyncConnection, tenant: str, id: str, made: Written, at: datetime) -> MediaFile | None:  # noqa: A002
    """The file is there: it counts from now on. None where somebody else said so before, or took it away."""
    values = {"bytes": made.bytes, "seconds": made.seconds, "sha256": made.sha256, "peaks": made.peaks}
    changed = (
        update(media)
        .where(*this_one(tenant, id), media.c.state == "recording")
        .values(state="kept", **values)
        .returning(media)
    )
    row = (await conn.execute(changed)).mappings().first()
    if row is None:
        return None
    await note_news(conn, at, [(tenant, NEWS, "")])
    return media_of(row)
