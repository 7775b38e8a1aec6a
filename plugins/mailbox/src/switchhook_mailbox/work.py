"""What is done about messages beside calls: written down, mailed, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from switchhook import Label, NotFound, Order, SwitchhookError

from .box import Mailbox
from .lamps import show_waiting
from .mails import MESSAGE
from .told import file_name, values_of

if TYPE_CHECKING:
    from switchhook.administration import Administration, Resources

    from .messages import Message, Rows

KEPT: Final = "mailbox.kept"
"""The order given with each recording that was kept for a mailbox."""
MAILED: Final = "mailbox.mailed"
"""The order given once it is known what became of a mail about a message."""
CHANGED: Final = "mailbox.changed"
"""The order given once messages were heard or deleted by telephone."""
OWNER: Final = "mailbox"
NEWS: Final = "message"
"""The topic those who look at messages listen to."""


async def box_of(administration: Administration, tenant: str, name: str) -> Mailbox | None:
    """A mailbox, None when it was deleted: what was left in it is kept, and nobody is told."""
    try:
        record = await boxes_of(administration, tenant).get(Mailbox.kind, name)
    except NotFound:
        return None
    return record.value if record.deleted is None and isinstance(record.value, Mailbox) else None


def boxes_of(administration: Administration, tenant: str) -> Resources:
    """The mailboxes of a tenant, as the plugin itself sees them."""
    from switchhook.administration import Actor, Reach

    return administration.keeping.of(tenant, Actor(OWNER, {"mailbox.view": Reach(everything=True)}))


async def kept(administration: Administration, order: Order) -> None:
    """Make a recording a message of its mailbox, and have its owner told, in one transaction."""
    from .messages import Rows
    from .ringing import ring_about

    name, media = str(order.payload["owner"]), str(order.payload["media"])
    box = await box_of(administration, order.tenant, name)
    try:
        file = await administration.media.belonging(order.tenant, (OWNER, name)).get(media)
    except NotFound:  # deleted already
        return
    values = {
        "mailbox": name,
        "media": media,
        "call": file.call,
        "caller": str(file.facts.get("caller", "")),
        "label": str(file.facts.get("label", "")),
        "made": file.made,
        "seconds": file.seconds,
    }
    async with administration.store.write() as conn:
        rows = Rows(conn, order.tenant)
        message = await rows.add(values)
        if message is not None and box is not None:
            await mail_about(administration, rows, box, message)
            await ring_about(administration, rows, box, name)
        await follow(administration, rows, name)


async def mail_about(administration: Administration, rows: Rows, box: Mailbox, message: Message) -> None:
    """Write the mails about a message, each with its sound."""
    from switchhook.administration import Attachment, Settled

    with_sound = [Attachment(message.media, file_name(box, message))]
    settled = Settled(MAILED, {"mailbox": message.mailbox, "message": message.id})
    mails = [
        mail
        for address in box.mail_to
        if (mail := await Mailing(administration, rows, box, message).send(MESSAGE, address, with_sound, settled))
    ]
    if mails:
        await rows.mailing(message, mails)


@attrs.frozen
class Mailing:
    """Writes mails about one message. What cannot be written to an address becomes an alert, and the message stays."""

    administration: Administration
    rows: Rows
    box: Mailbox
    message: Message

    async def send(self, template: str, address: str, attachments: object = (), settled: object = None) -> int | None:
        """One mail; its id, None for an address no mail can be sent to."""
        try:
            return await self.administration.post.send(
                self.rows.conn,
                tenant=self.rows.tenant,
                to=address,
                template=template,
                values=values_of(self.box, self.message),
                language=self.box.mail_language,
                label=self.message.label,
                attachments=attachments,  # type: ignore[arg-type]
                settled=settled,  # type: ignore[arg-type]
            )
        except SwitchhookError as error:
            text = Label(
                f"An {address} geht keine Mail über Nachrichten der Mailbox {self.box.name}: {error}",
                f"No mail goes to {address} about messages of the mailbox {self.box.name}: {error}",
            )
            await alarm(self.administration, self.rows, "mailbox.mail", self.message, text)
            return None


async def alarm(administration: Administration, rows: Rows, rule: str, message: Message, text: Label) -> None:
    """Let the tenant's people know, in the caller's transaction."""
    await administration.alerts.raise_(rows.tenant, rule, message.mailbox, text, label=message.label, conn=rows.conn)


async def mailed(administration: Administration, order: Order) -> None:
    """Note what became of a mail; with all of them taken, delete the message where its mailbox wants that."""
    from .messages import Rows

    name, id = str(order.payload["mailbox"]), int(order.payload["message"])  # noqa: A001 - the domain's own word
    box = await box_of(administration, order.tenant, name)
    async with administration.store.write() as conn:
        rows = Rows(conn, order.tenant)
        message = await rows.mailed(name, id, int(order.payload["mail"]), taken=order.payload["state"] == "sent")
        if message is not None and message.mail == "sent" and box is not None and box.after_mail == "delete":
            await delete(administration, rows, message, "mail")


async def delete(administration: Administration, rows: Rows, message: Message, by: str) -> None:
    """Delete a message and its recording, and see to it that nobody is rung for nothing."""
    await rows.delete(message.mailbox, message.id, administration.clock.now(), by)
    await follow(administration, rows, message.mailbox)


async def changed(administration: Administration, order: Order) -> None:
    """Follow what was heard or deleted by telephone."""
    from .messages import Rows

    async with administration.store.write() as conn:
        await follow(administration, Rows(conn, order.tenant), str(order.payload["mailbox"]))


async def follow(administration: Administration, rows: Rows, name: str) -> None:
    """Bring all else in line with the messages of a mailbox: recordings of deleted ones go, calls about heard ones stop."""
    from switchhook.administration import note_news

    from .ringing import stop_if_heard

    await note_news(rows.conn, administration.clock.now(), [(rows.tenant, NEWS, "")])
    if gone := await rows.to_erase(name):
        await administration.media.belonging(rows.tenant, (OWNER, name)).trash(rows.conn, gone)
    await stop_if_heard(administration, rows, name)
    box = await box_of(administration, rows.tenant, name)
    if box is not None:
        await show_waiting(administration, rows, boxes_of(administration, rows.tenant), box)
