"""A reset ends a suspension once, in each process that was running when it was said."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from switchhook import hookspecs
from switchhook.clock import SetClock, SystemClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker, Fault
from switchhook.dispatch.spec import specs_in
from switchhook.portal.housekeeping import Housekeeping
from switchhook.portal.plugin_resets import PluginResets
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
def breaker() -> Breaker:
    return Breaker(SetClock(NOW), lambda fault: None)


def suspend(breaker: Breaker, plugin: str) -> None:
    for _ in range(breaker.limit):
        breaker.report(plugin, "choose_flow", "raised", "again")
    assert breaker.suspended(plugin)


def test_a_reset_counts_once_and_for_its_plugin_alone(breaker: Breaker) -> None:
    resets = PluginResets(breaker)
    resets.obey({"bad": 3})
    suspend(breaker, "bad")
    suspend(breaker, "worse")
    resets.obey({"bad": 3})
    assert breaker.suspended("bad")
    resets.obey({"bad": 4})
    assert not breaker.suspended("bad")
    assert breaker.suspended("worse")
    suspend(breaker, "bad")
    resets.obey({"bad": 4})
    assert breaker.suspended("bad")
    resets.obey({"bad": 4, "worse": 1})
    assert not breaker.suspended("worse")


def test_a_plugin_without_its_tables_stays_out(breaker: Breaker) -> None:
    resets = PluginResets(breaker)
    resets.obey({})
    breaker.suspend(Fault("bad", "migrations", "migration", "no table", NOW))
    resets.obey({"bad": 1})
    assert breaker.suspended("bad")


async def test_the_process_beside_the_workers_obeys_as_well(tmp_path: Path, breaker: Breaker) -> None:
    make_secrets(tmp_path)
    file = tmp_path / "switchhook.toml"
    file.write_text(default_toml(tmp_path, root="/nonexistent", ami_port=1))
    settings, store = load_settings(file, {}), Store(f"sqlite:///{tmp_path / 'db'}")
    await migrate(store)
    hooks = Dispatcher(specs_in(hookspecs), {}, breaker)
    suspend(breaker, "bad")
    work = asyncio.create_task(Housekeeping(settings, store, SystemClock(), hooks, PluginResets(breaker)).run())
    try:
        async with asyncio.timeout(30):
            while breaker.suspended("bad"):  # the first look only learns how often there was one before
                await Directory(store, SystemClock()).reset_plugin("bad")
                await asyncio.sleep(0.2)
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await store.close()
