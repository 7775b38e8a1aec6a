"""What the doctor finds at a database: a real one of each kind, broken in each way."""

import os
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import attrs
import pytest

from switchhook.config import Secret, Settings, Store, default_toml, load_settings, make_secrets
from switchhook.portal.diagnosis.database_checks import database
from switchhook.portal.diagnosis.examined import Check
from switchhook.store.plugin_migrations import PluginMigrations

KERNEL_TABLES = "database tables"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    make_secrets(tmp_path)
    file = tmp_path / "switchhook.toml"
    file.write_text(default_toml(tmp_path))
    return load_settings(file, {})


def looked(settings: Settings, url: str, *plugins: PluginMigrations) -> dict[str, Check]:
    """Findings by name; each that is not well says how to mend it."""
    found = database(attrs.evolve(settings, store=Store(url=Secret(url))), plugins)
    assert all((check.state == "ok") == (not check.mend) for check in found)
    return {check.name: check for check in found}


def change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as conn:
        for statement in statements:
            conn.execute(statement)
        conn.commit()


def empty(directory: Path, postgresql) -> Iterator[str]:
    (directory / "empty.db").touch()
    yield f"sqlite:///{directory}/empty.db"
    yield postgresql.url("template1")


def test_a_sound_one_passes(settings: Settings, store, store_url: str) -> None:
    found = looked(settings, store_url)
    assert list(found) == ["database", "database file", KERNEL_TABLES, "database writing"]
    assert {check.state for check in found.values()} == {"ok"}


def test_looking_leaves_nothing_behind(settings: Settings, tmp_path: Path, sqlite_template: Path) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(sqlite_template.read_bytes())
    before = sorted(os.walk(tmp_path)), file.read_bytes()
    looked(settings, f"sqlite:///{file}")
    assert (sorted(os.walk(tmp_path)), file.read_bytes()) == before


def test_no_file_is_not_made(settings: Settings, tmp_path: Path) -> None:
    check = looked(settings, f"sqlite:///{tmp_path}/none.db")["database"]
    assert (check.state, check.found) == ("fail", f"there is no {tmp_path}/none.db")
    assert "restore a backup" in check.mend
    assert "switchhook init" in check.mend
    assert not (tmp_path / "none.db").exists()


def test_a_file_that_is_no_database(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, but a long text\n" * 100)
    check = looked(settings, f"sqlite:///{tmp_path}/text.db")["database"]
    assert (check.state, "file is not a database" in check.found) == ("fail", True)
    assert "back-up.md" in check.mend


def test_a_damaged_file(settings: Settings, tmp_path: Path, sqlite_template: Path) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(sqlite_template.read_bytes())
    change(file, "INSERT INTO tenant (id, name, created) VALUES ('a', 'A', '2031-01-01')")
    with closing(sqlite3.connect(file)) as conn:
        page = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tenant'").fetchone()[0]
        size = conn.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray(file.read_bytes())
    content[(page - 1) * size : (page - 1) * size + 200] = b"\xff" * 200
    file.write_bytes(content)
    check = looked(settings, f"sqlite:///{file}")["database file"]
    assert (check.state, check.found.startswith("it is damaged: ")) == ("fail", True)
    assert "restore a backup" in check.mend


def test_tables_that_are_not_made_yet(settings: Settings, tmp_path: Path, postgresql) -> None:
    for url in empty(tmp_path, postgresql):
        found = looked(settings, url)
        assert (found[KERNEL_TABLES].state, "restart the portal" in found[KERNEL_TABLES].mend) == ("warn", True)
        assert "database writing" not in found


def test_tables_of_a_newer_version(settings: Settings, tmp_path: Path, sqlite_template: Path) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(sqlite_template.read_bytes())
    change(file, "UPDATE alembic_version_kernel SET version_num = 'kernel_9999'")
    check = looked(settings, f"sqlite:///{file}")[KERNEL_TABLES]
    assert (check.state, "install the version they belong to" in check.mend) == ("fail", True)


def test_tables_of_a_plugin_that_are_not_made_yet(settings: Settings, store, store_url: str, tmp_path: Path) -> None:
    (tmp_path / "0001.py").write_text('revision = "billing_0001"\ndown_revision = None\n')
    check = looked(settings, store_url, PluginMigrations("billing", tmp_path))["tables of billing"]
    assert (check.state, "restart the portal" in check.mend) == ("warn", True)


def test_a_file_that_stays_locked(
    settings: Settings, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchhook.store.sqlite_file._PRAGMAS", ("PRAGMA busy_timeout = 1",))
    file = tmp_path / "store.db"
    file.write_bytes(sqlite_template.read_bytes())
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        check = looked(settings, f"sqlite:///{file}")["database writing"]
    assert (check.state, check.found) == ("fail", "database is locked")
    assert "end what keeps it locked" in check.mend


def test_a_server_that_only_reads(settings: Settings, postgresql, postgresql_template: str) -> None:
    """As a standby does."""
    postgresql.sql(f"CREATE DATABASE readers TEMPLATE {postgresql_template}")
    postgresql.sql("ALTER DATABASE readers SET default_transaction_read_only = on")
    check = looked(settings, postgresql.url("readers"))["database writing"]
    assert (check.state, "read-only transaction" in check.found) == ("fail", True)
    assert "use the primary server" in check.mend


def test_a_server_that_is_not_there_or_does_not_know_us(settings: Settings, postgresql) -> None:
    for url, said in (
        ("postgresql://switchhook:verysecret@127.0.0.1:1/switchhook", "connect call failed"),
        (postgresql.url("none"), 'database "none" does not exist'),
    ):
        check = looked(settings, url)["database"]
        assert check.state == "fail"
        assert said in check.found.lower()
        assert "postgresql.md" in check.mend
        assert "verysecret" not in check.found


def test_a_server_that_says_nothing_is_not_waited_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchhook.portal.diagnosis.database_checks._REACH_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        check = looked(settings, f"postgresql://a@127.0.0.1:{silent.getsockname()[1]}/a")["database"]
    assert (check.state, "no answer within" in check.found) == ("fail", True)


def test_a_driver_that_is_not_installed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    check = looked(settings, "postgresql://a@localhost/a")["database"]
    assert (check.state, check.mend) == ("fail", "pip install 'switchhook[postgresql]'")
