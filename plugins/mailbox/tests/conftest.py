"""Both databases with the plugin's table."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from sqlalchemy import select

from switchhook.access.actor import ALL_RIGHTS, Actor
from switchhook.access.tenant import Tenant
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SetClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source
from switchhook.placing import rows as placed
from switchhook.placing.placed_call import Placement
from switchhook.portal.administration import Administration, administration_of
from switchhook.portal.order_office import OrderOffice
from switchhook.portal.plugging import plug_in
from switchhook.portal.post_office import PostOffice
from switchhook.post.outbox import Settled
from switchhook.speech.audio import to_wav, tone
from switchhook.store import tables_post
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook.store.tables_placed import placed as table
from switchhook_mailbox import plugin, ringing
from switchhook_mailbox.messages import Message, Rows
from switchhook_mailbox.plugin import migrations

NIGHT = datetime(2026, 3, 2, 23, 15, tzinfo=UTC)
BOSS = Actor("boss", ALL_RIGHTS, "superadmin", "p1")


@pytest.fixture
async def kept(store: Store) -> Store:
    """A store that is up to date, the plugin's table included."""
    assert await migrate(store, migrations()) == []
    return store


@attrs.define
class House:
    """A portal that serves no calls, with the plugin, two phones, and a mailbox ``office`` of the tenant ``acme``."""

    admin: Administration
    clock: SetClock

    async def box(self, name: str = "office", tenant: str = "acme", **fields: object) -> None:
        await self.admin.keeping.of(tenant, BOSS).create("mailbox", {"name": "Büro", **fields}, id=name)

    async def leaves(self, caller: str = "+4930123456", name: str = "office", tenant: str = "acme") -> str:
        """Somebody leaves a message; the portal does what follows from it."""
        facts = {"label": "Leitweg Köln", "caller": caller}
        sound = to_wav(tone(440, 0.3))
        file = await self.admin.media.of(tenant, BOSS).put("message", ("mailbox", name), sound, facts=facts)
        for _ in range(2):  # told twice is told once
            await self.admin.orders.give(tenant, "mailbox.kept", {"media": file.id, "owner": name, "call": "c1"})
        await self.work()
        return file.id

    async def work(self) -> None:
        """Carry out what is ordered."""
        await (await OrderOffice(self.admin).working()).all_due()

    async def messages(self, name: str = "office", tenant: str = "acme") -> list[Message]:
        async with self.admin.store.read() as conn:
            return list((await Rows(conn, tenant).page(name)).messages)

    async def hears(self, name: str = "office") -> None:
        """Somebody hears all there is."""
        async with self.admin.store.write() as conn:
            rows = Rows(conn, "acme")
            for one in (await rows.page(name, new=True)).messages:
                await rows.hear(name, one.id, self.clock.now(), "kim")
        await self.admin.orders.give("acme", "mailbox.changed", {"mailbox": name})
        await self.work()

    async def settle(self, *states: str) -> None:
        """The mail server says what becomes of the mails, in the order they were written."""
        mails = sorted((await self.admin.post.of("acme", BOSS).page()).mails, key=lambda mail: mail.id)
        office = PostOffice(self.admin)
        async with self.admin.store.write() as conn:
            for mail, state in zip(mails, states, strict=True):
                query = select(tables_post.mail.c.settled).where(tables_post.mail.c.id == mail.id)
                asked = (await conn.execute(query)).scalar_one()
                for tries in (1, 2):  # told twice is told once
                    told = attrs.evolve(mail, state=state, tries=tries)
                    await office.settled(conn, told, Settled(**json.loads(asked)))
        await self.work()

    async def alerts(self) -> list[str]:
        return [one.rule for one in (await self.admin.alerts.of("acme", BOSS).page()).alerts]

    async def open_rings(self) -> list[Placement]:
        """Calls that are to be placed, with how many seconds from now."""
        async with self.admin.store.read() as conn:
            return list(await placed.find(conn, table.c.ended.is_(None)))

    async def ring_ends(self, status: str, way: str = "") -> None:
        """The one call that is due is asked for, and ends."""
        (one,) = await self.open_rings()
        self.clock.advance(max(0.0, (one.due - self.clock.now()).total_seconds()))
        async with self.admin.store.write() as conn:
            assert await placed.claim(conn, one.id, self.clock.now())
            await placed.finish(conn, one.id, self.clock.now(), status, exit=way)
        ended = await self.admin.placing.find("acme", one.id)
        for _ in range(2):  # told twice is told once
            await ringing.ended(self.admin, ended)


@pytest.fixture
async def house(kept: Store, tmp_path: Path) -> House:
    clock = SetClock(NIGHT)
    make_secrets(tmp_path / "data")
    file = tmp_path / "switchhook.toml"
    phones = "".join(
        f'\n[phones.{name}]\nextension = "{n}"\nsecret = "abcdefgh12345678"\n'
        for n, name in ((201, "anna"), (202, "bert"))
    )
    file.write_text(default_toml(tmp_path / "data") + phones)
    plugged = await plug_in(clock, _fail, sources=[Source("mailbox", lambda: plugin)])
    for name in ("acme", "other"):
        await Directory(kept, clock).put_tenant(Tenant(name, name.title(), clock.now()))
    return House(administration_of(load_settings(file, {}), kept, clock, plugged, LiveCalls(clock)), clock)


def _fail(fault: object) -> None:
    raise AssertionError(fault)
