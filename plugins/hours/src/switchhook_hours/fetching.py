"""Fetches the iCalendar addresses of calendars once an hour; what was good last counts until something better is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs

from switchhook import Job, Label, NotFound, Order, OrderLater, Unanswered
from switchhook.administration import SYSTEM, Administration, Record, kept_everywhere

from .calendar import LONGEST, Calendar
from .entries import Entry, NotReadable, entries_between
from .feeds import Feed, digest, feed_of, keep_feed

KIND: Final = "hours.fetch"
EVERY: Final = 15.0
"""Seconds between two looks which calendars have an address."""
PERIOD: Final = 3600
"""Seconds after which an address is asked again."""
AGAIN: Final = timedelta(minutes=10)
TRIED_FOR: Final = timedelta(minutes=45)
SOON: Final = timedelta(days=30)
"""How far ahead it is looked whether a document can be read."""
RULE: Final = "hours.feed"


@attrs.define
class Ordering:
    """Orders that each address is fetched: a new one at once, and each once in an hour, whatever ends meanwhile."""

    administration: Administration
    _ordered: set[tuple[str, str]] = attrs.field(factory=set, init=False)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Order what was not ordered yet."""
        hour = int(self.administration.clock.now().timestamp()) // PERIOD
        wanted = {
            (one.tenant, f"{one.id}/{digest(one.value.ics_url)[:16]}/{hour}"): one
            for one in await kept_everywhere(self.administration.keeping, Calendar.kind)
            if isinstance(one.value, Calendar) and one.value.ics_url
        }
        for (tenant, once), record in wanted.items():
            if (tenant, once) not in self._ordered:
                await self.administration.orders.give(tenant, KIND, {"calendar": record.id}, once=once)
        self._ordered = set(wanted)


async def order_feeds(administration: Administration) -> None:
    """See :class:`Ordering`."""
    await Ordering(administration).run()


async def fetch_feed(administration: Administration, order: Order) -> None:
    """Fetch an address that was ordered; one that gives nothing of use is asked again until the next order comes."""
    feed = await fetch_now(administration, order.tenant, str(order.payload["calendar"]))
    now = administration.clock.now()
    if feed is not None and feed.why and now - order.created < TRIED_FOR:
        raise OrderLater(feed.why, now + AGAIN)


async def fetch_now(administration: Administration, tenant: str, id: str) -> Feed | None:  # noqa: A002
    """Fetch the address of a calendar and keep what is good; else what was good last stays, and an alert tells why.

    Gives what is kept now; None for a calendar that is gone or has no address.
    """
    try:
        record = await administration.keeping.of(tenant, SYSTEM).get(Calendar.kind, id)
    except NotFound:
        return None
    calendar = record.value
    if record.deleted is not None or not isinstance(calendar, Calendar) or not calendar.ics_url:
        return None
    now, address = administration.clock.now(), digest(calendar.ics_url)
    async with administration.store.read() as conn:
        known = await feed_of(conn, tenant, id)
    before = known if known is not None and known.address == address else Feed(address, now)
    try:
        text, etag = await read_address(administration, calendar, now, before)
    except (Unanswered, NotReadable) as error:
        why = str(error).replace(calendar.ics_url, "")[:300]
        return await _keep(administration, record, attrs.evolve(before, tried=now, why=why))
    return await _keep(administration, record, Feed(address, now, now, etag, text))


async def _keep(administration: Administration, record: Record, feed: Feed) -> Feed:
    """Keep what came of a fetch, with its alert in the same transaction."""
    alerts, tenant = administration.alerts, record.tenant
    async with administration.store.write() as conn:
        await keep_feed(conn, tenant, record.id, feed)
        if not feed.why:
            await alerts.settle(tenant, RULE, record.id, conn=conn)
            return feed
        since = f"{feed.fetched:%Y-%m-%d %H:%M} UTC" if feed.fetched else ""
        text = Label(
            f"Kalender {record.title}: Die iCalendar-Adresse gibt nichts Brauchbares: {feed.why}. "
            + (f"Es gilt der Stand vom {since}." if since else "Es gilt der Rest des Kalenders."),
            f"Calendar {record.title}: the iCalendar address gives nothing of use: {feed.why}. "
            + (f"What was fetched on {since} holds." if since else "The rest of the calendar holds."),
        )
        await alerts.raise_(tenant, RULE, record.id, text, link=f"/r/calendar/{record.id}", conn=conn)
    return feed


async def read_address(
    administration: Administration, calendar: Calendar, now: datetime, before: Feed
) -> tuple[str, str]:
    """The document of a calendar's address and its tag; raises ``Unanswered`` and ``NotReadable``."""
    url = (
        calendar.ics_url.replace("webcal://", "https://", 1)
        if calendar.ics_url.startswith("webcal:")
        else calendar.ics_url
    )
    found = await administration.fetching.fetch(url, etag=before.etag, most=LONGEST)
    text = found.text if found.new else before.text
    await asyncio.to_thread(soon, text, calendar, now)
    return text, found.etag or before.etag


def soon(text: str, calendar: Calendar, now: datetime) -> Sequence[Entry]:
    """The entries of the next days; raises ``NotReadable``."""
    if not text.strip():
        raise NotReadable("there is nothing in it")
    first = now.astimezone(calendar.tz).date()
    return entries_between(text, first, first + SOON, calendar.tz)


JOB: Final = Job(KIND, fetch_feed, deadline=40.0, give_up=timedelta(hours=1))
