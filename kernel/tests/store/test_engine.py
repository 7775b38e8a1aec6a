from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
import tempfile
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import insert, select, text

from switchhook.errors import ConfigError
from switchhook.store import engine
from switchhook.store.engine import Store, StoreAway
from switchhook.store.migrations import migrate
from switchhook.store.tables import change_stamp, fault


async def stamps(store: Store) -> dict[str, int]:
    async with store.read() as conn:
        return {row.tenant: row.value for row in await conn.execute(select(change_stamp))}


async def test_a_write_is_there_for_the_next_reader(store: Store) -> None:
    async with store.write() as conn:
        await conn.execute(insert(change_stamp).values(tenant="a", value=1))
    assert await stamps(store) == {"a": 1}


async def test_an_exception_leaves_nothing_behind(store: Store) -> None:
    async def half() -> None:
        async with store.write() as conn:
            await conn.execute(insert(change_stamp).values(tenant="a", value=1))
            raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        await half()
    assert await stamps(store) == {}


async def test_a_transaction_whose_end_failed_is_not_in_the_way_of_the_next(tmp_path, monkeypatch) -> None:
    store = Store(f"sqlite:///{tmp_path / 'db'}")
    await migrate(store)

    async def fails(_: aiosqlite.Connection) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    async def one(tenant: str) -> None:
        async with store.write() as conn:
            await conn.execute(insert(change_stamp).values(tenant=tenant, value=1))

    with monkeypatch.context() as broken:
        broken.setattr(aiosqlite.Connection, "commit", fails)
        with pytest.raises(StoreAway):
            await one("a")
    await one("b")
    assert await stamps(store) == {"b": 1}
    await store.close()


async def test_a_short_read_takes_few_turns_of_its_connections_thread(tmp_path, monkeypatch) -> None:
    """What the portal does without calls is short reads; each turn costs more than what SQLite does in it."""
    store = Store(f"sqlite:///{tmp_path / 'db'}")
    await migrate(store)
    assert await stamps(store) == {}  # connected
    turns, execute = [], aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, work: Any, *given: Any, **more: Any) -> Any:
        turns.append(work)
        return await execute(self, work, *given, **more)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    assert await stamps(store) == {}
    assert len(turns) <= 6  # begin, cursor, execute, fetch, close, commit
    await store.close()


@pytest.mark.parametrize("turns", range(12))
async def test_cancellation_at_any_await_keeps_both_rows_or_none(store: Store, turns: int) -> None:
    """F20: a cancelled execute still ran, and another task's commit kept it."""

    async def two_rows() -> None:
        async with store.write() as conn:
            await conn.execute(insert(change_stamp).values(tenant="a", value=1))
            await conn.execute(insert(change_stamp).values(tenant="b", value=1))

    task = asyncio.create_task(two_rows())
    for _ in range(turns):
        await asyncio.sleep(0.0008)
        if task.done():
            break
    task.cancel()
    done = await asyncio.gather(task, return_exceptions=True)
    async with store.write() as conn:
        await conn.execute(insert(change_stamp).values(tenant="other", value=1))
    kept = await stamps(store)
    kept.pop("other")
    assert kept in ({}, {"a": 1, "b": 1})
    if done == [None]:
        assert kept == {"a": 1, "b": 1}


async def test_a_cancelled_statement_never_becomes_part_of_another_transaction(store: Store) -> None:
    inside = asyncio.Event()

    async def stays_open() -> None:
        async with store.write() as conn:
            await conn.execute(insert(change_stamp).values(tenant="a", value=1))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stays_open())
    await inside.wait()
    other = asyncio.create_task(_insert(store, "b"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await other
    assert await stamps(store) == {"b": 1}


async def _insert(store: Store, tenant: str) -> None:
    async with store.write() as conn:
        await conn.execute(insert(change_stamp).values(tenant=tenant, value=1))


async def test_a_reader_sees_one_snapshot_and_blocks_nobody(store: Store) -> None:
    async with store.read() as conn:
        assert (await conn.execute(select(change_stamp))).all() == []
        await asyncio.wait_for(_insert(store, "a"), 5)
        assert (await conn.execute(select(change_stamp))).all() == []
    assert await stamps(store) == {"a": 1}


async def test_writers_of_one_process_queue_in_order(store: Store) -> None:
    await asyncio.gather(*(_insert(store, f"t{i:02}") for i in range(30)))
    assert len(await stamps(store)) == 30


def _write_in_another_process(url: str, name: str, rows: int) -> None:
    async def work() -> None:
        store = Store(url)
        for i in range(rows):
            await _insert(store, f"{name}-{i}")
        await store.close()

    asyncio.run(work())


async def test_several_processes_write_the_same_database(store: Store, store_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_in_another_process, args=(store_url, f"p{i}", 25)) for i in range(2)]
    for writer in writers:
        writer.start()
    for i in range(25):
        await _insert(store, f"here-{i}")
    for writer in writers:
        await asyncio.to_thread(writer.join, 60)
        assert writer.exitcode == 0
    assert len(await stamps(store)) == 75


async def test_times_come_back_in_utc_to_the_microsecond(store: Store) -> None:
    berlin = timezone(timedelta(hours=1))
    at = datetime(2026, 11, 24, 17, 0, 0, 123456, tzinfo=berlin)
    async with store.write() as conn:
        await conn.execute(insert(fault).values(tenant="", plugin="x", at=at, message="m"))
    async with store.read() as conn:
        back = (await conn.execute(select(fault.c.at))).scalar_one()
    assert back == at
    assert back.tzinfo is UTC


async def test_a_time_without_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="needs a time zone"):
        async with store.write() as conn:
            await conn.execute(insert(fault).values(tenant="", plugin="x", at=datetime(2026, 1, 1), message="m"))  # noqa: DTZ001


async def test_sqlite_is_set_up_for_several_processes(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/x.db")
    async with store.write() as conn:
        found = [
            (await conn.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    await store.close()
    assert found == ["wal", 1, 1, 5000]


async def test_a_database_that_is_not_there_is_away(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/no/such/dir/x.db", f"postgresql://postgres@/x?host={tmp_path}"):
        store = Store(url)
        with pytest.raises(StoreAway):
            async with store.write():
                pass
        with pytest.raises(StoreAway):
            async with store.read():
                pass
        await store.close()


async def test_a_file_that_cannot_be_opened_leaves_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver's thread told its end to an event loop that might be closed by then."""
    started: list[threading.Thread] = []
    monkeypatch.setattr(threading.Thread, "start", started.append)
    store = Store(f"sqlite:///{tmp_path}/no/such/dir/x.db")
    with pytest.raises(StoreAway):
        await asyncio.wait_for(_insert(store, "a"), 5)
    await store.close()
    assert not started


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_an_unusable_url_is_refused_with_words(url: str) -> None:
    with pytest.raises(ConfigError):
        Store(url)


async def test_the_log_of_sqlite_is_emptied_and_shortened(store: Store) -> None:
    async with store.write() as conn:
        await conn.execute(insert(change_stamp).values(tenant="a", value=1))
    if store.dialect == "sqlite":
        assert store.log_bytes() > 0
    assert await store.checkpoint() == 0
    assert store.log_bytes() == 0
    assert await stamps(store) == {"a": 1}


async def test_nobody_is_kept_waiting_for_the_log_to_be_emptied(store: Store) -> None:
    """A reader forbids it; the reader goes on, and so does whoever writes."""
    if store.dialect != "sqlite":
        assert await store.checkpoint() == 0
        return
    async with store.write() as conn:
        await conn.execute(insert(change_stamp).values(tenant="a", value=1))
    async with store.read() as reader:
        before = (await reader.execute(select(change_stamp))).all()
        async with store.write() as conn:
            await conn.execute(insert(change_stamp).values(tenant="b", value=1))
            assert await store.checkpoint() > 0
        assert await store.checkpoint() > 0
        assert (await reader.execute(select(change_stamp))).all() == before
    assert await store.checkpoint() == 0


def overwrite_a_page(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: 3 * 4096] + b"\xff" * 4096 + content[4 * 4096 :])


async def test_damage_is_found(store: Store, store_url: str) -> None:
    assert await store.damage() == ""
    if store.dialect == "postgresql":
        return
    await store.close()
    overwrite_a_page(Path(store_url.removeprefix("sqlite:///")))
    assert "Page 4" in await store.damage()


def modes(directory: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in directory.iterdir()}


async def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Callers' numbers are in it. What SQLite puts beside it gets the same rights."""
    store = Store(f"sqlite:///{tmp_path}/new.db")
    async with store.write() as conn:
        await conn.execute(text("CREATE TABLE a (b)"))
    found = modes(tmp_path)
    await store.close()
    assert found == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)


class Mute:
    """Stands before a PostgreSQL and, once told to, passes nothing on any more: a network that lost the way."""

    def __init__(self, real: Path) -> None:
        self.real = real
        self.silent = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_read, to_write = await asyncio.open_unix_connection(self.real)
        await asyncio.gather(self._pass_on(reader, to_write), self._pass_on(to_read, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if not self.silent:
                    writer.write(data)
            writer.close()


@pytest.mark.parametrize("busy", ["in a transaction", "before one"])
async def test_a_database_that_says_nothing_any_more_is_away(postgresql, monkeypatch, busy: str) -> None:
    monkeypatch.setattr(engine, "ANSWER", 0.5)
    with tempfile.TemporaryDirectory(prefix="sh-mute-", dir="/tmp") as directory:
        mute = Mute(postgresql.dir / ".s.PGSQL.5432")
        server = await asyncio.start_unix_server(mute.serve, Path(directory, ".s.PGSQL.5432"))
        store = Store(f"postgresql://postgres@/template1?host={directory}")
        async with store.write() as conn:
            assert (await conn.execute(text("SELECT 1"))).scalar() == 1
        mute.silent = busy == "before one"

        async def ask() -> None:
            async with store.write() as conn:
                mute.silent = True
                await conn.execute(text("SELECT 1"))

        with pytest.raises(StoreAway):
            await asyncio.wait_for(ask(), 30)
        async with asyncio.timeout(30):
            await store.close()
        server.close()
