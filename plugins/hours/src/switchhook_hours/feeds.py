"""What was fetched from the iCalendar address of a calendar: the last good state, for calls and pages alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import attrs
from sqlalchemy import Column, MetaData, Table, Text, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import Session, SwitchhookError
from switchhook.administration import Moment

from .calendar import Calendar

FEED: Final = Table(
    "hours_feed",
    MetaData(),
    Column("tenant", Text, primary_key=True),
    Column("calendar", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("fetched", Moment),
    Column("tried", Moment, nullable=False),
)
"""``address`` is a digest: whoever knows such an address may read the calendar behind it."""


@attrs.frozen
class Feed:
    """What an address gave last, and when; ``why`` says what went wrong at the latest try, empty for nothing."""

    address: str
    tried: datetime
    fetched: datetime | None = None
    etag: str = ""
    text: str = ""
    why: str = ""


def digest(url: str) -> str:
    """What is kept of an address."""
    return hashlib.sha256(url.encode()).hexdigest()


async def feed_of(conn: AsyncConnection, tenant: str, calendar: str) -> Feed | None:
    """What was fetched for a calendar."""
    mine = (FEED.c.tenant == tenant, FEED.c.calendar == calendar)
    row = (await conn.execute(select(FEED).where(*mine))).mappings().first()
    return _feed(row) if row is not None else None


async def feeds_of(conn: AsyncConnection, tenant: str) -> Mapping[str, Feed]:
    """What was fetched for each of a tenant's calendars."""
    rows = (await conn.execute(select(FEED).where(FEED.c.tenant == tenant))).mappings()
    return {row["calendar"]: _feed(row) for row in rows}


def _feed(row: Mapping[Any, Any]) -> Feed:
    return Feed(**{name: row[name] for name in ("address", "tried", "fetched", "etag", "text", "why")})


async def keep_feed(conn: AsyncConnection, tenant: str, calendar: str, feed: Feed) -> None:
    """Keep what was fetched for a calendar in place of what was before."""
    await conn.execute(delete(FEED).where(FEED.c.tenant == tenant, FEED.c.calendar == calendar))
    row = {"tenant": tenant, "calendar": calendar, **attrs.asdict(feed, recurse=False)}
    await conn.execute(insert(FEED).values(row))


def with_feed(calendar: Calendar, feed: Feed | None) -> Calendar:
    """A calendar with the entries that were fetched from its address; those of another address count no more."""
    if not calendar.ics_url or feed is None or feed.address != digest(calendar.ics_url):
        return calendar
    return attrs.evolve(calendar, ics=feed.text)


async def calendar_of(session: Session, id: str) -> Calendar:  # noqa: A002 - the domain's own word
    """A calendar as a call goes by it. Without a database the call goes on by the rest of the calendar."""
    calendar = await session.resource(Calendar, id)
    if not calendar.ics_url:
        return calendar

    async def look(conn: AsyncConnection) -> Feed | None:
        return await feed_of(conn, session.call.tenant, id)

    try:
        return with_feed(calendar, await session.stored(look, otherwise=None))
    except SwitchhookError as error:
        session.note(f"the entries of the iCalendar address are not known: {error}")
        return calendar
