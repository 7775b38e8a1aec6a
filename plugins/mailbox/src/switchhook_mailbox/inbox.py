"""The messages of a tenant as people hear and delete them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import attrs
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import NotFound
from switchhook.administration import Actor, Administration, Listing, Sounding

from .box import Mailbox
from .messages import MESSAGE, Message, MessagePage, Rows, message_of
from .work import NEWS, follow

VIEW: Final = "message.view"
DELETE: Final = "message.delete"
MOST: Final = 200
"""Messages that are changed at once."""


@attrs.frozen
class Wanted:
    """Which messages: of one mailbox, only new or only heard ones, of a caller or point whose text is found."""

    mailbox: str = ""
    new: bool | None = None
    search: str = ""
    after: int = 0
    limit: int = 50


@attrs.frozen
class Inbox:
    """What ``actor`` may hear: the messages of the mailboxes its right goes over. Others are ``NotFound``."""

    administration: Administration
    tenant: str
    actor: Actor

    async def boxes(self, right: str = VIEW) -> Mapping[str, Mailbox]:
        """The mailboxes a right over messages goes over, by id and in the order of their names."""
        self.actor.need(right)
        # Whoever may hear the messages of a mailbox need not see how it is set.
        sees = attrs.evolve(self.actor, rights={f"{Mailbox.kind}.view": self.actor.reach(right)})
        resources, found, after = self.administration.keeping.of(self.tenant, sees), {}, ""
        while True:
            page = await resources.page(Mailbox.kind, Listing(limit=200, after=after))
            found.update({one.id: one.value for one in page.records if isinstance(one.value, Mailbox)})
            after = page.after
            if not after:
                return found

    async def page(self, wanted: Wanted) -> MessagePage:
        """A part of the messages, newest first."""
        boxes = await self.boxes()
        ids = [wanted.mailbox] if wanted.mailbox else list(boxes)
        if wanted.mailbox and wanted.mailbox not in boxes:
            raise NotFound(f"there is no mailbox {wanted.mailbox!r}", mailbox=wanted.mailbox)
        query = self._those(ids).order_by(MESSAGE.c.id.desc()).limit(wanted.limit + 1)
        if wanted.new is not None:
            query = query.where(MESSAGE.c.heard.is_(None) if wanted.new else MESSAGE.c.heard.is_not(None))
        if wanted.search:
            query = query.where(or_(*_finding(wanted.search)))
        if wanted.after:
            query = query.where(MESSAGE.c.id < wanted.after)
        async with self.administration.store.read() as conn:
            found = [message_of(row) for row in (await conn.execute(query)).mappings()]
        shown = found[: wanted.limit]
        return MessagePage(shown, shown[-1].id if len(found) > wanted.limit else 0)

    async def get(self, id: int) -> Message:  # noqa: A002 - the domain's own word
        """One of them."""
        async with self.administration.store.read() as conn:
            return (await self._found(conn, [id], await self.boxes()))[0]

    async def sounding(self, message: Message) -> Sounding:
        """A message to be played."""
        owner = (Mailbox.kind, message.mailbox)
        return await self.administration.media.belonging(self.tenant, owner, self.actor).open(message.media)

    async def count_new(self) -> Mapping[str, int]:
        """How many messages nobody heard, by the mailboxes that have any."""
        query = (
            select(MESSAGE.c.mailbox, func.count())
            .where(*_there(self.tenant, list(await self.boxes())), MESSAGE.c.heard.is_(None))
            .group_by(MESSAGE.c.mailbox)
        )
        async with self.administration.store.read() as conn:
            return {mailbox: int(count) for mailbox, count in await conn.execute(query)}

    async def hear(self, ids: Iterable[int], *, heard: bool) -> int:
        """Mark messages as heard, or as new again; gives how many there are."""
        wanted, boxes, now = list(dict.fromkeys(ids))[:MOST], await self.boxes(), self.administration.clock.now()
        async with self.administration.store.write() as conn:
            found = await self._found(conn, wanted, boxes)
            rows = Rows(conn, self.tenant)
            for one in found:
                await rows.hear(one.mailbox, one.id, now if heard else None, self.actor.name)
            await self._follow(rows, found)
        return len(found)

    async def delete(self, ids: Iterable[int]) -> int:
        """Delete messages for good, with their sounds; gives how many there were."""
        wanted, boxes = list(dict.fromkeys(ids))[:MOST], await self.boxes(DELETE)
        admin, now = self.administration, self.administration.clock.now()
        async with admin.keeping.turn() as conn:
            found = await self._found(conn, wanted, boxes)
            rows = Rows(conn, self.tenant)
            for one in found:
                await rows.delete(one.mailbox, one.id, now, self.actor.name)
                told = {"mailbox": one.mailbox, "made": one.made.isoformat(), "caller": one.caller}
                what = (self.tenant, NEWS, str(one.id))
                await admin.keeping.audit.add(conn, now, self.actor.name, "delete", what, told, {})
            await self._follow(rows, found)
        return len(found)

    async def _follow(self, rows: Rows, changed: Iterable[Message]) -> None:
        for mailbox in {one.mailbox for one in changed}:
            await follow(self.administration, rows, mailbox)

    async def _found(self, conn: AsyncConnection, ids: Sequence[int], boxes: Collection[str]) -> list[Message]:
        """Those of them that are in reach; raises ``NotFound`` unless all are."""
        query = self._those(list(boxes)).where(MESSAGE.c.id.in_(ids))
        found = {int(row["id"]): message_of(row) for row in (await conn.execute(query)).mappings()}
        for one in ids:
            if one not in found:
                raise NotFound(f"there is no message {one}", id=one)
        return [found[one] for one in ids]

    def _those(self, mailboxes: Sequence[str]) -> Select[Any]:
        return select(MESSAGE).where(*_there(self.tenant, mailboxes))


def _there(tenant: str, mailboxes: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return MESSAGE.c.tenant == tenant, MESSAGE.c.mailbox.in_(mailboxes), MESSAGE.c.deleted.is_(None)


def _finding(text: str) -> tuple[ColumnElement[bool], ...]:
    """A caller's number as people write it, or a part of the point's label."""
    digits = "".join(one for one in text if one.isdigit()).removeprefix("00").removeprefix("0")
    ways = [func.lower(MESSAGE.c.label).contains(text.lower(), autoescape=True)]
    return (*ways, MESSAGE.c.caller.contains(digits, autoescape=True)) if digits else tuple(ways)
