"""Takes Asterisk's spool into the store: each event once, whatever breaks in between (REL19)."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import attrs
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert

from ..clock import Clock
from . import tables
from .cel import CelRow, CelText
from .engine import Store
from .upsert import once

SETTLE: Final = timedelta(seconds=2)
"""How long a renamed spool rests: Asterisk opens it for each event anew, so none writes to it any more."""
_ROTATED: Final = ".{:%Y%m%dT%H%M%S%f}.rotated"
_STAMP: Final = re.compile(r"\.(\d{8}T\d{12})\.rotated$")
_CHUNK: Final = 500
MOST_ROTATED: Final = 20
"""Renamed files that may wait to be taken in before no more are renamed."""


@attrs.frozen
class Imported:
    """What one run took in: events that were new, and lines put aside because they are no event."""

    rows: int = 0
    bad_lines: int = 0


@attrs.frozen
class CelImport:
    """Imports the spool file ``spool`` (which need not exist yet), read by ``read``.

    Bad lines are kept in ``<name>.bad`` beside it and reported as a fault.
    With ``keep`` an imported file is renamed to ``<name>.imported``, else
    deleted. Two imports of one spool at the same time do no harm.
    """

    store: Store
    clock: Clock
    spool: Path
    read: Callable[[bytes], CelText]
    settle: timedelta = SETTLE
    keep: bool = False

    async def run(self) -> Imported:
        """Rename the spool, and take in every file that was renamed at least ``settle`` ago.

        To be called again and again; may be killed at any moment. Raises
        :class:`~switchhook.store.engine.StoreAway` with the files untouched,
        and ``OSError`` when they cannot be read or renamed.
        """
        await asyncio.to_thread(self._rotate)
        done = [await self._take(file) for file in await asyncio.to_thread(self._settled)]
        return Imported(sum(one.rows for one in done), sum(one.bad_lines for one in done))

    def _rotate(self) -> None:
        if len(self._rotated()) >= MOST_ROTATED:
            return  # nobody takes them in, while the database is away: Asterisk goes on with the file it has
        moment = self.clock.now().astimezone(UTC)
        target = self.spool.with_name(self.spool.name + _ROTATED.format(moment))
        # Never onto a file that is there (a clock set back): it waits for the next run.
        if not target.exists():
            with suppress(FileNotFoundError):
                self.spool.rename(target)

    def _settled(self) -> list[Path]:
        before = self.clock.now() - self.settle
        found = []
        for file in self._rotated():
            stamp = _STAMP.search(file.name)
            if stamp and datetime.strptime(stamp[1], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC) <= before:
                found.append(file)
        return found

    def _rotated(self) -> list[Path]:
        return sorted(self.spool.parent.glob(f"{self.spool.name}.*.rotated"))

    async def _take(self, file: Path) -> Imported:
        try:
            text = self.read(await asyncio.to_thread(file.read_bytes))
        except FileNotFoundError:
            return Imported()  # another import was quicker
        if text.bad:
            await asyncio.to_thread(_put_aside, file.with_suffix(".bad"), text.bad)
        async with self.store.write() as conn:
            new = 0
            for start in range(0, len(text.rows), _CHUNK):
                new += await _insert(conn, text.rows[start : start + _CHUNK])
            if text.bad:
                await self._report(conn, file, len(text.bad))
        await asyncio.to_thread(self._put_away, file)
        return Imported(new, len(text.bad))

    async def _report(self, conn: AsyncConnection, file: Path, count: int) -> None:
        known = select(tables.fault.c.id).where(tables.fault.c.plugin == "switchhook", tables.fault.c.hook == file.name)
        if (await conn.execute(known)).first() is not None:
            return
        message = f"{count} lines of Asterisk's event log are no event and were put aside in {file.stem}.bad"
        row = {"plugin": "switchhook", "hook": file.name, "kind": "wrong_result", "at": self.clock.now()}
        await conn.execute(insert(tables.fault).values(**row, message=message))

    def _put_away(self, file: Path) -> None:
        with suppress(FileNotFoundError):
            if self.keep:
                file.rename(file.with_suffix(".imported"))
            else:
                file.unlink()


async def _insert(conn: AsyncConnection, rows: Sequence[CelRow]) -> int:
    """How many of the rows were new."""
    if not rows:
        return 0
    values = [{"key": key, **attrs.asdict(row)} for key, row in {row.key: row for row in rows}.items()]
    return len((await conn.execute(_new_row(conn.dialect.name), values)).all())


@cache
def _new_row(dialect: str) -> ReturningInsert[tuple[str]]:
    """Built once, and given its rows apart: compiling a statement with the rows in it costs far more than running it."""
    return once(dialect, tables.cel_row).returning(tables.cel_row.c.key)


def _put_aside(file: Path, lines: Sequence[bytes]) -> None:
    """Whole or not at all, and the same when done twice."""
    part = file.with_suffix(f".part{os.getpid()}")
    with part.open("wb") as out:
        out.writelines(line + b"\n" for line in lines)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)
