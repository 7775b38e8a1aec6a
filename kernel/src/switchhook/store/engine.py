"""The database behind the portal: SQLite by default, PostgreSQL by URL, the same code for both."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from types import TracebackType
from typing import Any, Final, TypeVar

from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ..errors import ConfigError, StoreError
from .sqlite_file import checkpoint, fsync, log_of, size_of, sqlite_engine

T = TypeVar("T")
DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_WAIT: Final = 10.0  # seconds for a connection of the pool
ANSWER: Final = 20.0
"""Seconds for PostgreSQL's answer to one statement: a server or network that says nothing must not be waited for."""
# Classes of SQLSTATE that say "not now": connection, resources, operator, lock or rollback, system.
_AWAY: Final = ("08", "53", "55", "57", "58", "40")


class StoreAway(StoreError):
    """The database cannot be used at this moment: locked, full, restarting or not reachable."""

    code = "store_away"


class Store:
    """The connections to one database.

    ``url`` is ``sqlite:///path`` or ``postgresql://user:password@host/name``;
    raises ``ConfigError`` for anything else. Nothing is opened before the
    first use. Several processes may use the same SQLite file.
    """

    def __init__(self, url: str) -> None:
        self._url = _driver_url(url)
        self.dialect: Final = self._url.get_backend_name()
        if self.dialect == "sqlite":
            # One writer a process: writers queue here, in order, instead of spinning on the file's lock.
            self._writing = sqlite_engine(self._url, "BEGIN IMMEDIATE", size=1, wait=_WAIT)
            self._reading = sqlite_engine(self._url, "BEGIN", size=5, wait=_WAIT)
            self._migrating = self._writing
        else:
            self._writing = _postgresql(self._url, isolation_level="READ COMMITTED", answer=ANSWER)
            self._migrating = _postgresql(self._url, isolation_level="READ COMMITTED", answer=None)
            # A snapshot, as SQLite gives it, so that several reads in one go belong together.
            self._reading = _postgresql(
                self._url, isolation_level="REPEATABLE READ", postgresql_readonly=True, answer=ANSWER
            )

    def write(self, *, patient: bool = False) -> _Transaction:
        """``async with store.write() as conn``: one transaction, committed at the end of the block.

        An exception, cancellation included, leaves nothing of it behind. Keep
        it short and never wait for a caller inside. Raises :class:`StoreAway`
        when the database cannot be had within 10 s, or does not answer a
        statement within 20 s; ``patient``, as migrations are, waits for an
        answer as long as it takes.
        """
        return _Transaction(self._migrating if patient else self._writing)

    def read(self) -> _Transaction:
        """``async with store.read() as conn``: a snapshot to read from, never blocked by writers."""
        return _Transaction(self._reading)

    def there(self) -> bool:
        """Whether there is a database at all; of PostgreSQL that is only known once it is asked."""
        return self.dialect != "sqlite" or os.path.isfile(self._url.database or "")

    def log_bytes(self) -> int:
        """How long SQLite's write-ahead log is, in bytes; 0 for PostgreSQL."""
        return size_of(log_of(self._url)) if self.dialect == "sqlite" else 0

    async def checkpoint(self) -> int:
        """Empty SQLite's write-ahead log, and give the bytes it has afterwards; PostgreSQL looks after its own.

        Not 0 when somebody reads or writes at this moment: nobody is kept
        waiting for it. Without it the log stays as long as it ever was.
        """
        return await asyncio.to_thread(checkpoint, self._url) if self.dialect == "sqlite" else 0

    async def on_disk(self) -> None:
        """Have what was committed survive a power failure as well; what PostgreSQL has committed does.

        SQLite puts that off until it empties its log, but for what must be there before something else is done.
        """
        if self.dialect == "sqlite":
            await asyncio.to_thread(fsync, log_of(self._url))

    async def damage(self) -> str:
        """What SQLite finds wrong with its file, empty when it is whole; reads all of it. PostgreSQL is not asked."""
        if self.dialect != "sqlite":
            return ""
        async with self.read() as conn:
            found = str((await conn.execute(text("PRAGMA quick_check(1)"))).scalar_one())
        return "" if found == "ok" else " ".join(found.split())

    async def close(self) -> None:
        """Give all connections back."""
        for engine in (self._writing, self._reading, self._migrating):
            await engine.dispose()


class _Transaction:
    """A transaction whose begin and end happen whole even when the task is cancelled meanwhile (F20)."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._conn: AsyncConnection | None = None

    async def __aenter__(self) -> AsyncConnection:
        with _NotNow():
            self._conn = conn = await _whole(self._open(), undo=AsyncConnection.close)
        return conn

    async def _open(self) -> AsyncConnection:
        conn = self._engine.connect()
        await conn.start()
        try:
            await conn.begin()
        except BaseException:
            await conn.close()
            raise
        return conn

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _NotNow(error):
            await _whole(self._finish(keep=error is None))

    async def _finish(self, *, keep: bool) -> None:
        conn = self._conn
        if conn is None:
            return
        try:
            if keep:
                await conn.commit()
        finally:
            await conn.close()  # rolls back what was not committed


async def _whole(work: Awaitable[T], undo: Any = None) -> T:
    """The result of ``work``, which is never cut in the middle: a cancellation is raised after it is through.

    ``undo`` is then called with its result.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
        except Exception:  # noqa: S110, BLE001, RUF100 - raised below, out of the task itself
            pass
    if cancelled is None:
        return task.result()
    if undo is not None and not task.cancelled() and task.exception() is None:
        await asyncio.shield(asyncio.ensure_future(undo(task.result())))
    raise cancelled


class _NotNow:
    """Turns "not now" of any driver into :class:`StoreAway`."""

    def __init__(self, passing: BaseException | None = None) -> None:
        self._passing = passing

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        error = error or self._passing
        if isinstance(error, Exception) and _is_away(error):
            raise StoreAway(f"the database cannot be used at this moment: {error}") from error


def _is_away(error: BaseException) -> bool:
    """Whether an error only says that the database cannot be used now, so that trying again may help."""
    if isinstance(error, OSError | PoolTimeout):
        return True
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", "") or "")
        return (
            error.connection_invalidated
            or state.startswith(_AWAY)
            or (not state and isinstance(error, OperationalError | InterfaceError) and _busy(error))
        )
    return str(getattr(error, "sqlstate", "") or "").startswith(_AWAY)


def _busy(error: StatementError) -> bool:
    name = getattr(getattr(error.orig, "__cause__", None) or error.orig, "sqlite_errorname", "")
    return not name or name.startswith(
        ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")
    )


def _driver_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError("the store's URL cannot be read; an example: sqlite:////var/lib/switchhook/db") from error
    backend = parsed.drivername.partition("+")[0]
    if backend not in DRIVERS:
        raise ConfigError(f"the store cannot be a {backend!r} database, only sqlite or postgresql", backend=backend)
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ConfigError("the store needs a file: several connections share it", url=str(parsed))
    return parsed.set(drivername=DRIVERS[backend])


def _postgresql(url: URL, *, answer: float | None, **options: Any) -> AsyncEngine:
    execution: dict[str, Any] = {key: options.pop(key) for key in ("postgresql_readonly",) if key in options}
    return create_async_engine(
        url,
        pool_size=5,
        max_overflow=5,
        pool_timeout=_WAIT,
        pool_pre_ping=True,
        connect_args={"timeout": _WAIT, "command_timeout": answer},
        execution_options=execution,
        **options,
    )
