from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import Resource, SignIn, hookimpl, hookspecs
from switchhook.access.account import Account
from switchhook.access.tenant import Tenant
from switchhook.alerts.inbox import Alerts
from switchhook.clock import SetClock
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.loader import Source, load_plugins
from switchhook.dispatch.spec import specs_in
from switchhook.people import accounts, credentials
from switchhook.people.door import Door
from switchhook.people.forgotten import Forgetting
from switchhook.people.links import Links
from switchhook.people.passwords import Cost, Passwords
from switchhook.post.template import MailTemplates
from switchhook.resources.seal import Seal
from switchhook.resources.service import Keeping
from switchhook.schema import Kinds
from switchhook.store.audit import Audit
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.tables_people import account

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
KERNEL = MailTemplates.of([])
CHEAP = Cost(time=1, memory=8, parallelism=1)
PASSWORD = "Kaffee trinken um 9"
KIM = Account("a1", "acme", "kim", "kim@acme.example", "Kim Özil", "superadmin", "active", NOW, NOW)
LEE = attrs.evolve(KIM, id="a2", username="lee", email="lee@acme.example", name="Lee", role="user")


@attrs.define
class Watcher:
    heard: list[SignIn] = attrs.field(factory=list)

    @hookimpl
    def signed_in(self, sign_in: SignIn) -> None:
        self.heard.append(sign_in)

    @hookimpl
    def sign_in_refused(self, sign_in: SignIn) -> None:
        self.heard.append(sign_in)


@attrs.define
class Outbox:
    """Mail as it is handed over."""

    mails: list[dict[str, Any]] = attrs.field(factory=list)

    async def send(self, conn: AsyncConnection, **mail: Any) -> int:
        known = KERNEL[mail["template"]]
        assert set(mail["values"]) == set(known.placeholders)
        self.mails.append(mail)
        return len(self.mails)

    def token(self) -> str:
        """That of the link in the last mail with one."""
        links = [mail["values"]["link"] for mail in self.mails if "link" in mail["values"]]
        return links[-1].rpartition("/")[2]


@attrs.define
class Portal:
    """What the tests of signing in hold in their hands."""

    store: Store
    clock: SetClock
    keeping: Keeping
    door: Door
    heard: list[SignIn]
    outbox: Outbox
    links: Links
    forgetting: Forgetting

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """What is asked of the database meanwhile."""
        asked: list[str] = []
        engine = self.store._writing.sync_engine

        def note(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield asked
        event.remove(engine, "before_cursor_execute", note)

    async def disable(self, id: str) -> None:  # noqa: A002
        async with self.store.write() as conn:
            await accounts.set_state(conn, id, "disabled", self.clock.now())

    async def put(self, account: Account, password: str = PASSWORD) -> None:
        """An account with a password; without one it has none yet."""
        async with self.store.write() as conn:
            await accounts.put(conn, account, new=True)
        if password:
            hashed = await self.door.passwords.hash(password)
            async with self.store.write() as conn:
                person = await credentials.find_entrant(conn, account_is(account.id))
                assert person is not None
                await credentials.put_password(conn, person, hashed, self.clock.now())

    async def enter(self, username: str = "kim", password: str = PASSWORD, address: str = "192.0.2.1", code: str = ""):
        return await self.door.sign_in(username, password, address=address, agent="Firefox", code=code)


def account_is(id: str):  # noqa: A002
    return account.c.id == id


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
async def portal(store: Store, clock: SetClock) -> AsyncIterator[Portal]:
    faults: list[object] = []
    breaker, watcher = Breaker(clock, faults.append), Watcher()
    loaded = load_plugins([Source("watcher", lambda: watcher)], hookspecs, breaker)
    hooks = Dispatcher(specs_in(hookspecs), loaded.implementations, breaker)
    for tenant in ("acme", "other", "operator"):
        await Directory(store, clock).put_tenant(Tenant(tenant, tenant.title(), NOW))
    keeping = Keeping(store, clock, Kinds(Resource, []), hooks, Audit(b"k" * 32), Seal(b"s" * 32))
    passwords = Passwords(CHEAP)
    outbox = Outbox()
    links = Links(keeping, passwords, outbox, "https://portal.example")
    forgetting = Forgetting(links, Alerts(store, clock))
    made = Portal(store, clock, keeping, Door(keeping, passwords, outbox), watcher.heard, outbox, links, forgetting)
    await made.put(KIM)
    yield made
    passwords.close()
    assert faults == []
