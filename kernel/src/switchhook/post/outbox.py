"""The outbox: mail is written down in the transaction it belongs to, and goes out afterwards."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import attrs
from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor, Forbidden
from ..clock import Clock
from ..errors import NotFound
from ..store import tables_post
from ..store.engine import Store
from ..store.news import note_news
from .attachment import Attachment, Library, no_library
from .mail import Mail, MailPage, MailState, NotResent, checked_address
from .template import Letter, MailTemplates, Wording, one_line

_MAIL: Final = tables_post.mail

Custom = Callable[[AsyncConnection, str, str, str], Awaitable[Wording | None]]
"""A tenant's own wording of a template in a language, if it has one: (transaction, tenant, template, language)."""


@attrs.frozen
class Settled:
    """The order given in the transaction that notes what became of a mail: ``sent``, ``bounced`` or ``dead``.

    It is of the kind ``order``; its payload is ``payload`` with the mail's id as ``mail`` and that word as ``state``.
    A mail that is sent once more by hand is told of again.
    """

    order: str
    payload: Mapping[str, Any] = attrs.field(factory=dict)


class Sealing(Protocol):
    """Closes and opens what the database must not show."""

    def close(self, secret: str) -> str:
        """The secret as it may be stored."""

    def open(self, sealed: str) -> str:
        """The secret again."""


async def no_custom(conn: AsyncConnection, tenant: str, template: str, language: str) -> Wording | None:
    """Nobody has a wording of its own."""
    return None


@attrs.frozen
class Post:
    """What all tenants share: the store, the seal, and the templates."""

    store: Store
    clock: Clock
    seal: Sealing
    templates: MailTemplates
    custom: Custom = no_custom
    ready: bool = True
    """Whether the settings say how mail gets out; if not, it is kept and shown."""
    library: Library = no_library
    """Where attachments are read when a mail goes out."""

    def of(self, tenant: str, actor: Actor) -> Mails:
        """The mails of a tenant as ``actor`` may see them."""
        return Mails(self, tenant, actor)

    async def send(
        self,
        conn: AsyncConnection,
        *,
        tenant: str,
        to: str,
        template: str,
        values: Mapping[str, str],
        language: str,
        label: str = "",
        attachments: Sequence[Attachment] = (),
        settled: Settled | None = None,
    ) -> int:
        """Write a mail into the outbox, in the caller's transaction; gives its id.

        It goes out after the transaction, at least once, with the same
        Message-ID at each try. ``values`` fill the template's placeholders.
        ``label`` is the name of a routing point, for the header
        ``X-Switchhook-Routing``. ``attachments`` are read when it goes out;
        one that was deleted by then, or makes the mail too large, stays away.
        ``settled`` is the order given once it is known what became of the
        mail. What it says is sealed until it is out, and then erased. Raises
        ``AddressRefused`` and ``UnknownTemplate``.
        """
        address = checked_address(to)
        letter = (await self.wording(conn, tenant, template, language)).written(values)
        letter = attrs.evolve(letter, attachments=tuple(attachments))
        now = self.clock.now()
        row = {
            "tenant": tenant,
            "token": secrets.token_hex(16),
            "recipient": address,
            "template": template,
            "language": language,
            "label": one_line(label)[:200],
            "sealed": self.seal.close(json.dumps(attrs.asdict(letter))),
            "settled": json.dumps(attrs.asdict(settled)) if settled is not None else "",
            "state": "queued",
            "created": now,
            "since": now,
            "due": now,
        }
        id = int((await conn.execute(insert(_MAIL).values(row).returning(_MAIL.c.id))).scalar_one())  # noqa: A001
        await note_news(conn, now, [(tenant, "mails", "")])
        return id

    async def wording(self, conn: AsyncConnection, tenant: str, template: str, language: str) -> Wording:
        """The text of a template for a tenant: its own, else the built-in one; raises ``UnknownTemplate``."""
        built_in = self.templates[template].wording(language)
        return await self.custom(conn, tenant, template, language) or built_in

    def letter(self, sealed: str) -> Letter:
        """What a mail says, for those who send it."""
        held = json.loads(self.seal.open(sealed))
        return Letter(**held | {"attachments": tuple(Attachment(**one) for one in held.get("attachments", ()))})


@attrs.frozen
class Mails:
    """A tenant's mail log. What belongs to another tenant is ``NotFound``, what the actor may not do ``Forbidden``."""

    post: Post
    tenant: str
    actor: Actor

    async def page(self, *, state: MailState | None = None, after: int = 0, limit: int = 50) -> MailPage:
        """The mails, newest first, those of one state if wished; ``after`` is the cursor of the page before."""
        self._everything("mail.view")
        query = select(_MAIL).where(_MAIL.c.tenant == self.tenant).order_by(_MAIL.c.id.desc()).limit(limit + 1)
        query = query.where(_MAIL.c.state == state) if state else query
        query = query.where(_MAIL.c.id < after) if after else query
        async with self.post.store.read() as conn:
            mails = [mail_of(row) for row in (await conn.execute(query)).mappings()]
        return MailPage(mails[:limit], mails[limit - 1].id if len(mails) > limit else 0)

    async def kept(self) -> int | None:
        """How many mails are in the log; None for those who may not see them."""
        if not self.actor.reach("mail.view").everything:
            return None
        query = select(func.count()).select_from(_MAIL).where(_MAIL.c.tenant == self.tenant)
        async with self.post.store.read() as conn:
            return int((await conn.execute(query)).scalar_one())

    async def mail(self, id: int) -> Mail:  # noqa: A002 - the domain's own word
        """One mail; raises ``NotFound``."""
        self._everything("mail.view")
        async with self.post.store.read() as conn:
            return mail_of(await self._row(conn, id))

    async def read(self, id: int) -> tuple[Mail, Letter]:  # noqa: A002
        """A mail that is not out yet, and what it says, links included: for the operator alone. Raises ``NotFound``."""
        if self.actor.role != "operator":
            raise Forbidden("only an operator may read what is in a mail", right="mail.view", actor=self.actor.name)
        async with self.post.store.read() as conn:
            row = await self._row(conn, id)
        if not row["sealed"]:
            raise NotFound(f"what mail {id} said is no longer kept", id=id)
        return mail_of(row), self.post.letter(row["sealed"])

    async def resend(self, id: int) -> Mail:  # noqa: A002
        """Try a mail again now that was deferred, refused or given up; raises ``NotFound`` and :class:`NotResent`."""
        self._everything("mail.change")
        now = self.post.clock.now()
        async with self.post.store.write() as conn:
            row = await self._row(conn, id)
            if row["state"] == "sent" or not row["sealed"]:
                raise NotResent(f"mail {id} is out or too old to be sent again; cause a new one instead", id=id)
            again = {"state": "queued", "since": now, "due": now, "reply": ""}
            changed = update(_MAIL).where(_MAIL.c.id == id).values(again).returning(_MAIL)
            return mail_of((await conn.execute(changed)).mappings().one())

    def _everything(self, right: str) -> None:
        """A mail belongs to no number: a right over some of them says nothing about it."""
        if not self.actor.need(right).everything:
            raise Forbidden(f"this needs the right {right} over everything", right=right, actor=self.actor.name)

    async def _row(self, conn: AsyncConnection, id: int) -> RowMapping:  # noqa: A002
        query = select(_MAIL).where(_MAIL.c.tenant == self.tenant, _MAIL.c.id == id)
        row = (await conn.execute(query)).mappings().first()
        if row is None:
            raise NotFound(f"there is no mail {id}", id=id)
        return row


def mail_of(row: RowMapping | Mapping[str, Any]) -> Mail:
    """A mail from its row."""
    same = (
        "id",
        "tenant",
        "recipient",
        "template",
        "language",
        "label",
        "state",
        "tries",
        "reply",
        "created",
        "due",
        "tried",
    )
    plain = {name: row[name] for name in same}
    return Mail(**plain, message_id=f"<{row['token']}@switchhook>", resendable=bool(row["sealed"]))
