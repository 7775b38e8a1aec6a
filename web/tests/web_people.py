"""A portal's pages over a database of their own, with a door that knows one person for each role."""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import attrs
from databases import Server, name_of, running_server
from quart import Quart
from quart.testing import QuartClient
from werkzeug.routing import Rule

from switchhook.access.actor import ALL_RIGHTS, Actor, Reach
from switchhook.access.tenant import Tenant
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SetClock
from switchhook.config import Settings, default_toml, load_settings, make_secrets
from switchhook.dispatch.faults import Fault
from switchhook.errors import NotFound
from switchhook.people.door import SignInRefused
from switchhook.portal.administration import Administration, administration_of
from switchhook.portal.plugging import plug_in
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook_web.app import create_app

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8080"
HOST = {"Host": "127.0.0.1:8080"}
SOME = MappingProxyType({"call.view": Reach(numbers=frozenset({"+4930100"}))})
ACTORS = {
    "operator": ("operator", Actor("olga", ALL_RIGHTS, "operator", "olga")),
    "superadmin": ("acme", Actor("sue", ALL_RIGHTS, "superadmin", "sue")),
    "admin": ("acme", Actor("adam", ALL_RIGHTS, "admin", "adam")),
    "user": ("acme", Actor("uwe", SOME, "user", "uwe")),
    "nobody": ("acme", Actor("nora", {}, "user", "nora")),
    "stranger": ("other", Actor("sten", ALL_RIGHTS, "superadmin", "sten")),
}


@attrs.frozen
class TestSeat:
    __test__ = False
    account: str
    actor: Actor
    tenant: str
    session_id: str
    csrf: str
    must: str = ""
    notice_days: int = 0
    has_factor: bool = False

    def actor_in(self, tenant: str) -> Actor:
        if tenant not in ("acme", "other"):
            raise NotFound("no such tenant")
        return self.actor


SAYS_NOTHING = SimpleNamespace(language="", theme="")


@attrs.define
class Doorman:
    """Knows the people of ``ACTORS``: their names are their passwords, a token is the role."""

    out: set[str] = attrs.field(factory=set)
    addresses: list[str] = attrs.field(factory=list)
    must: str = ""

    async def sign_in(self, username: str, password: str, *, address: str, agent: str) -> Any:
        self.addresses.append(address)
        for role, (_, actor) in ACTORS.items():
            if actor.name == username == password:
                self.out.discard(role)
                return SimpleNamespace(token=role, seat=SimpleNamespace(account=SAYS_NOTHING, notice_days=0))
        raise SignInRefused("no")

    async def seat(self, token: str) -> TestSeat | None:
        if token not in ACTORS or token in self.out:
            return None
        tenant, actor = ACTORS[token]
        return TestSeat(actor.account, actor, tenant, token, f"csrf-of-{token}", self.must)

    async def bearer(self, token: str) -> TestSeat | None:
        return await self.seat(token.removeprefix("api-")) if token.startswith("api-") else None

    async def seats(self, sessions: Collection[str], bearers: Collection[str]) -> Mapping[str, TestSeat]:
        found = {one: await self.seat(one) for one in sessions} | {one: await self.bearer(one) for one in bearers}
        return {token: seat for token, seat in found.items() if seat is not None}

    async def sign_out(self, token: str) -> None:
        self.out.add(token)


@attrs.frozen
class Portal:
    """The application with what is behind it."""

    app: Quart
    administration: Administration
    door: Doorman
    faults: list[Fault]

    def client(self, role: str = "") -> QuartClient:
        """A browser, of somebody who is signed in if a role is named."""
        client = self.app.test_client()
        client.cookie_jar.clear()
        if role:
            client.set_cookie("127.0.0.1", "switchhook-8080", role)
        return client


@attrs.frozen
class Databases:
    """Makes databases with two tenants, all copies of one: SQLite's, or with a server PostgreSQL's."""

    template: str
    server: Server | None

    def new(self, home: Path) -> str:
        """The URL of one more, for a portal whose data is in ``home``."""
        if self.server:
            return self.server.new_database(name_of(self.template))
        shutil.copy(self.template.removeprefix("sqlite:///"), home / "db")
        return f"sqlite:///{home / 'db'}"


@cache
def databases() -> Databases:
    """Made once. ``SWITCHHOOK_TEST_STORE=postgresql`` has every portal's pages tested on a PostgreSQL of their own."""
    there = ExitStack()
    atexit.register(there.close)
    if os.environ.get("SWITCHHOOK_TEST_STORE") == "postgresql":
        server = there.enter_context(running_server())
        made = Databases(server.new_database(), server)
    else:
        made = Databases(f"sqlite:///{there.enter_context(tempfile.TemporaryDirectory(prefix='sh-web-'))}/db", None)
    asyncio.run(_fill(made.template))
    return made


async def _fill(url: str) -> None:
    store = Store(url)
    plugged = await plug_in(SetClock(NOW), lambda fault: None)
    brought = [answer.value for answer in await plugged.hooks.collect("migrations")]
    assert await migrate(store, brought) == []
    for tenant in ("acme", "other"):
        await Directory(store, SetClock(NOW)).put_tenant(Tenant(tenant, tenant, NOW))
    await store.close()


Configure = Callable[[Settings], Settings]


async def build(home: Path, configure: Configure = lambda settings: settings, **plug: Any) -> Portal:
    """A portal whose data is in ``home``."""
    make_secrets(home)
    url = (await asyncio.to_thread(databases)).new(home)
    text = default_toml(home, language="en").replace("[store]\n", f"[store]\nurl = {json.dumps(url)}\n")
    (home / "switchhook.toml").write_text(text)
    settings = configure(load_settings(home / "switchhook.toml", {}))
    store, clock, faults = Store(url), SetClock(NOW), []
    plugged = await plug_in(clock, faults.append, **plug)
    administration = administration_of(settings, store, clock, plugged, LiveCalls(clock))
    door = Doorman()
    return Portal(await create_app(administration, door), administration, door, faults)


async def post(
    client: QuartClient, path: str, form: dict[str, str] | None = None, role: str = "admin", **more: Any
) -> Any:
    """Send a form as the portal's own page does."""
    headers = {"Host": "127.0.0.1:8080", "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}
    return await client.post(path, form={"csrf": f"csrf-of-{role}", **(form or {})}, headers=headers, **more)


METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


def routes(portal: Portal) -> Iterator[tuple[Rule, str, str]]:
    """Every route there is, a path it fits in the tenant acme, and every method there is."""
    for rule in portal.app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(f"<{name}>", "acme" if name == "tenant" else "1")
            path = path.replace(f"<path:{name}>", "1").replace(f"<int:{name}>", "1")
        for method in METHODS:
            yield rule, path, method
