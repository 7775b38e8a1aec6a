"""Mails bring what the media library keeps, and nothing of another tenant's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import attrs
from sqlalchemy import insert

from switchhook.portal.mail_files import MailFiles
from switchhook.store.engine import Store
from switchhook.store.tables_media import media


@attrs.frozen
class Files:
    """Where sounds are."""

    directory: Path

    def sound(self, tenant: str, id: str) -> Path:  # noqa: A002
        return self.directory / tenant / f"{id}.wav"


async def test_a_mail_brings_what_is_kept_for_its_tenant_and_small_enough(store: Store, tmp_path: Path) -> None:
    library = MailFiles(store, Files(tmp_path))
    row = {"of": "message", "owner_kind": "mailbox", "owner": "office", "facts": {}, "made": datetime.now(UTC)}
    async with store.write() as conn:
        for name, state in (("kept", "kept"), ("gone", "kept"), ("going", "trashed")):
            await conn.execute(insert(media).values(**row, tenant="acme", id=name, state=state))
    for name in ("kept", "going"):
        library.files.sound("acme", name).parent.mkdir(exist_ok=True)
        library.files.sound("acme", name).write_bytes(b"RIFF")
    found = await library("acme", "kept", 4)
    assert found is not None
    assert (found.data, found.type) == (b"RIFF", "audio/wav")
    assert await library("acme", "kept", 3) is None
    assert [await library(*one, 4) for one in (("other", "kept"), ("acme", "gone"), ("acme", "going"))] == [None] * 3
