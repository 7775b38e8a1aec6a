"""Recordings of callers: a row before the file, and the file kept whatever dies in between."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import attrs
import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..calls.call import Call
from ..calls.prompts import Prompt, PromptMissing
from ..calls.recording import MEDIA, StorageFull, Wish
from ..clock import Clock
from ..store.engine import Store, StoreAway
from ..store.tables_media import media as table
from . import rows
from .files import MediaFiles, Written
from .room import Room
from .values import MediaFile

PATIENCE: Final = 2.0
"""Seconds for the row of a recording: Asterisk leaves a call to a silent worker for 3."""
GONE: Final = "gone"
"""In place of the id of a recording that was dropped: nothing was said in it."""
Told = Callable[[AsyncConnection, MediaFile], Awaitable[None]]
"""Learns of something kept, in the transaction that keeps it."""

log = structlog.get_logger(__name__)


async def tell_nobody(conn: AsyncConnection, kept: MediaFile) -> None:
    """Where nobody has to know."""


@attrs.frozen
class Recordings:
    """The tape of real calls; see :class:`switchhook.calls.recording.Tape`."""

    store: Store
    clock: Clock
    files: MediaFiles
    room: Room
    told: Told = tell_nobody

    async def begin(self, call: Call, step: int, wish: Wish, *, again: bool) -> str:
        """See :meth:`Tape.begin`. Raises :class:`StoreAway` when the database does not answer in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._begin(call, step, wish, again)
        except TimeoutError:
            raise StoreAway("the database was too slow for a recording to begin") from None

    async def _begin(self, call: Call, step: int, wish: Wish, again: bool) -> str:
        known = select(table.c.id).where(table.c.tenant == call.tenant, table.c.call == call.id, table.c.step == step)
        async with self.store.read() as conn:
            found = (await conn.execute(known)).scalar()
            usage = await rows.usage_of(conn, call.tenant)
            going = await rows.going_on(conn)
        if found is not None or again:
            return str(found or GONE)
        try:
            usage.must_have_room(wish.of)
        except StorageFull:
            await self._alert(self.room.refused(call.tenant))
            raise
        if not await asyncio.to_thread(self.files.has_room, wish.longest + going):
            await self._alert(self.room.no_disk(str(self.files.directory)))
            raise StorageFull("the disk is full, so nothing can be recorded; the operator has to free some space")
        id = secrets.token_hex(12)  # noqa: A001 - the domain's own word
        row = {"tenant": call.tenant, "id": id, "of": wish.of, "call": call.id, "step": step, "longest": wish.longest}
        row |= {"owner_kind": wish.owner_kind, "owner": wish.owner, "label": str(wish.facts.get("label", ""))}
        async with self.store.write() as conn:
            await rows.begin(conn, {**row, "facts": dict(wish.facts), "made": self.clock.now()})
        return id

    async def _alert(self, told: Awaitable[None]) -> None:
        """The caller is told in any case: a disk may be too full for an alert, too."""
        try:
            await told
        except StoreAway as error:
            log.error("a recording was refused, and there was no room for an alert", why=str(error))  # noqa: TRY400

    async def finish(self, tenant: str, media: str) -> float:
        """See :meth:`Tape.finish`. A disk or database that is full or away only puts it off: the recording is safe."""
        try:
            return await self.settle(tenant, media)
        except (OSError, StoreAway) as error:
            log.warning("a recording is kept later", media=media, why=str(error))
            return await asyncio.to_thread(self.files.length_of, media)

    async def settle(self, tenant: str, media: str) -> float:
        """What :meth:`finish` does, but raising ``OSError`` and :class:`StoreAway`; may be done twice at once."""
        async with self.store.read() as conn:
            row = (await conn.execute(select(table).where(*rows.this_one(tenant, media)))).mappings().first()
        if row is None or row["state"] != "recording":
            return float(row["seconds"]) if row is not None and row["state"] == "kept" else 0.0
        if not await asyncio.to_thread(self.files.rests, media):
            return 0.0  # Asterisk has not closed it: somebody looks again
        try:
            made = await asyncio.to_thread(self.files.finish, tenant, media)
        except FileNotFoundError:
            made = None
        if made is None:
            return await self._drop(tenant, media)
        await self._keep(tenant, media, made)
        await asyncio.to_thread(self.files.forget_taped, media)
        return made.seconds

    async def _keep(self, tenant: str, media: str, made: Written) -> None:
        async with self.store.write() as conn:
            before = await rows.usage_of(conn, tenant)
            kept = await rows.keep(conn, tenant, media, made, self.clock.now())
            if kept is not None:
                await self.told(conn, kept)
                await self.room.grown(conn, tenant, before.level, before.and_also(kept.of, kept.bytes))

    async def _drop(self, tenant: str, media: str) -> float:
        """The file before its row: what is left of either is found by the other."""
        async with self.store.read() as conn:
            kept = select(table.c.seconds).where(*rows.this_one(tenant, media), table.c.state == "kept")
            seconds = (await conn.execute(kept)).scalar()
        if seconds is not None:  # somebody finished it meanwhile
            return float(seconds)
        await asyncio.to_thread(self.files.forget_taped, media)
        async with self.store.write() as conn:
            await conn.execute(delete(table).where(*rows.this_one(tenant, media), table.c.state == "recording"))
        return 0.0

    async def find(self, tenant: str, media: str) -> Prompt:
        """See :meth:`Tape.find`."""
        query = select(table.c.seconds).where(*rows.this_one(tenant, media), table.c.state == "kept")
        async with self.store.read() as conn:
            seconds = (await conn.execute(query)).scalar()
        if seconds is None:
            raise PromptMissing(f"there is no recording {media!r}", id=media)
        return Prompt(f"{MEDIA}{media}", "", float(seconds), self.files.sound(tenant, media))
