"""The module ``mailbox-access`` (Fernabfrage): the owner hears messages by telephone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from switchhook import Exit, Label, Listen, Module, NotFound, Reference, Session, setting

from .box import Mailbox
from .hearing import Desk, let_in

REFUSED: Final = Exit("refused", "the mailbox or its PIN was not right, or it is locked")


@attrs.frozen
class MailboxAccess(Module):
    """Asks for the PIN, then plays messages: new ones first, the oldest first.

    Without a ``mailbox`` its id is asked for, such as ``21``: give mailboxes
    ids of digits for that. Nobody learns whether it was the mailbox or the
    PIN that was wrong, or that it is locked. Keys: 1 again, 2 back, 3 next,
    7 delete, ``*`` end, and 5 calls back where ``call_back`` is on.
    """

    kind = "mailbox-access"
    label = Label("Fernabfrage", "Mailbox access")
    help = Label("Der Inhaber hört seine Nachrichten am Telefon ab.", "The owner hears messages by telephone.")
    consumes_input = True
    exit_labels = {  # noqa: RUF012 - as every module says it
        "done": Label("Fertig", "done"),
        "refused": Label("Nicht zugelassen", "not let in"),
    }

    mailbox: str = setting(
        "reference",
        "Mailbox",
        "Mailbox",
        to="mailbox",
        default="",
        help=Label("Ohne wird nach ihrer Nummer gefragt.", "Without one, the caller is asked for its number."),
    )
    tries: int = setting("integer", "Versuche für die PIN", "Tries for the PIN", default=3, minimum=1, maximum=5)
    call_back: bool = setting("boolean", "Zurückrufen mit 5", "Call back with 5", default=False)

    def exits(self) -> tuple[str, ...]:
        """``done`` after the messages, ``refused`` without the right PIN."""
        return ("done", "refused")

    def references(self) -> Iterator[Reference]:
        """The mailbox, if one is named."""
        if self.mailbox:
            yield Reference("mailbox", self.mailbox, "settings.mailbox")

    async def run(self, session: Session) -> Exit:
        """Ask and play; see the class."""
        for _ in range(self.tries):
            name, box = await self._asked(session)
            if await let_in(session, name, box, "stock/mailbox-pin"):
                return await self._play(Desk(session, name, box, self.call_back))
            await session.play("stock/invalid")
        return REFUSED

    async def _asked(self, session: Session) -> tuple[str, Mailbox]:
        """The mailbox, or one that nobody gets into where there is none of this number."""
        name = self.mailbox
        if not name:
            name = (await session.read("stock/mailbox-enter", listen=Listen(12, 8.0, 4.0, "#"))).pressed
        try:
            return name, await session.resource(Mailbox, name)
        except NotFound:
            return name, Mailbox(name="-")

    async def _play(self, desk: Desk) -> Exit:
        listing = await desk.listing()
        await desk.go_through(listing)
        return Exit("done", f"{len(listing.new)} new and {len(listing.old)} heard messages were offered")
