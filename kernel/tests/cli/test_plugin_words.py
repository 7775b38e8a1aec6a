"""Settings of plugins, on and off, and a restart, at the command line: the same as in the portal, whatever a plugin does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner, Result

from switchhook import Label, Module, hookimpl, setting
from switchhook.cli import plugin_commands
from switchhook.cli.main import group
from switchhook.clock import SystemClock
from switchhook.config import load_settings
from switchhook.dispatch.loader import Source
from switchhook.portal import plugging
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.plugin_choices import PortalStart, put_start

Run = Callable[..., Result]


@attrs.frozen
class Same(Module):
    kind = "same"
    label = Label("Gleich", "Same")


@attrs.frozen
class Book:
    lines: int = setting("integer", "Zeilen", "Lines", default=5, minimum=1, maximum=9)
    key: str = setting("text", "Schlüssel", "Key", default="", secret=True)

    @hookimpl
    def modules(self) -> list[type[Module]]:
        return [Same]


class Twin:
    """Brings a module of the same kind: no portal starts with both."""

    @hookimpl
    def modules(self) -> list[type[Module]]:
        return [Same]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    sources = [Source("book", lambda: Book), Source("twin", lambda: Twin)]
    for module in (plugin_commands, plugging):
        monkeypatch.setattr(module, "installed_plugins", lambda: sources)

    def run(*words: str, code: int = 0, piped: str = "", **environ: str) -> Result:
        config = ("--config", str(tmp_path / "switchhook.toml"))
        done = CliRunner(env=environ).invoke(group, [*config, *words], input=piped)
        assert done.exit_code == code, done.output
        return done

    run("init", "--data", str(tmp_path / "data"))
    return run


def in_store(tmp_path: Path, work: Callable[[Store], object]) -> object:
    async def inside() -> object:
        store = Store(load_settings(tmp_path / "switchhook.toml", {}).store.url.reveal())
        try:
            return await work(store)  # type: ignore[misc]
        finally:
            await store.close()

    return asyncio.run(inside())


def test_settings_are_said_and_taken_back(run: Run) -> None:
    assert "plugins restart" in run("plugins", "set", "book", "lines=7").stdout
    run("plugins", "set", "book", "key", piped="hunter\n")
    rows = {row["key"]: row for row in json.loads(run("plugins", "settings", "book", "--json").stdout)}
    assert (rows["lines"]["value"], rows["key"]["value"]) == ("7", "***")
    run("plugins", "unset", "book", "lines")
    rows = {row["key"]: row for row in json.loads(run("plugins", "settings", "book", "--json").stdout)}
    assert rows["lines"]["value"] == "5"
    assert "key is a secret" in run("plugins", "set", "book", "key=hunter", code=1).output
    assert "must lie between 1 and 9, not 70" in run("plugins", "set", "book", "lines=70", code=1).output
    assert "did you mean 'lines'" in run("plugins", "set", "book", "linse=7", code=1).output
    assert "did you mean 'book'" in run("plugins", "set", "bok", "lines=7", code=1).output


def test_a_plugin_without_which_the_portal_would_start_is_switched_off(run: Run, tmp_path: Path) -> None:
    listed = run("flows", "list", code=1).output
    assert "both bring the module 'same'" in listed
    run("plugins", "off", "twin")
    states = {row["name"]: row["state"] for row in json.loads(run("plugins", "list", "--json").stdout)}
    assert states == {"book": "active", "twin": "disabled"}
    run("plugins", "on", "twin")
    assert "twin" in run("plugins", "list").stdout
    run("plugins", "restart")
    state = in_store(tmp_path, lambda store: Directory(store, SystemClock()).load_routing())
    assert state.restarts == 1  # type: ignore[attr-defined]


def test_safe_mode_is_told(run: Run, tmp_path: Path) -> None:
    assert "safe mode" not in run("plugins", "list").stderr
    listed = run("plugins", "list", "--json", SWITCHHOOK_PLUGINS_SAFE="true")
    assert {row["reason"] for row in json.loads(listed.stdout)} == {"left out in safe mode"}
    assert "warning: safe mode: the settings ask for it" in listed.stderr
    start = PortalStart("sh1", SystemClock().now(), safe=True)
    in_store(tmp_path, lambda store: put_start(store, start))
    config = ["--config", str(tmp_path / "switchhook.toml")]
    assert "warn  safe mode" in CliRunner().invoke(group, [*config, "doctor"]).output
    in_store(tmp_path, lambda store: put_start(store, attrs.evolve(start, safe=False)))
    assert "safe mode" not in CliRunner().invoke(group, [*config, "doctor"]).output


def test_a_database_that_cannot_be_read_hides_no_plugin(run: Run, tmp_path: Path) -> None:
    run("plugins", "set", "book", "lines=7")
    (tmp_path / "data" / "switchhook.db").write_bytes(b"no database at all" * 100)
    listed = run("plugins", "list")
    assert "what the portal keeps about plugins cannot be read" in listed.stderr
    assert "book" in listed.stdout
