"""How messages are heard by telephone: one after the other, with keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, TypeVar
from zoneinfo import ZoneInfo

import attrs

from switchhook import DialPlan, LegRefused, Listen, Session, Target, spoken

from .box import Mailbox

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from .messages import Message, Rows

T = TypeVar("T")

AS_OF: Final = "mailbox_as_of"
"""The variable with the moment up to which messages are gone through, the same when the call is taken up again."""
PIN_PURPOSE: Final = "mailbox"
MENU_WAIT: Final = 6.0
MOST: Final = 500
"""Messages of each sort that are gone through in one call."""
IDLE: Final = 3
"""Times nothing, or a key without a meaning, is borne."""
Way = Literal["again", "back", "next", "call-back", "delete", "end", "nothing"]
_WAYS: Final[dict[str, Way]] = {"1": "again", "2": "back", "3": "next", "5": "call-back", "7": "delete", "*": "end"}
_STEPS: Final[dict[Way, int]] = {"next": 1, "nothing": 1, "delete": 1, "back": -1}


@attrs.frozen
class Listing:
    """What there was to hear when the caller began: ids of messages, oldest first."""

    new: Sequence[int] = ()
    old: Sequence[int] = ()

    @property
    def ids(self) -> Sequence[int]:
        """All of them, new ones first."""
        return (*self.new, *self.old)


@attrs.frozen
class Desk:
    """The messages of one mailbox for whoever is on the line, each look a transaction of its own."""

    session: Session
    name: str
    box: Mailbox
    call_back: bool = False

    async def listing(self) -> Listing:
        """What there was when it was asked first, the same to a call that is taken up again."""
        variables = self.session.variables
        as_of = datetime.fromisoformat(variables.setdefault(AS_OF, self.session.now().isoformat()))

        async def look(rows: Rows) -> Listing:
            return Listing(*await rows.heard_as_of(self.name, as_of, MOST))

        return await self._stored(look, Listing())

    async def message(self, id: int) -> Message | None:  # noqa: A002 - the domain's own word
        """One message, None when it was deleted meanwhile."""

        async def look(rows: Rows) -> Message | None:
            return await rows.there(self.name, id)

        return await self._stored(look, None)

    async def heard(self, id: int) -> None:  # noqa: A002
        """Note that a message was heard."""
        now = self.session.now()

        async def note(rows: Rows) -> None:
            if await rows.there(self.name, id) is not None:
                await rows.hear(self.name, id, now, "telephone")

        await self._stored(note, None)
        await self._changed()

    async def delete(self, id: int) -> None:  # noqa: A002
        """Delete a message."""
        now = self.session.now()

        async def note(rows: Rows) -> None:
            if await rows.there(self.name, id) is not None:
                await rows.delete(self.name, id, now, "telephone")

        await self._stored(note, None)
        await self._changed()

    async def _changed(self) -> None:
        """Have all else brought in line, such as calls that ring about it."""
        await self.session.order("mailbox.changed", {"mailbox": self.name})

    async def _stored(self, work: Callable[[Rows], Awaitable[T]], otherwise: T) -> T:
        async def within(conn: AsyncConnection) -> T:
            from .messages import Rows

            return await work(Rows(conn, self.session.call.tenant))

        return await self.session.stored(within, otherwise=otherwise)

    # -- what is heard ----------------------------------------------------------------------------

    async def go_through(self, listing: Listing) -> None:
        """Play message after message as the caller wishes; ends after the last one."""
        await self.session.play(*counted(listing, self.session.language))
        at = idle = 0
        while at < len(listing.ids):
            way = await self._one(listing, at)
            idle = idle + 1 if way == "nothing" else 0
            at = max(0, at + _STEPS.get(way, 0))
            if way == "end" or idle == IDLE:
                break
        if at >= len(listing.ids) > 0:
            await self.session.play("stock/mailbox-last")
        self.session.variables.pop(AS_OF, None)

    async def _one(self, listing: Listing, at: int) -> Way:
        id = listing.ids[at]  # noqa: A001 - the domain's own word
        message = await self.message(id)
        key = await self.session.play(*self._about(message, new=at < len(listing.new)), interruptible=True)
        if not key:
            key = await self._played(id, message)
        if not key:
            menu = ["stock/mailbox-menu", *(["stock/mailbox-call-back"] if self.call_back else [])]
            key = (await self.session.read(*menu, listen=Listen(1, MENU_WAIT))).pressed
        way = _WAYS.get(key, "nothing")
        if way == "delete":
            await self.delete(id)
            await self.session.play("stock/mailbox-deleted")
        if way == "call-back" and self.call_back:
            await called_back(self.session, message.caller if message is not None else "")
        return way

    async def _played(self, id: int, message: Message | None) -> str:  # noqa: A002
        """Play it; it counts as heard as soon as it begins, so that nobody is rung about it any more."""
        await self.heard(id)
        if message is None:
            return await self.session.play("stock/mailbox-deleted", interruptible=True)
        return await self.session.play(f"media/{message.media}", interruptible=True)

    def _about(self, message: Message | None, *, new: bool) -> Sequence[str]:
        """What sort of message it is, from whom and when."""
        sort = "stock/mailbox-new" if new else "stock/mailbox-old"
        if message is None:
            return (sort,)
        language = self.session.language
        left = message.made.astimezone(ZoneInfo(self.box.zone))
        digits = message.caller.removeprefix("+")
        known = ("stock/mailbox-from", *spoken.digits(digits, language)) if digits else ("stock/mailbox-from-nobody",)
        day, clock = spoken.day(left.date(), language), spoken.clock(left.time(), language)
        return (sort, *known, *day, "stock/mailbox-at", *clock)


async def let_in(session: Session, name: str, box: Mailbox, prompt: str) -> bool:
    """Ask for the PIN of a mailbox and whether it is right; the same answer to a wrong one, none, and a locked one."""
    given = (await session.read(prompt, listen=Listen(12, 8.0, 4.0, "#"), secret=True)).pressed
    return await session.check_pin(PIN_PURPOSE, name, given, [box.pin] if box.pin else []) == "ok"


def counted(listing: Listing, language: str) -> tuple[str, ...]:
    """How many messages there are, in words."""
    if not listing.ids:
        return ("stock/mailbox-none",)
    words: list[str] = ["stock/mailbox-you-have"]
    for sort, ids in (("new", listing.new), ("old", listing.old)):
        if ids:
            words += [*spoken.number(len(ids), language), f"stock/mailbox-{sort}" + ("" if len(ids) == 1 else "-many")]
    return tuple(words)


async def called_back(session: Session, caller: str) -> None:
    """Connect with whoever left a message; one who withheld the number, or may not be dialled, cannot be reached."""
    reached = False
    if caller.startswith("+"):
        try:
            reached = (await session.dial(DialPlan((Target("number", caller),)))).status == "answered"
        except LegRefused:
            session.note("calling back is not allowed")
    if not reached:
        await session.play("stock/nobody-available")
