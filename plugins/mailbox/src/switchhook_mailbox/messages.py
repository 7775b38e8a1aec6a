"""The messages of all mailboxes: the table, and what is done with its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import attrs
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    case,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy import insert as insert_
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import NotFound
from switchhook.administration import Moment

MailState = Literal["", "queued", "sent", "refused"]
"""No mail wanted; on its way; taken by the mail server for everybody; refused or given up for somebody."""


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


MESSAGE: Final = Table(
    "mailbox_message",
    MetaData(),
    Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("mailbox", Text, nullable=False),
    Column("media", Text, nullable=False),
    _text("call"),
    _text("caller"),
    _text("label"),
    Column("made", Moment, nullable=False),
    Column("seconds", Float, nullable=False, server_default="0"),
    Column("heard", Moment),
    _text("heard_by"),
    _text("mail"),
    Column("given_up", Moment),
    Column("deleted", Moment),
    Column("erased", Boolean, nullable=False, server_default=false()),
    _text("deleted_by"),
    UniqueConstraint("tenant", "media", name="mailbox_message_media"),
    Index("mailbox_message_of", "tenant", "mailbox", "id"),
)


MAIL: Final = Table(
    "mailbox_mail",
    MESSAGE.metadata,
    Column("tenant", Text, primary_key=True),
    Column("mail", BigInteger, primary_key=True),
    Column("message", BigInteger, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Index("mailbox_mail_of", "tenant", "message"),
)


@attrs.frozen
class Message:
    """One message. ``caller`` is how the caller is shown, empty when suppressed; ``label`` the point it was left at.

    ``heard`` is when somebody heard it first, None while it is new; ``given_up``
    when the last call about it reached nobody.
    """

    id: int
    mailbox: str
    media: str
    call: str
    caller: str
    label: str
    made: datetime
    seconds: float
    heard: datetime | None
    heard_by: str
    mail: MailState
    given_up: datetime | None
    deleted: datetime | None
    deleted_by: str


@attrs.frozen
class Count:
    """How many messages a mailbox has that nobody heard yet, and how many that somebody did."""

    new: int
    old: int


@attrs.frozen
class MessagePage:
    """A part of the messages, newest first. ``after`` is the cursor of the next part, 0 at the end."""

    messages: Sequence[Message]
    after: int = 0


@attrs.frozen
class Rows:
    """The messages of one tenant, in the caller's transaction. What is another tenant's or deleted is ``NotFound``."""

    conn: AsyncConnection
    tenant: str

    async def add(self, values: Mapping[str, object]) -> Message | None:
        """Write down a message; None when the same recording is written down already."""
        row = insert_(MESSAGE).values(tenant=self.tenant, **values).returning(MESSAGE)
        try:
            async with self.conn.begin_nested():
                return message_of((await self.conn.execute(row)).mappings().one())
        except IntegrityError:
            return None

    async def of_media(self, media: str) -> Message | None:
        """The message a recording belongs to, the deleted included."""
        query = select(MESSAGE).where(MESSAGE.c.tenant == self.tenant, MESSAGE.c.media == media)
        row = (await self.conn.execute(query)).mappings().first()
        return message_of(row) if row is not None else None

    async def get(self, mailbox: str, id: int) -> Message:  # noqa: A002 - the domain's own word
        """One message of a mailbox."""
        found = await self.there(mailbox, id)
        if found is None:
            raise NotFound(f"there is no message {id} in mailbox {mailbox!r}", mailbox=mailbox, id=id)
        return found

    async def there(self, mailbox: str, id: int) -> Message | None:  # noqa: A002
        """One message of a mailbox, None when it is deleted or never was."""
        query = select(MESSAGE).where(*self._there(mailbox), MESSAGE.c.id == id)
        row = (await self.conn.execute(query)).mappings().first()
        return message_of(row) if row is not None else None

    async def heard_as_of(self, mailbox: str, at: datetime, most: int) -> tuple[list[int], list[int]]:
        """The ids of what was new and what was heard at a moment, oldest first, whatever happened since."""
        was_there = (
            MESSAGE.c.tenant == self.tenant,
            MESSAGE.c.mailbox == mailbox,
            MESSAGE.c.made <= at,
            or_(MESSAGE.c.deleted.is_(None), MESSAGE.c.deleted >= at),
        )
        found = []
        for new in (True, False):
            heard = MESSAGE.c.heard
            sort = or_(heard.is_(None), heard >= at) if new else heard < at
            query = select(MESSAGE.c.id).where(*was_there, sort).order_by(MESSAGE.c.id).limit(most)
            found.append([int(one) for one in (await self.conn.execute(query)).scalars()])
        return found[0], found[1]

    async def newest_new(self, mailbox: str) -> Message | None:
        """The latest message nobody heard yet."""
        return next(iter((await self.page(mailbox, new=True, limit=1)).messages), None)

    async def page(self, mailbox: str, *, new: bool | None = None, after: int = 0, limit: int = 50) -> MessagePage:
        """The messages of a mailbox, newest first, only new or only heard ones if wished."""
        query = select(MESSAGE).where(*self._there(mailbox)).order_by(MESSAGE.c.id.desc()).limit(limit + 1)
        if new is not None:
            query = query.where(MESSAGE.c.heard.is_(None) if new else MESSAGE.c.heard.is_not(None))
        query = query.where(MESSAGE.c.id < after) if after else query
        found = [message_of(row) for row in (await self.conn.execute(query)).mappings()]
        return MessagePage(found[:limit], found[limit - 1].id if len(found) > limit else 0)

    async def count(self, mailbox: str) -> Count:
        """How many there are."""
        new = func.coalesce(func.sum(case((MESSAGE.c.heard.is_(None), 1), else_=0)), 0)
        query = select(new, func.count()).select_from(MESSAGE).where(*self._there(mailbox))
        unheard, every = (await self.conn.execute(query)).one()
        return Count(int(unheard), int(every) - int(unheard))

    async def hear(self, mailbox: str, id: int, at: datetime | None, by: str) -> Message:  # noqa: A002
        """Mark a message as heard, or with ``at`` None as new again; who heard it first stays."""
        message = await self.get(mailbox, id)
        if (message.heard is None) == (at is None):
            return message
        return await self._change(message, heard=at, heard_by=by if at is not None else "")

    async def mailing(self, message: Message, mails: Sequence[int]) -> None:
        """Note which mails about a message are on their way."""
        for mail in mails:
            await self.conn.execute(insert_(MAIL).values(tenant=self.tenant, mail=mail, message=message.id))
        await self._change(message, mail="queued")

    async def mailed(self, mailbox: str, id: int, mail: int, *, taken: bool) -> Message | None:  # noqa: A002
        """Note what became of one of the mails about a message; gives the message, None when it was deleted."""
        mine = (MAIL.c.tenant == self.tenant, MAIL.c.message == id)
        state = {"state": "sent" if taken else "refused"}
        await self.conn.execute(update(MAIL).where(*mine, MAIL.c.mail == mail).values(state))
        message = await self.there(mailbox, id)
        if message is None:
            return None
        states = set((await self.conn.execute(select(MAIL.c.state).where(*mine))).scalars())
        return await self._change(message, mail=next(one for one in ("refused", "queued", "sent") if one in states))

    async def give_up(self, message: Message, at: datetime) -> None:
        """Note that the last call about a message reached nobody."""
        await self._change(message, given_up=at)

    async def delete(self, mailbox: str, id: int, at: datetime, by: str) -> Message:  # noqa: A002
        """Note that a message was deleted; its row stays, its recording is the media library's to delete."""
        return await self._change(await self.get(mailbox, id), deleted=at, deleted_by=by)

    async def to_erase(self, mailbox: str) -> Sequence[str]:
        """The recordings of messages deleted since the last time it was asked."""
        gone = (MESSAGE.c.tenant == self.tenant, MESSAGE.c.mailbox == mailbox, MESSAGE.c.deleted.is_not(None))
        taken = update(MESSAGE).where(*gone, ~MESSAGE.c.erased).values(erased=True).returning(MESSAGE.c.media)
        return list((await self.conn.execute(taken)).scalars())

    def _there(self, mailbox: str) -> tuple[Any, ...]:
        return MESSAGE.c.tenant == self.tenant, MESSAGE.c.mailbox == mailbox, MESSAGE.c.deleted.is_(None)

    async def _change(self, message: Message, **values: object) -> Message:
        mine = (MESSAGE.c.tenant == self.tenant, MESSAGE.c.id == message.id)
        changing = update(MESSAGE).where(*mine).values(**values).returning(MESSAGE)
        return message_of((await self.conn.execute(changing)).mappings().one())


def message_of(row: RowMapping) -> Message:
    """A message as it is read from its table."""
    return Message(**{field.name: row[field.name] for field in attrs.fields(Message)})
