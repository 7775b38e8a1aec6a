"""Streams of news: who may look on and for how long, what is told of, and what it costs (SEC16, S10)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import attrs
import pytest
from seeded import put_call, with_its_own_door
from sqlalchemy import event
from test_server import free_port
from web_people import NOW, Portal, build

from switchhook import Card, Label, hookimpl
from switchhook.access.account import Grant
from switchhook.access.actor import SYSTEM
from switchhook.dispatch.loader import Source
from switchhook.people import accounts
from switchhook_web.seats import Asker
from switchhook_web.server import serve
from switchhook_web.streams import MOST, UNUSED, Streams

LIVE = "/t/acme/live"


async def heard(said: AsyncIterator[bytes]) -> list[str]:
    """The events that come next, without their first comment."""
    async with asyncio.timeout(20):
        part = b":"
        while part.startswith(b":"):
            part = await anext(said)
    return [line.removeprefix("event: live:") for line in part.decode().splitlines() if line.startswith("event: ")]


async def silent(said: AsyncIterator[bytes]) -> bool:
    """Whether nothing is waiting to be told."""
    streams_says = asyncio.ensure_future(anext(said))
    done, _ = await asyncio.wait([streams_says], timeout=0.2)
    return not done


async def over(said: AsyncIterator[bytes]) -> bool:
    """Whether a stream ends by itself, with nothing more told."""
    async with asyncio.timeout(20):
        return [part async for part in said if not part.startswith(b":")] == []


@attrs.frozen
class Site:
    """A portal with its own door, and people who are signed in."""

    portal: Portal
    streams: Streams
    tokens: dict[str, str]

    async def open(self, name: str, *topics: str, tenant: str = "acme") -> AsyncIterator[bytes]:
        seat = await self.portal.administration.door.seat(self.tokens[name])
        assert seat is not None
        said = self.streams.open(tenant, seat.actor, Asker(self.tokens[name]), topics)
        assert (await anext(said)).startswith(b":")
        return said


@pytest.fixture
async def site(portal: Portal) -> AsyncIterator[Site]:
    portal = await with_its_own_door(portal)
    made = portal.administration
    grants = (Grant("call.view", "number", ("+4930100",)), Grant("live.view", "number", ("+4930100",)))
    uwe = await made.people.of("acme", SYSTEM).get("uwe")
    async with made.store.write() as conn:
        await accounts.put(conn, attrs.evolve(uwe, grants=grants), new=False)
    tokens = {
        name: (await made.door.sign_in(name, name, address="192.0.2.1", agent="test")).token
        for name in ("adam", "uwe", "olga", "sten")
    }
    streams = Streams(made.news, made.door, every=3600.0)
    yield Site(portal, streams, tokens)
    streams.end()


async def test_a_change_is_told_to_all_who_may_know_of_it_and_to_nobody_else(site):
    for_all = await site.open("adam", "calls", "alerts")
    for_some = await site.open("uwe", "calls", "live")
    elsewhere = await site.open("sten", "calls", "alerts", tenant="other")
    await site.streams.look()
    await put_call(site.portal, "c-1", "+4930555")
    await site.streams.look()
    assert await heard(for_all) == ["calls"]
    await put_call(site.portal, "c-2", "+4930100")
    await site.streams.look()
    assert await heard(for_some) == ["calls", "live"]  # and of the one before nothing, which would have come first
    await site.portal.administration.alerts.raise_("acme", "sample", "one", Label("So", "So"))
    await site.streams.look()
    assert sorted(await heard(for_all)) == ["alerts", "calls"]
    assert await silent(for_some)
    assert await silent(elsewhere)


async def test_one_who_reads_slowly_misses_nothing_but_the_way_there(site):
    said = await site.open("adam", "calls")
    for n in range(5):
        await put_call(site.portal, f"c-{n}", "+4930555")
        await site.streams.look()
    assert await heard(said) == ["calls"]
    assert await silent(said)


async def no_grants(site: Site) -> None:
    people = site.portal.administration.people.of("acme", SYSTEM)
    await people.change("uwe", (await people.get("uwe")).version, {"grants": []})


async def disabled(site: Site) -> None:
    people = site.portal.administration.people.of("acme", SYSTEM)
    await people.disable("uwe", (await people.get("uwe")).version)


async def suspended(site: Site) -> None:
    tenants = site.portal.administration.tenants.of(SYSTEM)
    await tenants.move("acme", (await tenants.get("acme")).version, "suspended")


async def signed_out(site: Site) -> None:
    await site.portal.administration.door.sign_out(site.tokens["uwe"])


async def long_idle(site: Site) -> None:
    site.portal.administration.clock.advance(9 * 3600)


@pytest.mark.parametrize("ends", [no_grants, disabled, suspended, signed_out, long_idle])
async def test_a_stream_ends_with_whatever_let_it_begin(site, ends):
    said = await site.open("uwe", "calls")
    await site.streams.look()
    await put_call(site.portal, "c-1", "+4930100")
    await ends(site)
    await site.streams.look()
    assert await over(said)
    assert site.streams.count == 0


async def test_a_look_costs_the_same_however_many_look_on(site):
    asked: list[str] = []
    engine = site.portal.administration.store._reading.sync_engine
    note = lambda conn, cursor, statement, *_: asked.append(statement)  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    said = [await site.open("adam", "calls")]
    await site.streams.look()
    asked.clear()
    await site.streams.look()
    for_one = len(asked)
    said += [await site.open(name, "calls") for name in ("adam", "adam", "uwe", "uwe")]
    asked.clear()
    await site.streams.look()
    event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == for_one
    assert len(said) == site.streams.count == 5


async def test_a_page_hears_what_happened_since_it_was_made(site):
    await put_call(site.portal, "c-1", "+4930100")
    site.portal.administration.clock.advance(60)
    seat = await site.portal.administration.door.seat(site.tokens["adam"])
    late = site.streams.open("acme", seat.actor, Asker(site.tokens["adam"]), ["calls"])
    since = site.streams.open("acme", seat.actor, Asker(site.tokens["adam"]), ["calls", "live"], NOW)
    await site.streams.look()
    assert sorted(await heard(since)) == ["calls", "live"]
    assert (await anext(late)).startswith(b":")
    assert await silent(late)


async def test_one_session_has_so_many_streams_and_those_never_begun_are_given_back(site, monkeypatch):
    seat = await site.portal.administration.door.seat(site.tokens["adam"])
    for _ in range(MOST):
        site.streams.open("acme", seat.actor, Asker(site.tokens["adam"]), ["calls"])
    site.portal.app.extensions["streams"] = site.streams
    client = site.portal.app.test_client()
    client.set_cookie("127.0.0.1", "switchhook-8080", site.tokens["adam"])
    refused = await client.get(f"{LIVE}?on=calls")
    assert refused.status_code == 429
    assert (await client.get("/t/acme/calls")).status_code == 200
    loop = asyncio.get_running_loop()
    later = loop.time() + UNUSED + 1
    monkeypatch.setattr(loop, "time", lambda: later)
    await site.streams.look()
    monkeypatch.undo()
    assert site.streams.count == 0


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("", f"{LIVE}?on=calls", 401),
        ("nobody", f"{LIVE}?on=calls", 403),
        ("user", f"{LIVE}?on=calls,alerts", 403),
        ("stranger", f"{LIVE}?on=calls", 404),
        ("admin", f"{LIVE}?on=nonsense", 404),
        ("admin", f"{LIVE}?on=disk", 404),
        ("admin", "/operator/live?on=alerts", 404),
    ],
)
async def test_a_stream_begins_only_with_the_right_to_each_topic(portal, role, path, status):
    assert (await portal.client(role).get(path)).status_code == status
    assert portal.app.extensions["streams"].count == 0


async def test_pages_listen_to_what_they_show_and_the_bell(portal):
    async def listened(role: str, path: str) -> str:
        page = await (await portal.client(role).get(path)).get_data(as_text=True)
        return page.partition('hx-sse:connect="')[2].partition("&amp;since")[0]

    assert await listened("admin", "/t/acme/numbers") == "/t/acme/live?on=alerts%2Cnotices"
    assert await listened("admin", "/t/acme/calls") == "/t/acme/live?on=calls%2Calerts%2Cnotices"
    cards = "calls%2Clive%2Calerts%2Cmails%2Cmedia%2Cswitch%2Cmessage"
    assert await listened("admin", "/t/acme") == f"/t/acme/live?on={cards}%2Cnotices"
    assert await listened("user", "/t/acme") == "/t/acme/live?on=calls%2Cnotices"
    assert await listened("nobody", "/t/acme") == ""
    assert await listened("operator", "/operator") == "/operator/live?on=alerts%2Casterisk%2Cdisk%2Cplugins"


class Brings:
    @hookimpl
    def cards(self):
        groups = Card(Label("G", "G"), "/number-groups", "number-group.view", on=("number-group",))
        return [groups, Card(Label("X", "X"), "/number-groups", on=("number-grup",), every=60)]


async def test_a_plugins_card_says_what_it_listens_to_and_is_told_of_what_is_none(tmp_path):
    portal = await build(tmp_path, sources=[Source("sample", Brings)])
    page = await (await portal.client("admin").get("/t/acme")).get_data(as_text=True)
    assert "on=number-group" in page or "%2Cnumber-group" in page
    assert 'hx-trigger="load, live:number-group from:body throttle:3s"' in page
    assert 'hx-trigger="load, every 60s"' in page
    assert [(one.plugin, one.hook) for one in portal.faults] == [("sample", "cards")]
    assert "did you mean 'number-group'" in portal.faults[0].message
    await portal.administration.store.close()


async def test_the_end_of_the_portal_ends_streams_at_once(tmp_path):
    port = free_port()
    portal = await build(tmp_path, lambda s: attrs.evolve(s, web=attrs.evolve(s.web, port=port)))
    portal = await with_its_own_door(portal)
    made = portal.administration
    token = (await made.door.sign_in("adam", "adam", address="192.0.2.1", agent="test")).token
    task = asyncio.create_task(serve(made))
    async with asyncio.timeout(60):
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
        cookie = f"Cookie: switchhook-{port}={token}"
        writer.write(f"GET {LIVE}?on=calls HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{cookie}\r\n\r\n".encode())
        head = (await reader.readuntil(b": here\n\n")).decode().lower()
        assert "content-type: text/event-stream" in head
        assert "cache-control: no-store" in head
        await put_call(portal, "c-1", "+4930100")
        await reader.readuntil(b"event: live:calls\n")
        task.cancel()
        rest = await reader.read()
        await asyncio.wait([task], timeout=30)
    assert rest.endswith(b"0\r\n\r\n")  # an orderly end, not one that was cut off after the time for answers under way
    assert task.cancelled()
    writer.close()
    await made.store.close()
