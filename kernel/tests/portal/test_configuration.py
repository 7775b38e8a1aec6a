"""What Asterisk is told to do with each number when no portal answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from switchhook.access.tenant import Tenant
from switchhook.asterisk.place import AsteriskPlace
from switchhook.clock import SetClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.portal.configuration import configuration, put_configuration
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook.store.routing import Fallback, Number

PLACE = AsteriskPlace(Path("/usr/sbin/asterisk"), (22, 0, 0), Path("/usr/lib/asterisk"), Path("/usr/share/asterisk"))
CLOCK = SetClock(datetime(2026, 1, 1, tzinfo=UTC))


async def test_a_number_has_its_fallback_however_it_is_dialled(tmp_path):
    data = tmp_path / "data"
    make_secrets(data)
    file = tmp_path / "switchhook.toml"
    file.write_text(default_toml(data))
    settings = load_settings(file, {})
    store = Store(settings.store.url.reveal())
    try:
        await migrate(store)
        directory = Directory(store, CLOCK)
        await directory.put_tenant(Tenant("acme", "Acme", CLOCK.now()))
        await directory.put_flow("acme", "hotline", "Hotline")
        fallback = Fallback("ring", target="+4930123456", ring_seconds=20)
        await directory.assign(Number("+4922112345", "acme", "hotline", fallback=fallback))
        files = await configuration(settings, PLACE, store, CLOCK)
        assert await put_configuration(settings, PLACE, store, CLOCK)
        assert not await put_configuration(settings, PLACE, store, CLOCK), "nothing changed"
    finally:
        await store.close()
    rings = re.findall(
        r"exten => (\+?\d+),1,Set\(TIMEOUT\(absolute\)=0\)\n.*\n.*Dial\(PJSIP/\+4930123456@trunk,20",
        files["extensions.conf"],
    )
    assert rings == ["+4922112345", "4922112345", "004922112345", "022112345"]
