from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from change_watcher import Watcher

from switchhook import Label, Right, hookspecs
from switchhook.access.account import Account, Grant
from switchhook.access.actor import ALL_RIGHTS, SYSTEM, Actor
from switchhook.access.tenant import Tenant
from switchhook.alerts.inbox import Alerts
from switchhook.clock import SetClock
from switchhook.dispatch.dispatcher import Answer, Dispatcher
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.loader import Source, load_plugins
from switchhook.dispatch.spec import specs_in
from switchhook.people import accounts
from switchhook.people.actors import load_actor
from switchhook.people.offers import Offers
from switchhook.people.people import People, TenantPeople
from switchhook.people.person import RightsTemplate
from switchhook.people.rights import Rights, rights_catalogue
from switchhook.resources.number_group import NumberGroup
from switchhook.resources.resource import Resource
from switchhook.resources.seal import Seal
from switchhook.resources.service import Keeping
from switchhook.schema import Kinds
from switchhook.store.audit import Audit
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.routing import Number

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
LISTEN = Right("recording.listen", Label("Aufnahmen anhören", "Listen to recordings"))
KINDS = Kinds(Resource, [("kernel", NumberGroup), ("kernel", RightsTemplate)])
RIGHTS = rights_catalogue(KINDS, [Answer("recorder", LISTEN)])


@attrs.define
class House:
    """Tenants ``acme`` and ``other`` with people who were put there."""

    store: Store
    clock: SetClock
    hooks: Dispatcher
    watcher: Watcher
    invited: list[str] = attrs.field(factory=list)
    rights: Rights = RIGHTS
    mails: list[dict[str, Any]] = attrs.field(factory=list)

    @property
    def audit(self) -> Audit:
        return Audit(b"k" * 32)

    @property
    def people(self) -> People:
        async def invite(conn, account: Account) -> None:
            self.invited.append(account.username)

        return People(self.store, self.clock, self.hooks, self.audit, self.rights, invite)

    @property
    def keeping(self) -> Keeping:
        return Keeping(self.store, self.clock, KINDS, self.hooks, self.audit, Seal(b"s" * 32))

    @property
    def offers(self) -> Offers:
        async def send(conn, **mail: Any) -> int:
            self.mails.append(mail)
            return len(self.mails)

        alerts = Alerts(self.store, self.clock)
        return Offers(self.people, SimpleNamespace(send=send), alerts, "https://portal.example")

    async def accepted(self, tenant: str) -> None:
        """Let a superadmin of a demo accept an offer."""
        asked = {"title": "Telephony", "valid_until": "2026-12-31"}
        offer = await self.offers.of(tenant, SYSTEM).make(b"%PDF-1.7 %%EOF", asked)
        boss = Actor("boss", ALL_RIGHTS, "superadmin", "id-boss")
        await self.offers.of(tenant, boss).sign(offer.id, 1, {"name": "The Boss"}, address="192.0.2.7")

    async def put(self, username: str, role="user", state="active", grants: tuple[Grant, ...] = (), tenant="acme"):
        account = Account(
            f"id-{username}", tenant, username, f"{username}@acme.example", username.title(), role, state, NOW, NOW,
            grants=grants,
        )  # fmt: skip
        async with self.store.write() as conn:
            await accounts.remove(conn, account.id)
            await accounts.put(conn, account, new=True)
        return account

    async def actor(self, account: Account) -> Actor:
        async with self.store.read() as conn:
            return await load_actor(conn, account)

    async def as_(self, account: Account, tenant: str = "acme") -> TenantPeople:
        return self.people.of(tenant, await self.actor(account))


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    clock, watcher, faults = SetClock(NOW), Watcher(), []
    breaker = Breaker(clock, faults.append)
    loaded = load_plugins([Source("watcher", lambda: watcher)], hookspecs, breaker)
    directory = Directory(store, clock)
    for tenant in ("acme", "other", "operator"):
        await directory.put_tenant(Tenant(tenant, tenant.title(), NOW))
        await directory.put_flow(tenant, "hotline", "Hotline")
    for number, tenant in (("+4922111", "acme"), ("+4922112", "acme"), ("+4922199", "other")):
        await directory.assign(Number(number, tenant, "hotline"))
    yield House(store, clock, Dispatcher(specs_in(hookspecs), loaded.implementations, breaker), watcher)
    assert faults == []
