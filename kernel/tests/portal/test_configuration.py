"""What Asterisk is told to do with each number when no portal answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from permitted import ANYBODY, permit

from switchhook import hookspecs
from switchhook.access.tenant import Tenant
from switchhook.asterisk.configured import current_configuration
from switchhook.asterisk.place import AsteriskPlace
from switchhook.clock import SetClock
from switchhook.config import Settings, default_toml, load_settings, make_secrets
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.spec import specs_in
from switchhook.portal import housekeeping
from switchhook.portal.configuration import configuration, put_configuration
from switchhook.portal.housekeeping import Housekeeping
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook.store.routing import Fallback, Number

PLACE = AsteriskPlace(Path("/usr/sbin/asterisk"), (22, 0, 0), Path("/usr/lib/asterisk"), Path("/usr/share/asterisk"))
CLOCK = SetClock(datetime(2026, 1, 1, tzinfo=UTC))


@asynccontextmanager
async def installation(tmp_path: Path) -> AsyncIterator[tuple[Settings, Store, Directory]]:
    """Settings and a store with one tenant and one flow."""
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
        yield settings, store, directory
    finally:
        await store.close()


async def test_a_number_has_its_fallback_however_it_is_dialled(tmp_path):
    async with installation(tmp_path) as (settings, store, directory):
        fallback = Fallback("ring", target="+4930123456", ring_seconds=20)
        await directory.assign(Number("+4922112345", "acme", "hotline", fallback=fallback))
        refused = await configuration(settings, PLACE, store, CLOCK)
        await permit(store, "acme")
        files = await configuration(settings, PLACE, store, CLOCK)
        assert await put_configuration(settings, PLACE, store, CLOCK)
        assert not await put_configuration(settings, PLACE, store, CLOCK), "nothing changed"
    assert "+4930123456" not in refused["extensions.conf"], "a fallback is a way out as any other"
    rings = re.findall(
        r"exten => (\+?\d+),1,Set\(TIMEOUT\(absolute\)=0\)\n.*\n.*Dial\(PJSIP/\+4930123456@trunk,20",
        files["extensions.conf"],
    )
    assert rings == ["+4922112345", "4922112345", "004922112345", "022112345"]


async def test_a_permission_that_runs_out_takes_the_number_from_the_fallback_and_limits_the_talk_until_then(
    tmp_path, monkeypatch
):
    reloads: list[object] = []

    class Process:
        async def reload(self, **how: object) -> None:
            reloads.append(how)

    monkeypatch.setattr(housekeeping, "find_asterisk", lambda settings: PLACE)
    monkeypatch.setattr(housekeeping, "asterisk_process", lambda *_: Process())
    clock = SetClock(datetime(2026, 1, 1, 23, 50, tzinfo=UTC))
    hooks = Dispatcher(specs_in(hookspecs), {}, Breaker(clock, lambda fault: None))
    async with installation(tmp_path) as (settings, store, directory):
        await directory.assign(
            Number("+4922112345", "acme", "hotline", fallback=Fallback("ring", target="+4930123456"))
        )
        await permit(store, "acme", attrs.evolve(ANYBODY, longest_minutes=5, until="2026-01-01"))
        look = Housekeeping(settings, store, clock, hooks)._configure()
        rendered = []
        for _ in range(3):
            await look()
            rendered.append(current_configuration(settings)["extensions.conf"])
            clock.advance(350)
    assert "Dial(PJSIP/+4930123456@trunk,30,giL(300000))" in rendered[0]
    assert rendered[1] == rendered[0]
    assert "+4930123456" not in rendered[2]
    assert len(reloads) == 2


@pytest.mark.parametrize("odd", ["Front desk", "101", "0221 12345", "+49&PJSIP/anna", "x" * 40])
async def test_a_fallback_that_cannot_ring_apologises_and_leaves_all_other_numbers_theirs(tmp_path, odd):
    async with installation(tmp_path) as (settings, store, directory):
        await directory.assign(Number("+4922112345", "acme", "hotline", fallback=Fallback("ring", target=odd)))
        await directory.assign(Number("+4922112346", "acme", "hotline", fallback=Fallback("ring", target="anna")))
        text = (await configuration(settings, PLACE, store, CLOCK))["extensions.conf"]
    _, _, of_the_first = text.partition("exten => +4922112345,1,Set(TIMEOUT(absolute)=0)")
    assert "Answer()" in of_the_first.partition("exten =>")[0]
    _, _, of_the_second = text.partition("exten => +4922112346,1,Set(TIMEOUT(absolute)=0)")
    assert "Dial(PJSIP/anna,30" in of_the_second.partition("exten =>")[0]
