"""Faults are listed and a suspended plugin is reset, on the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from switchhook.cli import plugin_commands
from switchhook.cli.main import group
from switchhook.clock import SystemClock
from switchhook.config import load_settings
from switchhook.dispatch.faults import Fault
from switchhook.dispatch.loader import Source
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.journal import Journal

Run = Callable[..., Result]
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
FAULTS = [
    Fault("doorkeeper", "choose_flow", "raised", "RuntimeError('torn')", NOW, "sh1-1.1", "Traceback ..."),
    Fault("doorkeeper", "choose_flow", "suspended", "5 faults within 60 s", NOW, "sh1-1.1"),
    Fault("gone", "point_left", "too_slow", "took longer than 2 s", NOW),
]


def broken() -> object:
    raise ImportError("no module named sax")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    sources = [Source("doorkeeper", lambda: SimpleNamespace()), Source("broken", broken)]
    monkeypatch.setattr(plugin_commands, "installed_plugins", lambda: sources)

    def run(*words: str, code: int = 0) -> Result:
        done = CliRunner().invoke(group, ["--config", str(tmp_path / "switchhook.toml"), *words])
        assert done.exit_code == code, done.output
        return done

    run("init", "--data", str(tmp_path / "data"))
    return run


@pytest.fixture
def url(run: Run, tmp_path: Path) -> str:
    return load_settings(tmp_path / "switchhook.toml", {}).store.url.reveal()


async def keep(url: str, faults: list[Fault]) -> None:
    store = Store(url)
    journal = Journal(store, SystemClock())
    journal.start()
    for fault in faults:
        journal.report(fault)
    assert await journal.drain(10) == 0
    await store.close()


async def resets(url: str) -> object:
    store = Store(url)
    try:
        state = await Directory(store, SystemClock()).load_routing()
        return state.resets if state else None
    finally:
        await store.close()


def test_faults_are_listed_newest_first(run: Run, url: str) -> None:
    assert run("plugins", "faults").stdout == "There are no faults.\n"
    asyncio.run(keep(url, FAULTS))
    first, second, third = run("plugins", "faults").stdout.splitlines()
    assert first.split() == [
        "2026-11-27",
        "12:00:00",
        "gone",
        "too_slow",
        "point_left",
        "took",
        "longer",
        "than",
        "2",
        "s",
    ]
    assert second.endswith("5 faults within 60 s")
    assert third.split()[2:6] == ["doorkeeper", "raised", "choose_flow", "sh1-1.1"]
    assert run("plugins", "faults", "--limit", "1").stdout.splitlines() == [first]
    rows = json.loads(run("plugins", "faults", "doorkeeper", "--json").stdout)
    assert [(row["kind"], row["trace"]) for row in rows] == [("suspended", ""), ("raised", "Traceback ...")]
    assert (rows[1]["at"], rows[1]["call"], rows[1]["hook"]) == (NOW.isoformat(), "sh1-1.1", "choose_flow")


def test_faults_of_a_plugin_nobody_knows(run: Run) -> None:
    assert run("plugins", "faults", "doorkeeper").stdout == "There are no faults.\n"
    refused = run("plugins", "faults", "doorkeper", code=1).output
    assert "no plugin 'doorkeper' is installed (did you mean 'doorkeeper'?)" in refused


def test_a_reset_is_said_to_all_who_look_at_the_routing_state(run: Run, url: str) -> None:
    assert "'doorkeeper' takes part again" in run("plugins", "reset", "doorkeeper").stdout
    assert asyncio.run(resets(url)) == {"doorkeeper": 1}


def test_what_is_not_suspended_is_not_reset(run: Run, url: str) -> None:
    assert "did you mean 'doorkeeper'" in run("plugins", "reset", "doorkeper", code=1).output
    refused = run("plugins", "reset", "broken", code=1).output
    assert (
        "plugin 'broken' is quarantined, not suspended: cannot be imported: ImportError: no module named sax" in refused
    )
    assert asyncio.run(resets(url)) == {}
