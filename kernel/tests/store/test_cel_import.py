from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook.asterisk.cel import read_cel
from switchhook.clock import SetClock
from switchhook.store import cel_import, tables
from switchhook.store.cel_import import MOST_ROTATED, CelImport
from switchhook.store.engine import Store, StoreAway

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def line(n: int, kind: str = "CHAN_START") -> str:
    return f'"{kind}","1764000000.{n:06}","sh1-1764000000.{n}","sh1-1764000000.{n}","PJSIP/x","","from-trunk","1","","",""\n'


def write(spool: Path, text: str) -> None:
    spool.write_text(text)


def files(spool: Path) -> list[str]:
    return sorted(file.name for file in spool.parent.iterdir())


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    (tmp_path / "cel").mkdir()
    return tmp_path / "cel" / "switchhook.csv"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def importer(store: Store, clock: SetClock, spool: Path) -> CelImport:
    return CelImport(store, clock, spool, read_cel)


async def kept(store: Store) -> list[str]:
    async with store.read() as conn:
        return list((await conn.execute(select(tables.cel_row.c.channel).order_by(tables.cel_row.c.at))).scalars())


async def faults(store: Store) -> int:
    async with store.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(tables.fault))).scalar_one())


async def test_a_spool_is_renamed_rests_and_is_taken_in(importer: CelImport, clock: SetClock, spool: Path) -> None:
    assert (await importer.run()).rows == 0
    write(spool, line(1) + line(2))
    assert (await importer.run()).rows == 0
    (rotated,) = spool.parent.iterdir()
    with rotated.open("a") as late:  # Asterisk had it open when it was renamed
        late.write(line(3))
    write(spool, line(4))
    clock.advance(2)
    assert (await importer.run()).rows == 3
    clock.advance(2)
    assert (await importer.run()).rows == 1
    assert await kept(importer.store) == [f"sh1-1764000000.{n}" for n in (1, 2, 3, 4)]
    assert files(spool) == []


async def test_the_same_lines_again_are_nothing_new(importer: CelImport, clock: SetClock, spool: Path) -> None:
    for expected in (3, 1):
        write(spool, line(1) + line(2) + line(2) + line(3) + (line(9) if expected == 1 else ""))
        await importer.run()
        clock.advance(2)
        assert (await importer.run()).rows == expected
    assert len(await kept(importer.store)) == 4


async def test_bad_lines_are_put_aside_counted_and_told(importer: CelImport, clock: SetClock, spool: Path) -> None:
    write(spool, line(1) + line(2)[:40] + line(3) + "nonsense\n" + line(4) + line(5)[:-1])
    await importer.run()
    clock.advance(2)
    done = await importer.run()
    assert (done.rows, done.bad_lines) == (2, 3)
    (bad,) = spool.parent.iterdir()
    assert bad.suffix == ".bad"
    assert bad.read_text() == line(2)[:40] + line(3) + "nonsense\n" + line(5)
    assert await faults(importer.store) == 1


async def test_imported_files_can_be_kept(store: Store, clock: SetClock, spool: Path) -> None:
    importer = CelImport(store, clock, spool, read_cel, keep=True)
    write(spool, line(1))
    await importer.run()
    clock.advance(2)
    await importer.run()
    clock.advance(2)
    assert (await importer.run()).rows == 0
    (archived,) = spool.parent.iterdir()
    assert archived.suffix == ".imported"


async def test_a_database_that_is_away_leaves_the_file(clock: SetClock, spool: Path) -> None:
    importer = CelImport(Store("sqlite:////nowhere/x.db"), clock, spool, read_cel)
    write(spool, line(1) + "bad\n")
    await importer.run()
    clock.advance(2)
    with pytest.raises(StoreAway):
        await importer.run()
    assert [name.rpartition(".")[2] for name in files(spool)] == ["bad", "rotated"]


async def test_a_database_that_stays_away_costs_no_file_a_second(clock: SetClock, spool: Path) -> None:
    importer = CelImport(Store("sqlite:////nowhere/x.db"), clock, spool, read_cel)
    for number in range(50):
        with spool.open("a") as log:
            log.write(line(number))
        clock.advance(3)
        with suppress(StoreAway):
            await importer.run()
    kept = [file for file in spool.parent.iterdir() if file.suffix == ".rotated"]
    assert len(kept) == MOST_ROTATED
    assert sum(len(file.read_text().splitlines()) for file in [*kept, spool]) == 50


class Killed(BaseException):
    """The process ends here."""


def dying(real: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """``real``, with the process dying right before or right after it."""

    def step(*arguments: Any, **named: Any) -> Any:
        if after:
            real(*arguments, **named)
        raise Killed

    return step


async def two_runs(importer: CelImport, clock: SetClock) -> None:
    await importer.run()
    clock.advance(2)
    await importer.run()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["rename", "read_bytes", "replace", "insert", "commit", "unlink"])
async def test_killed_at_any_step_and_run_again_gives_the_same(
    importer: CelImport, clock: SetClock, spool: Path, step: str, after: bool
) -> None:
    write(spool, "".join(line(n) for n in range(1, 6)) + "bad\n")
    with _deaths(step, after), pytest.raises(Killed):
        await two_runs(importer, clock)
    for _ in range(3):
        clock.advance(3)
        await importer.run()
    assert await kept(importer.store) == [f"sh1-1764000000.{n}" for n in range(1, 6)]
    assert await faults(importer.store) == 1
    (bad,) = spool.parent.iterdir()
    assert bad.read_text() == "bad\n"


def _deaths(step: str, after: bool) -> Any:
    if step in ("rename", "read_bytes", "replace", "unlink"):
        return mock.patch.object(Path, step, dying(getattr(Path, step), after=after))
    if step == "commit":
        real_commit = AsyncConnection.commit

        async def commit(conn: AsyncConnection) -> None:
            if after:
                await real_commit(conn)
            raise Killed

        return mock.patch.object(AsyncConnection, "commit", commit)
    real_insert = cel_import._insert

    async def insert(conn: AsyncConnection, rows: Any) -> int:
        if after:
            await real_insert(conn, rows)
        raise Killed

    return mock.patch.object(cel_import, "_insert", insert)


async def test_two_imports_at_once_do_no_harm(importer: CelImport, clock: SetClock, spool: Path) -> None:
    write(spool, "".join(line(n) for n in range(50)))
    await asyncio.gather(importer.run(), importer.run())
    clock.advance(2)
    done = await asyncio.gather(*(importer.run() for _ in range(3)))
    assert sum(one.rows for one in done) == 50
    assert len(await kept(importer.store)) == 50


async def test_while_asterisk_goes_on_writing_nothing_is_missed(
    importer: CelImport, clock: SetClock, spool: Path
) -> None:
    """REL19: one append per event, as Asterisk does it, with renames in between."""
    for n in range(40):
        with spool.open("a") as out:
            out.write(line(n))
        if n % 7 == 0:
            clock.advance(1)
            await importer.run()
    for _ in range(2):
        clock.advance(2)
        await importer.run()
    assert len(await kept(importer.store)) == 40
    assert files(spool) == []


async def test_a_clock_set_back_overwrites_no_file(importer: CelImport, clock: SetClock, spool: Path) -> None:
    write(spool, line(1))
    await importer.run()
    write(spool, line(2))
    await importer.run()
    assert files(spool)[0] == spool.name
    clock.moment += timedelta(seconds=5)
    await importer.run()
    clock.advance(5)
    await importer.run()
    assert len(await kept(importer.store)) == 2
