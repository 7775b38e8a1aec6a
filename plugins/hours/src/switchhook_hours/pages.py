"""What holds now and in the next days, and a quick way to change a switch; only the web imports this."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import attrs
from quart import Blueprint, Response, g, redirect, request

from switchhook import Label
from switchhook.administration import Record, Resources, SettingsRefused, everything, read_settings, written
from switchhook_web.extending import administration, language, leave, local, render, right, told
from switchhook_web.extending import gettext as _

from . import preview
from .calendar import DAYS as WEEK
from .calendar import KINDS, Calendar
from .entries import NotReadable
from .feeds import Feed, feeds_of, with_feed
from .holding import Holds, Stretch, holds, stretches
from .instants import as_read, instant
from .oddities import oddities, too_long
from .operations import OPERATIONS
from .setting import Wish, set_switch
from .switch import Switch

blueprint = Blueprint("hours", __name__, template_folder="templates")
__all__ = ["LOCALE", "OPERATIONS", "blueprint"]

LOCALE: Final = Path(__file__).with_name("locale")
DAYS: Final = 14
blueprint.add_url_rule("/overview/preview", "preview", preview.show, methods=["GET"])
blueprint.add_url_rule("/overview/preview", "look", preview.look, methods=["POST"])
blueprint.add_url_rule("/feed", "use_feed", preview.use, methods=["POST"])
STATES: Final = {**KINDS, "holiday": Label("Feiertag", "public holiday")}
WEEKDAYS: Final = [label for days, label in WEEK.values() if len(days) == 1]
COLOURS: Final = {"open": "green", "closed": "secondary", "holiday": "azure", "special": "purple"}


@attrs.frozen
class Line:
    """A calendar as the page shows it."""

    id: str
    calendar: Calendar
    now: Holds
    odd: Sequence[str]
    days: Sequence[tuple[date, Sequence[Stretch]]]

    def clock(self, moment: datetime) -> str:
        """A time of day in the calendar's own zone."""
        return f"{moment.astimezone(self.calendar.tz):%H:%M}"


def kept(tenant: str) -> Resources:
    """The tenant's resources as whoever asks may see them."""
    return administration().keeping.of(tenant, g.actor)


async def found(tenant: str, kind: str) -> Sequence[Record]:
    """What is kept of a kind, nothing for who may not see it."""
    if not g.actor.may(f"{kind}.view"):
        return ()
    return list((await everything(kept(tenant), [kind])).values())


@blueprint.get("/overview")
@right("calendar.view")
async def overview(tenant: str) -> str:
    """Switches with their quick form, and calendars with what the next days bring."""
    now, said = administration().clock.now(), language()
    async with administration().store.read() as conn:
        feeds = await feeds_of(conn, tenant)
    lines = [
        await asyncio.to_thread(line, one.id, one.value, feeds.get(one.id), now, said)  # type: ignore[arg-type]
        for one in await found(tenant, "calendar")
    ]
    return await render(
        "hours/overview.html",
        listens=["switch", "calendar"],
        switches=await found(tenant, "switch"),
        lines=lines,
        now=now,
        named=lambda state: getattr(STATES[state], said),
        colours=COLOURS,
        ends=ends,
        written=written,
        weekday=lambda day: getattr(WEEKDAYS[day.weekday()], said),
        odd=lambda record: say_one(too_long(record.value, now, record.changed), said),
        phones=sorted(administration().settings.phones),
        may_try=g.actor.may("calendar.change"),
        may_change=g.actor.may("switch.change"),
        crumbs=[(_("Hours and switches"), "")],
    )


@blueprint.post("/switches/<id>")
@right("switch.change")
async def change(tenant: str, id: str) -> Response:  # noqa: A002 - the domain's own word
    """Set a switch: to a state, diverting to a number or a phone, and until a time if wished."""
    given = await request.form
    values = {name: given.get(name, "") for name in ("state", "divert_to", "until", "day")}
    record = await kept(tenant).get("switch", id)
    if values["state"] == record.value.usual:  # type: ignore[attr-defined]
        values = {"state": ""}  # what else the form still held belonged to another state
    try:
        await set_switch(administration(), kept(tenant), id, read_settings(Wish, values, "switch"))
        leave(_("The switch was set."))
    except SettingsRefused as refused:
        leave("; ".join(told(one.message) for one in refused.problems), kind="error")
    return redirect(f"/t/{tenant}/x/hours/overview", 303)  # type: ignore[return-value]


@blueprint.post("/switches/<id>/back")
@right("switch.change")
async def let_go(tenant: str, id: str) -> Response:  # noqa: A002
    """End what a switch is overridden for, and go on where one was."""
    await set_switch(administration(), kept(tenant), id, Wish())
    leave(_("The switch was set."))
    return redirect(local((await request.form).get("then", "/")), 303)  # type: ignore[return-value]


@blueprint.get("/card")
@right("switch.view")
async def card(tenant: str) -> str:
    """The switches that are overridden."""
    now = administration().clock.now()
    kept_now = [one.value for one in await found(tenant, "switch")]
    over = [one for one in kept_now if isinstance(one, Switch) and one.at(now) != one.usual]
    return await render("hours/card.html", over=over, now=now, ends=ends)


def ends(switch: Switch) -> str:
    """When a switch goes back, in its own zone; empty for one that does not."""
    if switch.ends is None:
        return ""
    own = switch.ends.astimezone(ZoneInfo(switch.zone))
    return f"{getattr(as_read(own.date()), language())} {own:%H:%M}"


def say_one(label: Label | None, said: str) -> str:
    """A sentence in a language, if there is one."""
    return getattr(label, said) if label is not None else ""


def line(id: str, calendar: Calendar, feed: Feed | None, now: datetime, said: str) -> Line:  # noqa: A002
    """What is shown of a calendar; blocks for a moment the first time a country's holidays are asked for."""
    today = now.astimezone(calendar.tz).date()
    calendar = with_feed(calendar, feed)
    try:
        parts = stretches(calendar, today, DAYS)
        holding = holds(calendar, now)
    except NotReadable as error:
        parts, holding = [], Holds("closed", str(error))
    days: dict[date, list[Stretch]] = {}
    for part in _by_day(parts, calendar):
        days.setdefault(part.start.astimezone(calendar.tz).date(), []).append(part)
    odd = [getattr(one, said) for one in oddities(calendar, today)]
    if calendar.ics_url and feed is not None and feed.why:
        odd.append(_("The iCalendar address gives nothing of use: %(why)s", why=told(feed.why)))
    return Line(id, calendar, holding, odd, list(days.items()))


def _by_day(parts: Sequence[Stretch], calendar: Calendar) -> Sequence[Stretch]:
    """Stretches cut at midnight, so that each day shows what holds on it."""
    cut: list[Stretch] = []
    for part in parts:
        start = part.start
        while start < part.end:
            midnight = instant(start.astimezone(calendar.tz).date() + timedelta(days=1), "00:00", calendar.tz)
            cut.append(attrs.evolve(part, start=start, end=min(part.end, midnight)))
            start = cut[-1].end
    return cut
