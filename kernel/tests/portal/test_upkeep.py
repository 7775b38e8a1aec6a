"""A portal that runs for years: the disk is watched, files and the database's log stay short, old calls go."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from sqlalchemy import insert, select
from structlog.testing import capture_logs

from switchhook import hookspecs
from switchhook.alerts.inbox import Alerts
from switchhook.asterisk.configured import asterisk_paths
from switchhook.clock import SetClock, SystemClock
from switchhook.config import Secret, Settings, default_toml, load_settings, make_secrets
from switchhook.config import Store as StoreSettings
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.loader import LoadedPlugin, Source
from switchhook.dispatch.spec import specs_in
from switchhook.errors import ConfigError
from switchhook.portal import housekeeping as housekeeping_module
from switchhook.portal import upkeep as upkeep_module
from switchhook.portal.disk_guard import AGAIN, BALLAST, DiskGuard
from switchhook.portal.housekeeping import Housekeeping
from switchhook.portal.upkeep import Upkeep
from switchhook.store import tables
from switchhook.store.engine import Store, StoreAway

NOW = datetime(2031, 6, 1, tzinfo=UTC)
OLD = NOW - timedelta(days=91)
GB = 1 << 30


@pytest.fixture
def settings(tmp_path: Path, store_url: str) -> Settings:
    make_secrets(tmp_path)
    file = tmp_path / "switchhook.toml"
    file.write_text(default_toml(tmp_path))
    return attrs.evolve(load_settings(file, {}), store=StoreSettings(url=Secret(store_url)))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def upkeep(settings: Settings, store: Store, clock: SetClock) -> Upkeep:
    return Upkeep(settings, store, clock)


def free(monkeypatch: pytest.MonkeyPatch, part: float, total: int = 20 * GB) -> None:
    usage = shutil._ntuple_diskusage(total, int(total * (1 - part)), int(total * part))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)


def written(file: Path, at: datetime = NOW) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("a line\n")
    os.utime(file, (at.timestamp(), at.timestamp()))
    return file


def levels(logs: list) -> list[str]:
    return [entry["log_level"] for entry in logs]


# -- the disk -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "total", "level"),
    [
        (0.11, 20 * GB, "ample"),
        (0.09, 20 * GB, "low"),
        (0.04, 20 * GB, "scarce"),
        (0.01, 20 * GB, "full"),
        (0.09, 1000 * GB, "ample"),  # 90 GB are free: nobody is to be alarmed by a large disk
        (0.001, 1000 * GB, "scarce"),
    ],
)
def test_how_much_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: float, total: int, level: str) -> None:
    free(monkeypatch, part, total)
    assert DiskGuard(tmp_path, SetClock(NOW)).look() == level


def test_the_reserve_is_laid_down_while_there_is_room_and_given_up_for_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = DiskGuard(tmp_path, SetClock(NOW))
    free(monkeypatch, 0.5)
    guard.look()
    assert not guard.ballast.exists()  # a disk with room needs none
    free(monkeypatch, 0.09)
    guard.look()
    assert guard.ballast.stat().st_blocks * 512 >= BALLAST  # really taken, not a file of holes
    free(monkeypatch, 0.04)
    guard.look()
    assert guard.ballast.exists()
    free(monkeypatch, 0.01)
    guard.look()
    assert list(tmp_path.iterdir()) == []


def test_a_reserve_that_cannot_be_had_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    free(monkeypatch, 0.09)
    assert DiskGuard(tmp_path, SetClock(NOW)).look() == "low"
    assert list(tmp_path.iterdir()) == []


def test_the_operator_hears_of_each_change_and_once_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock(NOW)
    guard = DiskGuard(tmp_path, clock)
    with capture_logs() as logs:
        for part, seconds in ((0.5, 0), (0.04, 1), (0.04, 1), (0.01, 1), (0.01, 1), (0.01, AGAIN), (0.5, 1), (0.5, 1)):
            clock.elapsed += seconds
            free(monkeypatch, part)
            guard.look()
    assert levels(logs) == ["error", "critical", "critical", "info"]
    assert logs[0]["directory"] == str(tmp_path)
    assert logs[0]["free"] == int(20 * GB * 0.04)


async def test_copies_of_records_are_given_up_when_the_disk_is_nearly_full(
    upkeep: Upkeep, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = written(Path(asterisk_paths(settings).cdr_spool))
    written(spool.with_name(f"{spool.name}.20310101T000000000000.old"))
    free(monkeypatch, 0.09)
    await upkeep.disk()
    assert len(list(spool.parent.iterdir())) == 2
    free(monkeypatch, 0.04)
    await upkeep.disk()
    assert list(spool.parent.iterdir()) == [spool]


# -- what is old --------------------------------------------------------------------------------------------------


async def add_call(store: Store, call: str, arrived: datetime) -> None:
    async with store.write() as conn:
        await conn.execute(insert(tables.call).values(id=call, tenant="acme", arrived=arrived, ended=arrived))


async def calls(store: Store) -> list[str]:
    async with store.read() as conn:
        return sorted((await conn.execute(select(tables.call.c.id))).scalars())


async def test_calls_and_files_older_than_the_settings_say_go(upkeep: Upkeep, settings: Settings, store: Store) -> None:
    await add_call(store, "old", OLD)
    await add_call(store, "young", NOW - timedelta(days=89))
    cdr, cel = Path(asterisk_paths(settings).cdr_spool), Path(asterisk_paths(settings).cel_spool)
    kept = cdr.with_name(f"{cdr.name}.2.old"), cel.with_name(f"{cel.name}.2.bad"), cel
    gone = cdr.with_name(f"{cdr.name}.1.old"), cel.with_name(f"{cel.name}.1.bad"), cdr
    for file, at in [*((file, NOW) for file in kept), *((file, OLD) for file in gone)]:
        written(file, at)
    with capture_logs() as logs:
        await upkeep.old()
    assert await calls(store) == ["young"]
    assert sorted([*cdr.parent.iterdir(), *cel.parent.iterdir()]) == sorted(kept)
    assert [(entry["calls"], entry["log_level"]) for entry in logs] == [(1, "info")]


async def test_asterisks_second_record_is_put_aside_so_that_no_file_grows_for_ever(
    upkeep: Upkeep, settings: Settings
) -> None:
    cdr = written(Path(asterisk_paths(settings).cdr_spool))
    await upkeep.old()
    (aside,) = cdr.parent.iterdir()
    assert aside.name == f"{cdr.name}.20310601T000000000000.old"
    assert aside.read_text() == "a line\n"


async def test_nothing_goes_when_calls_are_kept_for_good(settings: Settings, store: Store, clock: SetClock) -> None:
    for_good = attrs.evolve(settings, portal=attrs.evolve(settings.portal, keep_days=0))
    await add_call(store, "old", OLD)
    await Upkeep(for_good, store, clock).old()
    assert await calls(store) == ["old"]


async def test_a_damaged_database_is_said_and_left_as_it_is(
    upkeep: Upkeep, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def found(_: Store) -> str:
        return "Tree 7 page 7: btreeInitPage() returns error code 11"

    monkeypatch.setattr(Store, "damage", found)
    await add_call(store, "old", OLD)
    with capture_logs() as logs:
        await upkeep.old()
    assert levels(logs) == ["critical"]
    assert "restore a backup" in logs[0]["event"]
    assert await calls(store) == ["old"]


def test_a_number_of_days_that_cannot_be_meant(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    file = tmp_path / "switchhook.toml"
    file.write_text(default_toml(tmp_path).replace("[portal]", "[portal]\nkeep_days = -1"))
    with pytest.raises(ConfigError, match=r"portal\.keep_days: expected 0 \(for good\) to 36500"):
        load_settings(file, {})


# -- SQLite's log -------------------------------------------------------------------------------------------------


async def test_the_database_log_is_emptied_at_a_quiet_moment_or_when_it_has_grown(
    upkeep: Upkeep, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_call(store, "a", NOW)
    before = store.log_bytes()
    await upkeep.log(quiet=False)
    assert store.log_bytes() == before
    monkeypatch.setattr(upkeep_module, "GROWN", before)
    await upkeep.log(quiet=False)
    assert store.log_bytes() == 0
    await add_call(store, "b", NOW)
    await upkeep.log(quiet=True)
    assert store.log_bytes() == 0


async def test_a_log_that_cannot_be_emptied_is_said_when_it_has_doubled(
    upkeep: Upkeep, store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_module, "STUCK", 1)
    await add_call(store, "a", NOW)
    if store.dialect == "postgresql":
        with capture_logs() as logs:
            await upkeep.log(quiet=True)
        assert logs == []
        return
    with closing(sqlite3.connect(store_url.removeprefix("sqlite:///"), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM call").fetchall()
        await add_call(store, "b", NOW)
        with capture_logs() as logs:
            await upkeep.log(quiet=True)
            await upkeep.log(quiet=True)
        assert levels(logs) == ["error"]
    await upkeep.log(quiet=True)
    assert store.log_bytes() == 0


# -- all together -------------------------------------------------------------------------------------------------


async def test_a_disk_that_refuses_a_configuration_does_not_end_the_portal(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, twice = [], asyncio.Event()

    async def refuse(*_: object) -> bool:
        tries.append(1)
        if len(tries) == 2:
            twice.set()
        raise ConfigError("the configuration cannot be written: No space left on device")

    monkeypatch.setattr(housekeeping_module, "put_configuration", refuse)
    monkeypatch.setattr(housekeeping_module, "find_asterisk", lambda _: None)
    hooks = Dispatcher(specs_in(hookspecs), {}, Breaker(SystemClock(), lambda fault: None))
    running = asyncio.create_task(Housekeeping(settings, store, SystemClock(), hooks).run())
    tried = asyncio.create_task(twice.wait())
    done, _ = await asyncio.wait([running, tried], timeout=60, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, tried):
        task.cancel()
    await asyncio.wait([running, tried])
    assert done == {tried}


async def test_housekeeping_looks_after_disk_and_log(settings: Settings, store: Store, monkeypatch) -> None:
    seen: dict[str, asyncio.Event] = {name: asyncio.Event() for name in ("disk", "log", "said", "old")}
    for name, event in seen.items():
        monkeypatch.setattr(Upkeep, name, lambda *_, event=event, **__: asyncio.sleep(0, event.set()))
    monkeypatch.setattr(housekeeping_module, "OLD_FIRST", 0)
    hooks = Dispatcher(specs_in(hookspecs), {}, Breaker(SystemClock(), lambda fault: None))
    running = asyncio.create_task(Housekeeping(settings, store, SystemClock(), hooks).run())
    async with asyncio.timeout(60):
        for event in seen.values():
            await event.wait()
    running.cancel()
    await asyncio.wait([running])


async def test_a_plugin_that_cannot_be_used_is_told_of_when_the_database_is_back(
    settings: Settings, store: Store, monkeypatch
) -> None:
    told, tries = asyncio.Event(), iter([StoreAway("locked")])

    async def raised(*_: object, **__: object) -> None:
        for away in tries:
            raise away
        told.set()

    monkeypatch.setattr(Alerts, "raise_", raised)
    monkeypatch.setattr(housekeeping_module, "LOG_EVERY", 0.01)
    hooks = Dispatcher(specs_in(hookspecs), {}, Breaker(SystemClock(), lambda fault: None))
    broken = LoadedPlugin(Source("fax", lambda: None), "quarantined", "no module named fax")
    running = asyncio.create_task(Housekeeping(settings, store, SystemClock(), hooks, None, [broken]).run())
    async with asyncio.timeout(60):
        await told.wait()
    assert not running.done()
    running.cancel()
    await asyncio.wait([running])
