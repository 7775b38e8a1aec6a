"""What the portal does by itself: letting a switch go at its end, and lighting its lamp."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from switchhook.access.tenant import Tenant
from switchhook.administration import SYSTEM
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SetClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source
from switchhook.portal.administration import Administration, administration_of
from switchhook.portal.plugging import plug_in
from switchhook.store import tables
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.number_rows import number_row
from switchhook.store.routing import Number
from switchhook_hours import plugin
from switchhook_hours.watching import Watching


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
async def administration(store: Store, tmp_path: Path, clock: SetClock) -> Administration:
    make_secrets(tmp_path / "data")
    (tmp_path / "switchhook.toml").write_text(default_toml(tmp_path / "data"))
    settings = load_settings(tmp_path / "switchhook.toml", {})
    plugged = await plug_in(clock, lambda fault: None, sources=[Source("hours", lambda: plugin)])
    for tenant in ("acme", "other"):
        await Directory(store, clock).put_tenant(Tenant(tenant, tenant, clock.now()))
    return administration_of(settings, store, clock, plugged, LiveCalls(clock))


async def test_a_switch_is_let_go_at_its_end_once_and_its_lamp_goes_out(administration, clock, store) -> None:
    async with store.write() as conn:
        await conn.execute(insert(tables.number).values(number_row(Number("*21", "acme", ""))))
    acme = administration.keeping.of("acme", SYSTEM)
    values = {"state": "closed", "until_day": "2026-03-02", "until": "14:00"}
    made = await acme.create("switch", {"name": "Night", "code": "*21", "pin": "4711", **values})
    await administration.keeping.of("other", SYSTEM).create("switch", {"name": "Day", "code": "*21", "state": "closed"})
    watching = Watching(administration)
    await watching.look()
    assert await administration.lamps.lit("acme", "*21")
    notices = administration.notices.of("acme", SYSTEM)
    assert [one.text.en for one in notices] == ["Night: closed, until 14:00, set by system"]
    assert notices[0].text.de == "Night: closed, bis 14:00, gestellt von system"
    assert len(administration.notices.of("other", SYSTEM)) == 1
    clock.advance(3599)  # 13:59:59 in Berlin
    await watching.look()
    assert (await acme.get("switch", made.id)).version == 1
    clock.advance(1)
    assert administration.notices.of("acme", SYSTEM) == []
    await watching.look()
    assert administration.notices.changes("acme") == 2
    await Watching(administration).look()  # as after a restart
    after = await acme.get("switch", made.id)
    assert (after.version, after.author) == (2, "system")
    assert (after.value.state, after.value.ends, after.value.pin) == ("", None, "4711")
    assert not await administration.lamps.lit("acme", "*21")
