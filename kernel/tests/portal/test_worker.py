"""The order in which a worker begins: plugins first, callers then, and no plugin keeps callers waiting for long."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from switchhook import hookimpl
from switchhook.asterisk.agi_server import AgiServer
from switchhook.clock import SetClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source
from switchhook.portal import worker
from switchhook.portal.plugging import plug_in
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate

CLOCK = SetClock(datetime(2026, 1, 1, tzinfo=UTC))


async def began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portal_started) -> list[str]:
    """What a worker with one plugin did in order; ``portal_started`` gets the list to write to."""
    order: list[str] = []

    @hookimpl(specname="portal_started")
    async def started() -> None:
        await portal_started(order)

    async def listen(server: AgiServer) -> None:
        order.append("listens")

    source = Source("pool", lambda: SimpleNamespace(started=started))
    monkeypatch.setattr(worker, "plug_in", partial(plug_in, sources=[source]))
    monkeypatch.setattr(AgiServer, "start", listen)
    monkeypatch.setattr(worker.Worker, "port", 4573)
    make_secrets(tmp_path / "data")
    (tmp_path / "switchhook.toml").write_text(default_toml(tmp_path / "data"))
    settings = load_settings(tmp_path / "switchhook.toml", {})
    store = Store(settings.store.url.reveal())
    try:
        await migrate(store)
        async with worker.working(settings, store, CLOCK):
            order.append("serves")
    finally:
        await store.close()
    return order


async def test_a_plugin_opens_its_pool_before_the_first_call_can_ask_for_it(tmp_path, monkeypatch):
    async def opens(order):
        await asyncio.sleep(0)
        order.append("opened")

    assert await began(tmp_path, monkeypatch, opens) == ["opened", "listens", "serves"]


async def test_a_plugin_that_hangs_as_it_starts_keeps_no_caller_waiting(tmp_path, monkeypatch):
    async def hangs(order):
        try:
            await asyncio.Event().wait()
        finally:
            order.append("cut off")

    monkeypatch.setattr(worker, "HEAD_START", 0.01, raising=False)
    assert await began(tmp_path, monkeypatch, hangs) == ["listens", "serves", "cut off"]
