"""What is done about recordings beside calls: noted once they are kept, deleted once they are old."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from switchhook import NotFound, Order

from .retention import RecordingClass

if TYPE_CHECKING:
    from switchhook.administration import Administration

KEPT: Final = f"{RecordingClass.kind}.kept"
"""The order given with each talk that was kept."""
NEWS: Final = "recording"
"""The topic those who look at recordings listen to."""
EVERY: Final = 600.0
"""Seconds between two looks for recordings that are old."""
UNKNOWN_DAYS: Final = 90
"""How long recordings are kept whose class is gone."""
LEDGER_DAYS: Final = 3 * 365
"""How long answers are kept beyond the recordings they are about: claims expire no sooner."""
OWNER: Final = "recording"


async def kept(administration: Administration, order: Order) -> None:
    """Note a talk that was kept."""
    from switchhook.administration import SYSTEM, note_news

    from .recordings import add

    name, media, call = (str(order.payload[of]) for of in ("owner", "media", "call"))
    try:
        file = await administration.media.belonging(order.tenant, (RecordingClass.kind, name)).get(media)
    except NotFound:  # deleted already
        return
    ledger = await administration.consents.of(order.tenant, SYSTEM, "media.view").page(call=call, limit=200)
    called = next((line.who for line in ledger if line.party == "called" and line.verdict == "granted"), "")
    facts = {name: str(file.facts.get(name, "")) for name in ("number", "caller", "label", "mode")}
    values = {"retention": name, "media": media, "call": call, "called": called, "made": file.made}
    async with administration.store.write() as conn:
        if await add(conn, order.tenant, {**values, **facts, "seconds": file.seconds}):
            await note_news(conn, administration.clock.now(), [(order.tenant, NEWS, "")])


async def keep_watch(administration: Administration) -> None:
    """The service that deletes what is old, until it is cancelled."""
    while True:
        await delete_old(administration)
        await asyncio.sleep(EVERY)


async def delete_old(administration: Administration) -> int:
    """Delete each recording that is older than its class allows, but for those that are held; gives how many."""
    from sqlalchemy import select

    from switchhook.administration import kept_everywhere

    from .recordings import RECORDING

    days = {
        (record.tenant, record.id): record.value.days
        for record in await kept_everywhere(administration.keeping, RecordingClass.kind)
        if isinstance(record.value, RecordingClass)
    }
    now, count = administration.clock.now(), 0
    classes = select(RECORDING.c.tenant, RECORDING.c.retention).where(RECORDING.c.deleted.is_(None)).distinct()
    async with administration.store.read() as conn:
        found = [(row.tenant, row.retention) for row in await conn.execute(classes)]
    for tenant, name in found:
        until = now - timedelta(days=days.get((tenant, name), UNKNOWN_DAYS))
        count += await _of_class(administration, tenant, name, until)
    return count


async def _of_class(administration: Administration, tenant: str, name: str, until: object) -> int:
    from sqlalchemy import insert, select, update

    from switchhook.administration import note_news

    from .recordings import RECORDING, RUN

    now = administration.clock.now()
    mine = (RECORDING.c.tenant == tenant, RECORDING.c.retention == name)
    old = (*mine, RECORDING.c.made <= until, RECORDING.c.deleted.is_(None))
    async with administration.store.write() as conn:
        held = len((await conn.execute(select(RECORDING.c.id).where(*old, RECORDING.c.held_by != ""))).all())
        gone = update(RECORDING).where(*old, RECORDING.c.held_by == "").values(deleted=now, deleted_by="retention")
        media = list((await conn.execute(gone.returning(RECORDING.c.media))).scalars())
        if not media:
            return 0
        await administration.media.belonging(tenant, (RecordingClass.kind, name)).trash(conn, media)
        await conn.execute(insert(RUN).values(tenant=tenant, at=now, deleted=len(media), held=held))
        await note_news(conn, now, [(tenant, NEWS, "")])
    return len(media)
