"""SQLite's file, and the connections to it."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolResetState

_PRAGMAS: Final = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)


def sqlite_engine(url: URL, begin: str, *, size: int, wait: float) -> AsyncEngine:
    """Connections to a file; each transaction begins by ``begin``, and waits ``wait`` seconds for a connection."""
    engine = create_async_engine(url, pool_size=size, max_overflow=0, pool_timeout=wait, pool_reset_on_return=None)

    @event.listens_for(engine.sync_engine, "do_connect")
    def can_be_opened(*_: object) -> None:
        # aiosqlite leaves a thread behind when it cannot open a file, which then trips over a closed event loop.
        file = url.database or ""
        if not os.path.exists(file):
            with suppress(OSError):  # told by the line below, in SQLite's words
                lay(Path(file))
        sqlite3.connect(file).close()

    _make_do_with_few_turns(engine.sync_engine, begin)
    return engine


def _make_do_with_few_turns(engine: Engine, begin: str) -> None:
    """Have transactions begin as they should, in one turn, and end once.

    Each turn of a connection's thread costs more than what SQLite does in it.
    """

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        # The driver must not begin by itself: only so DDL is part of the transaction (libraries.md §0.4).
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        try:  # SQLAlchemy's own cursor would take three turns
            connection.connection.dbapi_connection.run_async(lambda driver: driver.execute(begin))
        except sqlite3.Error as error:
            raise OperationalError(begin, None, error) from error

    @event.listens_for(engine, "reset")
    def given_back(connection: Any, _: object, state: PoolResetState) -> None:
        if not state.terminate_only and connection.driver_connection.in_transaction:  # its end failed
            connection.rollback()


def log_of(url: URL) -> Path:
    """The file of the write-ahead log."""
    return Path(f"{url.database}-wal")


def lay(file: Path) -> None:
    """An empty database that appears whole, with its write-ahead log switched on.

    SQLite waits for nobody when two processes switch the log on at once: one
    of them would find the database locked. It will hold callers' numbers;
    what SQLite puts beside it gets the same rights.
    """
    with tempfile.TemporaryDirectory(prefix=f".{file.name}-", dir=file.parent) as aside:
        laid = Path(aside) / file.name
        os.close(os.open(laid, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(laid)) as conn:
            conn.execute("PRAGMA journal_mode = WAL")
        with suppress(FileExistsError):  # another process was faster
            os.link(laid, file)


def size_of(file: Path) -> int:
    """Bytes of a file, 0 where there is none."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def fsync(file: Path) -> None:
    """Have what was written to a file on the disk; one that was emptied and is gone is."""
    try:
        handle = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checkpoint(url: URL) -> int:
    """Empty the write-ahead log unless somebody reads or writes, and give the bytes it has afterwards."""
    log = log_of(url)
    if size_of(log):
        with (
            closing(sqlite3.connect(url.database or "", timeout=0, isolation_level=None)) as conn,
            suppress(sqlite3.OperationalError),  # locked: it is not a quiet moment
        ):
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return size_of(log)
