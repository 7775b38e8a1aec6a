"""Brings files and rows together again after whatever died: each step may be cut off anywhere and done again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import attrs
import structlog
from sqlalchemy import insert, or_, select, update

from ..access.account import OPERATOR_TENANT
from ..calls.recording import LONGEST
from ..schema import Label
from ..speech.audio import AudioRefused, read_wav
from ..store.engine import StoreAway
from ..store.tables import call as call_table
from ..store.tables_media import media as table
from . import rows
from .files import SOUND, Written
from .library import Media, forget_files
from .recordings import Recordings
from .sound import peaks_of

BATCH: Final = 100
YOUNG: Final = timedelta(seconds=5)
"""What is younger may be in the hands of a call or an upload."""
CUT_OFF: Final = timedelta(minutes=10)
"""An upload that is not whole after so long was cut off."""
RESTS: Final = 60.0
"""Seconds for which a file without a row must not have changed before it is taken for one that lost it."""

log = structlog.get_logger(__name__)
Gone = Callable[[str, datetime], bool]
"""Whether a call, by its id, is surely no longer on this Asterisk; with when its recording began."""


@attrs.frozen
class Sweeper:
    """One pass a method. ``gone`` knows of calls that nobody closed."""

    media: Media
    recordings: Recordings
    gone: Gone
    node: str
    """The system name of the Asterisk whose recordings are here: ids of its calls begin with it."""

    async def finish(self) -> int:
        """Keep recordings that nobody finished, because the portal or Asterisk died; gives how many were looked at."""
        now = self.media.clock.now()
        ended = select(call_table.c.id).where(call_table.c.id == table.c.call, call_table.c.ended.is_not(None)).exists()
        waiting = (
            select(table.c.tenant, table.c.id, table.c.call, table.c.made, table.c.longest, ended.label("ended"))
            .where(
                table.c.state == "recording",
                table.c.call.startswith(f"{self.node}-", autoescape=True),
                table.c.made < now - YOUNG,
            )
            .order_by(table.c.made)
            .limit(BATCH)
        )
        async with self.media.store.read() as conn:
            left = [row for row in await conn.execute(waiting) if row.ended or self._over(row)]
        return await self._each([(row.tenant, row.id) for row in left], self.recordings.settle)

    def _over(self, row: Any) -> bool:
        """Whether the call of a recording is over; a talk may last longer than a message."""
        return self.gone(row.call, row.made + timedelta(seconds=max(0, row.longest - LONGEST)))

    async def _each(self, ids: list[tuple[str, str]], work: Callable[[str, str], Awaitable[object]]) -> int:
        """One that cannot be finished now, such as on a full disk, must not keep the others waiting."""
        done = 0
        for tenant, id in ids:  # noqa: A001 - the domain's own word
            try:
                await work(tenant, id)
                done += 1
            except OSError as error:
                log.error("a recording cannot be kept now", media=id, why=str(error))  # noqa: TRY400
                await self.media.room.no_disk(str(self.media.files.directory))
            except StoreAway as error:
                log.warning("a recording is kept later", media=id, why=str(error))
        return done

    async def forget(self) -> int:
        """Take away what was deleted, what is older than it was to be kept, and uploads that were cut off."""
        now = self.media.clock.now()
        old = update(table).where(table.c.state == "kept", table.c.retain_until <= now).values(state="trashed")
        cut = (table.c.state == "recording", table.c.call == "", table.c.made < now - CUT_OFF)
        going = (
            select(table.c.tenant, table.c.id)
            .where(or_(table.c.state == "trashed", (cut[0] & cut[1] & cut[2])))
            .limit(BATCH)
        )
        async with self.media.store.write() as conn:
            tenants = {row.tenant for row in await conn.execute(old.returning(table.c.tenant))}
            for tenant in sorted(tenants):
                await self.media.room.shrunk(conn, tenant, await rows.usage_of(conn, tenant))
            gone = [(row.tenant, row.id) for row in await conn.execute(going)]
        await forget_files(self.media, gone)
        return len(gone)

    async def compare(self) -> None:
        """Find files that lost their row, which get a new one, and rows that lost their file, which are told of."""
        await self._adopt()
        await self._without_consent()
        lost = await self._without_file()
        if not lost:
            await self.media.room.alerts.settle(OPERATOR_TENANT, "media.lost", "files")
            return
        log.error("files of media are missing", count=len(lost), media=lost[:10])
        said = Label(
            f"{len(lost)} gespeicherte Dateien fehlen auf der Platte: Spielen Sie eine Sicherung ein",
            f"{len(lost)} kept files are missing on the disk: restore a backup",
        )
        await self.media.room.alerts.raise_(OPERATOR_TENANT, "media.lost", "files", said, severity="error")

    async def _without_file(self) -> list[str]:
        kept = select(table.c.tenant, table.c.id).where(table.c.state == "kept", table.c.seconds > 0)
        async with self.media.store.read() as conn:
            found = [(row.tenant, row.id) for row in await conn.execute(kept)]
        there = await asyncio.to_thread(lambda: {(tenant, one) for tenant, one, _ in self.media.files.all()})
        return [one for tenant, one in found if (tenant, one) not in there]

    async def _adopt(self) -> None:
        files = await asyncio.to_thread(lambda: [found for found in self.media.files.all() if _rests(found[2])])
        async with self.media.store.read() as conn:
            known = {row.id for row in await conn.execute(select(table.c.id))}
        for tenant, id, path in files:  # noqa: A001
            if id not in known:
                await self._row_for(tenant or OPERATOR_TENANT, id, path)

    async def _without_consent(self) -> None:
        """A talk that no row speaks of was agreed to by nobody who could be named: it is kept nowhere."""
        found = await asyncio.to_thread(lambda: [path for path in self.media.files.lost_talks() if _rests(path)])
        async with self.media.store.read() as conn:
            known = {row.id for row in await conn.execute(select(table.c.id))}
        for path in found:
            if path.stem not in known:
                log.error("a recorded talk without a consent was removed", file=path.name)
                await asyncio.to_thread(path.unlink, missing_ok=True)

    async def _row_for(self, tenant: str, id: str, path: Path) -> None:  # noqa: A002
        """A file without a row, such as after a backup was restored: kept for a person to decide."""
        now = self.media.clock.now()
        row = {"tenant": tenant, "id": id, "of": "recording", "owner_kind": "", "owner": "", "made": now}
        try:
            made = await asyncio.to_thread(self._again, tenant, id, path)
        except (AudioRefused, OSError) as error:
            log.error("a file without a row cannot be read", file=str(path), why=str(error))  # noqa: TRY400
            return
        if made is None:
            await asyncio.to_thread(path.unlink, missing_ok=True)
            return
        async with self.media.store.write() as conn:
            await conn.execute(insert(table).values(**row, facts={"found": True}, state="recording"))
            await rows.keep(conn, tenant, id, made, now)
        if path.suffix != SOUND:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        log.warning("a file without a row was given one", tenant=tenant, media=id)

    def _again(self, tenant: str, id: str, path: Path) -> Written | None:  # noqa: A002
        if path.suffix != SOUND:
            return self.media.files.finish(tenant, id)
        sound = read_wav(path)
        return self.media.files.write(tenant, id, path.read_bytes(), sound.seconds, peaks_of(sound.samples))


def _rests(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > RESTS
    except FileNotFoundError:
        return False
