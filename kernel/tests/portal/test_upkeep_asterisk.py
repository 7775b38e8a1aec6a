"""A long log of Asterisk's is put aside, and a real Asterisk goes on in a new one."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from switchhook.asterisk.configured import asterisk_paths, asterisk_process, render_for, write_configuration
from switchhook.asterisk.place import find_asterisk
from switchhook.clock import SystemClock
from switchhook.config import Settings, default_toml, load_settings, make_secrets
from switchhook.portal import upkeep as upkeep_module
from switchhook.portal.upkeep import Upkeep
from switchhook.store.engine import Store


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def settings() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="switchhook-test-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # Asterisk's own account has to get there
        make_secrets(directory)
        file = directory / "switchhook.toml"
        file.write_text(default_toml(directory, ami_port=free_port(), sip_port=free_port()))
        yield load_settings(file, {})


@pytest.fixture
async def store(settings: Settings, sqlite_template: Path) -> AsyncIterator[Store]:
    shutil.copy(sqlite_template, settings.data_dir / "switchhook.db")
    store = Store(settings.store.url.reveal())
    yield store
    await store.close()


def log_of(settings: Settings) -> Path:
    log = Path(asterisk_paths(settings).log)
    log.mkdir(parents=True, exist_ok=True)
    return log / "messages.log"


@pytest.mark.asterisk
async def test_a_running_asterisk_begins_a_new_log(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_configuration(settings, render_for(settings, find_asterisk(settings)))
    process = asterisk_process(settings)
    await process.start()
    try:
        log = log_of(settings)
        first = log.stat()
        monkeypatch.setattr(upkeep_module, "TURN", 0)
        await Upkeep(settings, store, SystemClock()).old()
        (aside,) = log.parent.glob("messages.log.*.old")
        assert aside.stat().st_ino == first.st_ino
        assert log.stat().st_ino != first.st_ino
    finally:
        await process.stop()


@pytest.mark.asterisk
async def test_one_that_does_not_run_is_no_fault_and_a_short_log_stays(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    upkeep = Upkeep(settings, store, SystemClock())
    log = log_of(settings)
    log.write_text("a warning\n")
    await upkeep.old()
    assert log.exists()
    monkeypatch.setattr(upkeep_module, "TURN", len("a warning\n"))
    await upkeep.old()
    (aside,) = log.parent.iterdir()
    assert aside.match("messages.log.*.old")
    assert aside.read_text() == "a warning\n"
