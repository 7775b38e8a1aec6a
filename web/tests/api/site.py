"""A portal whose API is asked without a network: two tenants, a few people, and two kinds of resources."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
from quart import Quart

from switchhook import Label, Problem, Resource, hookimpl, setting
from switchhook.access.account import Account
from switchhook.access.actor import ALL_RIGHTS, EVERYTHING, Actor, Reach
from switchhook.access.tenant import Tenant
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SetClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source, installed_plugins
from switchhook.people import accounts
from switchhook.people.seats import Seat
from switchhook.portal.administration import Administration, administration_of
from switchhook.portal.plugging import plug_in
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook_ivr import plugin
from switchhook_web.app import create_app

DIGITS = Label("vier bis acht Ziffern", "four to eight digits")
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@attrs.frozen
class Team(Resource):
    kind = "team"
    label = Label("Gruppe", "Team")
    plural = Label("Gruppen", "Teams")
    name: str = setting("text", "Name", "Name")


@attrs.frozen
class Line:
    number: str = setting("number", "Rufnummer", "Number")
    teams: tuple[str, ...] = setting("references", "Gruppen", "Teams", to="team", default=())


@attrs.frozen
class Contact(Resource):
    kind = "contact"
    label = Label("Kontakt", "Contact")
    plural = Label("Kontakte", "Contacts")
    name: str = setting("text", "Name", "Name")
    number: str = setting("number", "Rufnummer", "Number", default="")
    age: int = setting("integer", "Alter", "Age", default=0, minimum=0, maximum=150)
    active: bool = setting("boolean", "Aktiv", "Active", default=True)
    pin: str = setting("text", "PIN", "PIN", default="", pattern=r"[0-9]{4,8}", secret=True, shape=DIGITS)
    opens: str = setting("time", "Öffnet", "Opens", default="08:00")
    born: str = setting("date", "Geboren", "Born", default="")
    team: str = setting("reference", "Gruppe", "Team", to="team", default="")
    lines: tuple[Line, ...] = setting("rows", "Leitungen", "Lines", row=Line, default=())

    def check(self):
        if self.number and self.name == self.number:
            yield Problem("number", "must not be the name")


class Brings:
    @hookimpl
    def resources(self):
        return [Contact, Team]


FEW: Sequence[Source] = (Source("sample", Brings), Source("ivr", lambda: plugin))
"""What most tests need plugged in."""


def all_plugins() -> Sequence[Source]:
    """The sample, and every plugin that comes with the portal."""
    return (Source("sample", Brings), *installed_plugins())


def someone(name: str, tenant: str, rights: Any = ALL_RIGHTS, role: Any = "admin", must: Any = "") -> Seat:
    """The seat of somebody with a token."""
    account = Account(name, tenant, name, f"{name}@example.org", name.title(), role, "active", NOW, NOW)
    actor = Actor(name, rights, role, name)
    return Seat(account, actor, tenant, Tenant(tenant, tenant.title(), NOW), csrf="csrf-token", must=must)


MINE = "+4930100"
"""The number as far as the rights of "sales" go."""
SALES = dict.fromkeys(
    ("number.view", "call.view", "live.view", "flow.view", "contact.view"), Reach(numbers=frozenset({MINE}))
)
PEOPLE: Mapping[str, Seat] = {
    "kim": someone("kim", "acme"),
    "sue": attrs.evolve(someone("sue", "acme", role="superadmin"), session_id="in-person"),
    "lee": someone("lee", "other"),
    "viewer": someone("viewer", "acme", {"contact.view": EVERYTHING}, "user"),
    "sales": someone("sales", "acme", SALES, "user"),
    "nobody": someone("nobody", "acme", {}, "user"),
    "late": someone("late", "acme", must="change_password"),
    "operator": someone("operator", "operator", role="operator"),
}


class Door:
    """Knows everybody by name."""

    async def bearer(self, token: str) -> Seat | None:
        return PEOPLE.get(token)

    async def seat(self, token: str) -> Seat | None:
        return PEOPLE.get(token)

    async def seats(self, sessions: Collection[str], bearers: Collection[str]) -> Mapping[str, Seat]:
        return {token: PEOPLE[token] for token in {*sessions, *bearers} if token in PEOPLE}


async def administered(store: Store, home: Path, sources: Sequence[Source] = FEW) -> Administration:
    make_secrets(home / "data")
    (home / "switchhook.toml").write_text(default_toml(home / "data"))
    settings, clock, faults = load_settings(home / "switchhook.toml", {}), SetClock(NOW), []
    plugged = await plug_in(clock, faults.append, sources=sources)
    assert await migrate(store, [one.value for one in await plugged.hooks.collect("migrations")]) == []
    directory = Directory(store, clock)
    for tenant in ("acme", "other"):
        await directory.put_tenant(Tenant(tenant, tenant.title(), NOW))
    async with store.write() as conn:
        for one in PEOPLE.values():
            if one.tenant != "operator":
                await accounts.put(conn, one.account, new=True)
    assert faults == []
    return administration_of(settings, store, clock, plugged, LiveCalls(clock))


async def app_of(administration: Administration) -> Quart:
    return await create_app(administration, Door())


@attrs.frozen
class Client:
    """Asks the API as somebody."""

    app: Quart
    token: str = "kim"
    base: str = "/api/v1/tenants/acme"

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> SimpleNamespace:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        more: dict[str, Any] = {"data": body} if isinstance(body, str | bytes) else {}
        if body is not None and not more:
            more = {"json": body}
        at = path if path.startswith("/api/") else f"{self.base}{path}"
        response = await self.app.test_client(use_cookies=False).open(at, method=method, headers=sent, **more)
        text = await response.get_data(as_text=True)
        said = await response.get_json() if "json" in (response.content_type or "") else text
        return SimpleNamespace(status=response.status_code, headers=response.headers, body=said, text=text)

    async def get(self, path: str, **headers: str) -> SimpleNamespace:
        return await self.ask("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> SimpleNamespace:
        return await self.ask("POST", path, body, **headers)

    def of(self, token: str, tenant: str = "acme") -> Client:
        return attrs.evolve(self, token=token, base=f"/api/v1/tenants/{tenant}")
