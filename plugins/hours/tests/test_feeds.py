"""Calendars that take their closed times from an address: fetched by the hour, and what was good last holds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from aiohttp import web
from web_people import build, post

from switchhook.access.tenant import Tenant
from switchhook.administration import SYSTEM, Administration
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SetClock
from switchhook.config import Settings, default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source
from switchhook.portal.administration import administration_of
from switchhook.portal.order_office import OrderOffice
from switchhook.portal.plugging import plug_in
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook.testing import call
from switchhook_hours import plugin
from switchhook_hours.feeds import feed_of, keep_feed, with_feed
from switchhook_hours.fetching import Ordering
from switchhook_hours.holding import holds
from switchhook_hours.hours import Hours

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ICS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1@x
DTSTART;TZID=Europe/Berlin:20261103T120000
DTEND;TZID=Europe/Berlin:20261103T130000
RRULE:FREQ=WEEKLY
SUMMARY:Team lunch
END:VEVENT
END:VCALENDAR
"""
LUNCH = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)


@attrs.define
class Server:
    """A server of a calendar on the loopback."""

    url: str = ""
    answer: Callable[[web.Request], web.Response] = lambda _: web.Response(text=ICS, headers={"ETag": '"1"'})
    asked: list[str] = attrs.field(factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(request.headers.get("If-None-Match", ""))
        return self.answer(request)


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    server, app = Server(), web.Application()
    app.router.add_get("/{rest:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/team.ics"
    try:
        yield server
    finally:
        await runner.cleanup()


def inside(settings: Settings) -> Settings:
    return attrs.evolve(settings, webhooks=attrs.evolve(settings.webhooks, allow_private=True))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
async def portal(store: Store, tmp_path: Path, clock: SetClock) -> Administration:
    make_secrets(tmp_path / "data")
    (tmp_path / "switchhook.toml").write_text(default_toml(tmp_path / "data"))
    settings = inside(load_settings(tmp_path / "switchhook.toml", {}))
    plugged = await plug_in(clock, lambda fault: None, sources=[Source("hours", lambda: plugin)])
    assert await migrate(store, [one.value for one in await plugged.hooks.collect("migrations")]) == []
    for tenant in ("acme", "other"):
        await Directory(store, clock).put_tenant(Tenant(tenant, tenant, clock.now()))
    return administration_of(settings, store, clock, plugged, LiveCalls(clock))


async def work(portal: Administration) -> int:
    """Order what is due and carry it out, as two parts of a running portal."""
    await Ordering(portal).look()
    return await (await OrderOffice(portal).working()).all_due()


async def state(portal: Administration, tenant: str = "acme") -> str:
    """What the calendar says at lunch."""
    record = await portal.keeping.of(tenant, SYSTEM).get("calendar", "office")
    async with portal.store.read() as conn:
        return holds(with_feed(record.value, await feed_of(conn, tenant, "office")), LUNCH).state


async def test_an_address_is_fetched_each_hour_and_the_last_good_state_holds(portal, clock, store):
    async with serving() as server:
        weekly = [{"days": "mon-fri", "start": "08:00", "end": "17:00"}]
        acme = portal.keeping.of("acme", SYSTEM)
        await acme.create("calendar", {"name": "Office", "weekly": weekly, "ics_url": server.url}, id="office")
        assert await state(portal) == "open"
        assert await work(portal) == 1
        assert await state(portal) == "closed"
        assert await work(portal) == 0, "once in an hour"
        record = await acme.get("calendar", "office")
        async with store.write() as conn:
            fetched = await feed_of(conn, "acme", "office")
            assert fetched is not None
            await keep_feed(conn, "test", "office", fetched)  # the tenant of simulated calls
        heard = {"resources": {"office": record.value}, "plugins": [plugin], "at": LUNCH}
        assert (await call(Hours(calendar="office"), store=store, **heard)).why == (
            "the entry 'Team lunch' of the iCalendar file"
        )
        assert (await call(Hours(calendar="office"), **heard)).exit == "open", "a trial without a database"
        clock.advance(3600)
        server.answer = lambda request: web.Response(status=304)
        await work(portal)
        assert (server.asked, await state(portal)) == (["", '"1"'], "closed")
        clock.advance(3600)
        server.answer = lambda request: web.Response(text="<html>")
        await work(portal)
        assert await state(portal) == "closed"
        (alert,) = (await portal.alerts.of("acme", SYSTEM).page()).alerts
        assert alert.text.en == (
            "Calendar Office: the iCalendar address gives nothing of use: it does not begin with BEGIN:VCALENDAR. "
            "What was fetched on 2026-11-24 10:00 UTC holds."
        )
        assert (alert.state, alert.link) == ("open", "/r/calendar/office")
        server.answer = lambda request: web.Response(text=ICS.replace("Team lunch", "x"), headers={"ETag": '"2"'})
        clock.advance(600)
        await work(portal)
        assert server.asked == ["", '"1"', '"1"', '"1"'], "sooner than in an hour"
        (alert,) = (await portal.alerts.of("acme", SYSTEM).page()).alerts
        assert alert.state == "closed"
        trail = await acme.history("calendar", "office")
        assert server.url not in str(trail)
        assert len(trail) == 1, "what is fetched is no change of the calendar"


async def test_another_address_counts_at_once_and_nobody_elses(portal, clock):
    async with serving() as server:
        for tenant in ("acme", "other"):
            kept = portal.keeping.of(tenant, SYSTEM)
            always = [{"days": "daily", "start": "00:00", "end": "24:00"}]
            await kept.create("calendar", {"name": "Office", "region": "", "weekly": always}, id="office")
        acme = portal.keeping.of("acme", SYSTEM)
        await acme.change(
            "calendar", "office", 1, {"name": "Office", "region": "", "weekly": always, "ics_url": server.url}
        )
        await work(portal)
        assert [await state(portal, one) for one in ("acme", "other")] == ["closed", "open"]
        gone = {"name": "Office", "region": "", "weekly": always, "ics_url": f"{server.url}?2"}
        await acme.change("calendar", "office", 2, gone)
        assert await state(portal) == "open"
        server.answer = lambda request: web.Response(status=404)
        await work(portal)
        assert await state(portal) == "open"
        (alert,) = (await portal.alerts.of("acme", SYSTEM).page()).alerts
        assert alert.text.en.endswith("answered with the status 404. The rest of the calendar holds.")
        await acme.delete("calendar", "office", 3)
        clock.advance(3600)
        before = len(server.asked)
        await work(portal)
        assert (await work(portal), len(server.asked)) == (0, before)


async def test_an_address_is_looked_at_before_a_calendar_takes_it(tmp_path):
    made = await build(tmp_path, inside, sources=[Source("hours", lambda: plugin)])
    made.administration.clock.advance(-3 * 86400)
    acme = made.administration.keeping.of("acme", SYSTEM)
    await acme.create("calendar", {"name": "Office", "ics": ICS.replace("Team", "Old"), "region": ""}, id="office")
    client = made.client("admin")

    async def looked(url: str) -> str:
        return await (await post(client, "/t/acme/x/hours/overview/preview", {"url": url})).get_data(as_text=True)

    async with serving() as server:
        seen = await looked(server.url)
        assert seen.count("Team lunch") == 5
        assert (await acme.get("calendar", "office")).version == 1, "looking changes nothing"
        token = {"Authorization": "Bearer api-admin"}
        told = await made.client().post(
            "/api/v1/tenants/acme/calendar-preview", json={"url": server.url}, headers=token
        )
        first = (await told.get_json())["items"][0]
        assert (first["summary"], first["start"][:16]) == ("Team lunch", "2026-11-24T11:00")
        await post(client, "/t/acme/x/hours/feed", {"url": server.url, "calendar": "office"})
        kept = (await acme.get("calendar", "office")).value
        assert (kept.ics_url, kept.ics) == (server.url, "")
        overview = await (await client.get("/t/acme/x/hours/overview")).get_data(as_text=True)
        assert "12:00" in overview
        assert "13:00" in overview
        server.answer = lambda request: web.Response(text="<html>")
        assert "it does not begin with BEGIN:VCALENDAR" in await looked(server.url)
        assert "an address such as https://calendar.example.org/team.ics" in await looked("ftp://x")
        refused = await made.client().post(
            "/api/v1/tenants/acme/calendar-preview", json={"url": server.url}, headers=token
        )
        assert (refused.status_code, (await refused.get_json())["problems"][0]["path"]) == (422, "url")
    await made.administration.store.close()
