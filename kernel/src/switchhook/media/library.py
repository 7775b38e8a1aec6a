"""A tenant's media as pages, the API and plugins see and change them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import attrs
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import SYSTEM, Actor, Forbidden
from ..calls.recording import MediaClass
from ..clock import Clock
from ..errors import NotFound
from ..resources.record import StaleVersion
from ..speech.audio import read_wav
from ..store.audit import Audit
from ..store.engine import Store
from ..store.news import note_news
from ..store.tables_media import media as table
from ..store.tables_media import media_quota
from ..store.upsert import upsert
from . import rows
from .files import ENDING, MediaFiles, Written
from .listing import MediaListing, file_of, titles_of
from .room import Room
from .sound import peaks_of
from .values import MediaFile, MediaPage, Usage

MOST_EXTRA: Final = 1 << 50


@attrs.frozen
class Media:
    """The media of all tenants."""

    store: Store
    clock: Clock
    audit: Audit
    files: MediaFiles
    room: Room

    def of(self, tenant: str, actor: Actor) -> TenantMedia:
        """A tenant's media as ``actor`` may hear and delete them: all of them, or none."""
        return TenantMedia(self, tenant, actor)

    def belonging(self, tenant: str, owner: tuple[str, str], actor: Actor = SYSTEM) -> TenantMedia:
        """What belongs to one thing of a plugin's, such as ``("mailbox", id)``, as the plugin itself may use it.

        Whether ``actor`` may, the plugin has to know: no right is asked for.
        ``actor`` is who the audit names. What belongs to others is ``NotFound``.
        """
        return TenantMedia(self, tenant, attrs.evolve(SYSTEM, name=actor.name, account=actor.account), owner)


@attrs.frozen
class Sounding:
    """A file to be played: where it is, and its waveform as heights of two hexadecimal digits each."""

    file: MediaFile
    path: Path
    peaks: str
    original: Path | None = None


@attrs.frozen
class TenantMedia:
    """One tenant's media. What belongs to another tenant is ``NotFound``, what the actor may not do ``Forbidden``."""

    media: Media
    tenant: str
    actor: Actor
    owner: tuple[str, str] | None = None

    async def page(
        self,
        *,
        of: MediaClass | Literal[""] = "",
        owner_kind: str = "",
        owner: str = "",
        search: str = "",
        order: str = "-made",
        after: str = "",
        limit: int = 50,
    ) -> MediaPage:
        """What is kept, of one class or owner if wished, found by a text in label or owner, newest first.

        ``order`` is one of :data:`~switchhook.media.listing.MEDIA_ORDERS`.
        Raises ``ListRefused`` for another one, and for a wrong cursor.
        """
        self._everything("media.view")
        listing = MediaListing(of, owner_kind, owner, search, order, after)
        async with self.media.store.read() as conn:
            found = (await conn.execute(listing.query(self._mine()).limit(limit + 1))).mappings().all()
        shown = found[:limit]
        after = listing.cursor(shown[-1]) if len(found) > limit else ""
        return MediaPage([file_of(row) for row in shown], after, titles_of(shown))

    async def get(self, id: str) -> MediaFile:  # noqa: A002 - the domain's own word
        """One of them; raises ``NotFound``."""
        return (await self.open(id)).file

    async def open(self, id: str) -> Sounding:  # noqa: A002
        """One of them with where its files are; raises ``NotFound``."""
        self._everything("media.view")
        async with self.media.store.read() as conn:
            row = (await conn.execute(select(table).where(*self._mine(), table.c.id == id))).mappings().first()
        if row is None:
            raise NotFound(f"there is no file {id!r}", id=id)
        file, files = rows.media_of(row), self.media.files
        original = files.original(self.tenant, id, file.original) if file.original else None
        return Sounding(file, files.sound(self.tenant, id), row["peaks"], original)

    async def usage(self) -> Usage:
        """How much of the storage is used; everybody of the tenant may know."""
        async with self.media.store.read() as conn:
            return await rows.usage_of(conn, self.tenant)

    async def put(
        self,
        of: MediaClass,
        owner: tuple[str, str],
        wav: bytes,
        *,
        original: tuple[str, bytes] | None = None,
        label: str = "",
        facts: Mapping[str, Any] | None = None,
        retain_until: datetime | None = None,
    ) -> MediaFile:
        """Keep a sound, given as a WAV file of one channel and 16 bits, and the original it was made from if wished.

        ``original`` is how its name ends, such as ``.mp3``, and what is in it.
        Raises ``StorageFull``, ``AudioRefused``, and ``OSError`` for a disk
        that does not take it: then nothing of it stays.
        """
        self._everything("media.delete")
        ending, source = original or ("", b"")
        if ending and not ENDING.fullmatch(ending):
            raise ValueError(f"the end of an original's name is like .mp3, not {ending!r}")
        sound = await asyncio.to_thread(read_wav, wav)
        id, now = secrets.token_hex(12), self.media.clock.now()  # noqa: A001
        row: dict[str, Any] = {"tenant": self.tenant, "id": id, "of": of, "owner_kind": owner[0], "owner": owner[1]}
        row |= {
            "label": label,
            "facts": dict(facts or {}),
            "made": now,
            "original": ending,
            "retain_until": retain_until,
        }
        async with self.media.store.write() as conn:
            usage = await rows.usage_of(conn, self.tenant)
            usage.must_have_room(of, len(wav) + len(source))
            await rows.begin(conn, row)
        files = self.media.files
        try:
            more = await asyncio.to_thread(files.keep_original, self.tenant, id, ending, source) if ending else 0
            peaks = await asyncio.to_thread(peaks_of, sound.samples)
            made = await asyncio.to_thread(files.write, self.tenant, id, wav, sound.seconds, peaks)
            return await self._kept(id, attrs.evolve(made, bytes=made.bytes + more), now)
        except BaseException:
            await asyncio.shield(self._forget([id]))
            raise

    async def _kept(self, id: str, made: Written, at: datetime) -> MediaFile:  # noqa: A002
        async with self.media.store.write() as conn:
            before = await rows.usage_of(conn, self.tenant)
            kept = await rows.keep(conn, self.tenant, id, made, at)
            if kept is None:
                raise NotFound(f"there is no file {id!r}", id=id)
            await self.media.room.grown(conn, self.tenant, before.level, await rows.usage_of(conn, self.tenant))
            return kept

    async def delete(self, ids: Iterable[str]) -> int:
        """Delete some for good, files and rows; gives how many there were. Others' ids are passed over."""
        self._everything("media.delete")
        wanted, now = list(dict.fromkeys(ids)), self.media.clock.now()
        async with self.media.store.write() as conn:
            await self.media.audit.take_turn(conn)
            gone = await self.trash(conn, wanted)
            for one in gone:
                told = {"class": one.of, "owner": f"{one.owner_kind}:{one.owner}", "label": one.label}
                what = (self.tenant, "media", one.id)
                await self.media.audit.add(conn, now, self.actor.name, "delete", what, told, {})
        await self._forget([one.id for one in gone])
        return len(gone)

    async def trash(self, conn: AsyncConnection, ids: Iterable[str]) -> list[MediaFile]:
        """Take some out of the storage in a transaction of the caller's; their files follow within a minute."""
        taken = update(table).where(*self._mine(), table.c.id.in_(list(ids))).values(state="trashed").returning(table)
        gone = [rows.media_of(row) for row in (await conn.execute(taken)).mappings()]
        if gone:
            await note_news(conn, self.media.clock.now(), [(self.tenant, rows.NEWS, "")])
            await self.media.room.shrunk(conn, self.tenant, await rows.usage_of(conn, self.tenant))
        return gone

    async def _forget(self, ids: Iterable[str]) -> None:
        await forget_files(self.media, [(self.tenant, one) for one in ids])

    async def set_extra(self, version: int, extra: int) -> Usage:
        """Give the tenant ``extra`` bytes beside what all have, at once; for operators. Raises ``StaleVersion``."""
        self.actor.need_operator("tenant.change")
        if isinstance(extra, bool) or not isinstance(extra, int) or not 0 <= extra <= MOST_EXTRA:
            raise ValueError(f"extra storage is 0 to {MOST_EXTRA} bytes, not {extra!r}")
        now = self.media.clock.now()
        async with self.media.store.write() as conn:
            await self.media.audit.take_turn(conn)
            before = await rows.usage_of(conn, self.tenant)
            if before.version != version:
                raise StaleVersion(version, before, None, {"extra": before.extra})
            row = {"tenant": self.tenant, "extra_bytes": extra, "version": version + 1, "changed": now}
            ordered = ("steps", "paid_month", "paid_steps")
            new = upsert(conn.dialect.name, media_quota, ("tenant",), keep=ordered)
            new = new.values({**row, "author": self.actor.name})
            await conn.execute(new)
            after = await rows.usage_of(conn, self.tenant)
            what = (self.tenant, "storage", self.tenant)
            told = [{"version": one.version, "fields": {"extra": one.extra}} for one in (before, after)]
            await self.media.audit.add(conn, now, self.actor.name, "change", what, *told)
            await self.media.room.shrunk(conn, self.tenant, after)
            await self.media.room.grown(conn, self.tenant, before.level, after)
            await note_news(conn, now, [(self.tenant, rows.NEWS, "")])
        return after

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        mine = (table.c.tenant == self.tenant, table.c.state == "kept")
        if self.owner is None:
            return mine
        kind, id = self.owner  # noqa: A001
        return (*mine, table.c.owner_kind == kind, table.c.owner == id)

    def _everything(self, right: str) -> None:
        """A file belongs to no number: a right over some of them says nothing about it."""
        if not self.actor.need(right).everything:
            raise Forbidden(f"this needs the right {right} over everything", right=right, actor=self.actor.name)


async def forget_files(media: Media, gone: Iterable[tuple[str, str]]) -> None:
    """Take files away, then their rows: what is left of them when this is cut off, the sweeper finds by the row."""
    for tenant, id in gone:  # noqa: A001
        await asyncio.to_thread(media.files.remove, tenant, id)
        async with media.store.write() as conn:
            await conn.execute(delete(table).where(*rows.this_one(tenant, id)))
