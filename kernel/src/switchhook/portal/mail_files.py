"""What mails bring with them, read from the media of an installation when they go out."""

from __future__ import annotations

import asyncio

import attrs
from sqlalchemy import select

from ..media.files import MediaFiles
from ..post.attachment import Content
from ..store.engine import Store
from ..store.tables_media import media

WAV = "audio/wav"


@attrs.frozen
class MailFiles:
    """The library of :class:`switchhook.post.outbox.Post`."""

    store: Store
    files: MediaFiles

    async def __call__(self, tenant: str, id: str, most: int) -> Content | None:  # noqa: A002 - the domain's own word
        """The sound of something kept; None when it was deleted or is larger. Raises ``OSError`` for a disk that fails."""
        kept = (media.c.tenant == tenant, media.c.id == id, media.c.state == "kept")
        async with self.store.read() as conn:
            there = (await conn.execute(select(media.c.id).where(*kept))).first()
        if there is None:
            return None
        path = self.files.sound(tenant, id)
        try:
            if (await asyncio.to_thread(path.stat)).st_size > most:
                return None
            return Content(await asyncio.to_thread(path.read_bytes), WAV)
        except FileNotFoundError:  # deleted at this moment
            return None
