"""Looking at what an iCalendar address brings before a calendar takes it; only the web imports this."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import attrs
from quart import Response, g, redirect, request

from switchhook import Label, Problem, Unanswered, setting
from switchhook.administration import Record, SettingsRefused, amend, everything, read_settings
from switchhook_web.extending import (
    Answer,
    Asked,
    Operation,
    administration,
    leave,
    list_of,
    placed,
    render,
    right,
    told,
    values_of,
)
from switchhook_web.extending import gettext as _

from .calendar import Calendar
from .entries import Entry, NotReadable
from .feeds import Feed, digest
from .fetching import fetch_now, read_address, soon


@attrs.frozen
class Address:
    """An iCalendar address to be looked at, and the zone in which its days are shown."""

    url: str = setting("text", "iCalendar-Adresse", "iCalendar address")
    zone: str = setting("text", "Zeitzone", "Time zone", default="Europe/Berlin")


async def entries_at(address: Address) -> Sequence[Entry]:
    """What an address brings in the next 30 days; raises ``SettingsRefused``."""
    calendar = read_settings(Calendar, {"name": "x", "ics_url": address.url, "zone": address.zone}, "address")
    if problems := list(calendar.check()):
        raise SettingsRefused([attrs.evolve(one, path=one.path.replace("ics_url", "url")) for one in problems])
    portal = administration()
    now = portal.clock.now()
    try:
        text, _etag = await read_address(portal, calendar, now, Feed(digest(address.url), now))
    except (Unanswered, NotReadable) as error:
        raise SettingsRefused([Problem("url", str(error))]) from error
    return await asyncio.to_thread(soon, text, calendar, now)


async def calendars(tenant: str) -> Sequence[Record]:
    """The calendars of the tenant, as whoever asks may see them."""
    return list((await everything(administration().keeping.of(tenant, g.actor), [Calendar.kind])).values())


@right("calendar.change")
async def show(tenant: str) -> str:
    """The form for an address."""
    return await _page(tenant, "", None, "")


@right("calendar.change")
async def look(tenant: str) -> str:
    """What an address brings, before any calendar takes it."""
    url = (await request.form).get("url", "").strip()
    try:
        return await _page(tenant, url, await entries_at(Address(url=url)), "")
    except SettingsRefused as refused:
        return await _page(tenant, url, None, "; ".join(told(one.message) for one in refused.problems))


@right("calendar.change")
async def use(tenant: str) -> Response:
    """Have a calendar take an address, in place of a file, and fetch it at once."""
    given = await request.form
    kept, id = administration().keeping.of(tenant, g.actor), given.get("calendar", "")  # noqa: A001
    try:
        await amend(kept, Calendar.kind, id, {"ics_url": given.get("url", "").strip(), "ics": ""})
    except SettingsRefused as refused:
        leave("; ".join(told(one.message) for one in refused.problems), kind="error")
        return redirect(f"/t/{tenant}/x/hours/overview/preview", 303)  # type: ignore[return-value]
    await fetch_now(administration(), tenant, id)
    leave(_("The calendar takes its closed times from this address, once an hour."))
    return redirect(f"/t/{tenant}/x/hours/overview", 303)  # type: ignore[return-value]


async def _page(tenant: str, url: str, entries: Sequence[Entry] | None, wrong: str) -> str:
    crumbs = [(_("Hours and switches"), f"/t/{tenant}/x/hours/overview"), (_("Try an iCalendar address"), "")]
    return await render(
        "hours/preview.html",
        url=url,
        entries=entries,
        wrong=wrong,
        calendars=await calendars(tenant) if entries is not None else (),
        crumbs=crumbs,
    )


async def _preview(asked: Asked) -> Answer:
    with placed("address"):
        address = read_settings(Address, asked.body, "address")
        return Answer(value={"items": await entries_at(address)})


PREVIEW: Final = Operation(
    id="hours.preview",
    method="POST",
    path="/tenants/{tenant}/calendar-preview",
    tag="hours",
    summary=Label("Was eine iCalendar-Adresse bringt", "What an iCalendar address brings"),
    about=Label(
        "Die Einträge der nächsten 30 Tage, in denen ein Kalender mit dieser Adresse geschlossen wäre.",
        "The entries of the next 30 days, during which a calendar with this address would be closed.",
    ),
    run=_preview,
    right="calendar.change",
    body=values_of(Address),
    answer=list_of(Entry),
    looks=True,
)
