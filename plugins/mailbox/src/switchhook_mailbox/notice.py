"""The notification call: the owner is rung about new messages, and hears them there and then."""

from __future__ import annotations

from typing import Final

import attrs

from switchhook import Exit, Label, Listen, Module, Session, setting

from .box import Mailbox
from .hearing import Desk, Listing, let_in

CONFIRM: Final = "1"
_ASKED: Final = 2
"""Times whoever answered is asked to confirm: an answering machine does not."""


@attrs.frozen
class Notice(Module):
    """Serves whoever answered: asks for key 1 or the PIN, then goes through the new messages as remote access does.

    ``attempt`` counts the calls about messages nobody heard yet.
    """

    kind = "mailbox-notice"
    label = Label("Benachrichtigung der Mailbox", "Notice of the mailbox")
    consumes_input = True

    mailbox: str = setting("reference", "Mailbox", "Mailbox", to="mailbox")
    attempt: int = setting("integer", "Versuch", "Attempt", minimum=1)

    def exits(self) -> tuple[str, ...]:
        """``heard`` once messages were played, ``unconfirmed`` when nobody confirmed."""
        return ("heard", "unconfirmed")

    async def run(self, session: Session) -> Exit:
        """Play; see the class."""
        box = await session.resource(Mailbox, self.mailbox)
        if not await self._confirmed(session, box):
            return Exit("unconfirmed", "nobody confirmed")
        desk = Desk(session, self.mailbox, box)
        listing = Listing(new=(await desk.listing()).new)
        await desk.go_through(listing)
        return Exit("heard", f"{len(listing.new)} new messages were offered")

    async def _confirmed(self, session: Session, box: Mailbox) -> bool:
        for _ in range(_ASKED):
            if box.call_confirm == "pin":
                if await let_in(session, self.mailbox, box, "stock/mailbox-notice-pin"):
                    return True
            elif (await session.read("stock/mailbox-notice", listen=Listen(1, 6.0))).pressed == CONFIRM:
                return True
        return False
