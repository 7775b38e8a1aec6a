"""The module ``conference`` (Telefonkonferenz): the caller joins a room."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Final

import attrs

from switchhook import Exit, Label, Listen, Module, NotFound, Reference, Session, setting

from .calling import call_somebody
from .room import ConferenceRoom

_WAYS: Final = {
    "left": "the caller left the room",
    "removed": "the caller was removed from the room",
    "ended": "the conference was ended",
    "time_up": "the caller was in the room for as long as one may be",
}


@attrs.frozen
class Conference(Module):
    """Lets the caller into a room and stays there until they leave it.

    Without a ``room`` its id is asked for, such as ``4711``. Where the room
    has PINs one is asked for; without a PIN for participants the hash key
    alone lets in as one. Callers hear the same whether there is no such room,
    the PIN is wrong, or it is locked after too many wrong ones. A room that
    its moderator has locked is ``denied`` as well. In the room: 1 mutes, 2
    counts, # leaves; moderators: 4 locks, 5 mutes all, 0 ends it for all; and
    6 calls somebody in, for those who may.
    """

    kind = "conference"
    label = Label("Telefonkonferenz", "Conference")
    help = Label("Der Anrufer spricht mit allen im Raum.", "The caller talks to all in a room.")
    consumes_input = True
    exit_labels = {  # noqa: RUF012 - as every module says it
        "left": Label("Konferenz verlassen", "left"),
        "denied": Label("Nicht zugelassen", "not let in"),
        "full": Label("Raum voll", "room full"),
    }

    room: str = setting(
        "reference",
        "Konferenzraum",
        "Conference room",
        to="conference-room",
        default="",
        help=Label("Ohne wird nach seiner Nummer gefragt.", "Without one, the caller is asked for its number."),
    )
    tries: int = setting("integer", "Versuche", "Tries", default=3, minimum=1, maximum=3)

    def exits(self) -> tuple[str, ...]:
        """``left`` however the stay ended, ``denied``, and ``full``."""
        return ("left", "denied", "full")

    def references(self) -> Iterator[Reference]:
        """The room, if one is named."""
        if self.room:
            yield Reference("conference-room", self.room, "settings.room")

    async def run(self, session: Session) -> Exit:
        """Ask and join; see the class."""
        for _ in range(self.tries):
            id, room = await self._asked(session)  # noqa: A001 - the domain's own word
            role = await let_in(session, id, room)
            if role and room is not None:
                return await stay(session, id, room, moderator=role == "moderator")
            await session.play("stock/invalid")
        return Exit("denied", "the room or its PIN was not right, or it is locked")

    async def _asked(self, session: Session) -> tuple[str, ConferenceRoom | None]:
        id = self.room  # noqa: A001 - the domain's own word
        if not id:
            id = (await session.read("stock/conference-enter", listen=Listen(12, 8.0, 4.0, "#"))).pressed  # noqa: A001
        try:
            return id, await session.resource(ConferenceRoom, id)
        except NotFound:
            return id, None


async def let_in(session: Session, id: str, room: ConferenceRoom | None) -> str:  # noqa: A002
    """What a caller is in a room by the PIN they enter: ``moderator``, ``participant``, or nothing."""
    if room is not None and room.language:
        session.language = room.language
    if room is not None and not room.pins:
        return "participant"
    given = (await session.read("stock/conference-pin", listen=Listen(12, 8.0, 4.0, "#"), secret=True)).pressed
    if room is not None and not room.pin and not given:
        return "participant"
    verdict = await session.check_pin(ConferenceRoom.kind, id, given, room.pins if room else ())
    if verdict != "ok" or room is None:
        return ""
    moderates = hmac.compare_digest(room.moderator_pin.encode(), given.encode())
    return "moderator" if moderates else "participant"


async def stay(session: Session, id: str, room: ConferenceRoom, *, moderator: bool) -> Exit:  # noqa: A002
    """Be in the room, calling others in as wished, until the caller leaves it."""
    plan = room.plan(id, moderator=moderator)
    while True:
        stayed = await session.join(plan)
        if stayed.ended_by == "key":
            await call_somebody(session, id, room)
            continue
        if stayed.ended_by == "full":
            await session.play("stock/conference-full")
            return Exit("full", f"{room.most} are in the room {room.name}")
        if stayed.ended_by == "locked":
            await session.play("stock/conference-closed")
            return Exit("denied", f"the room {room.name} is locked by its moderator")
        return Exit("left", _WAYS[stayed.ended_by])
