"""Calling somebody into a room: by key 6, and the call that is placed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from switchhook import (
    DialPlan,
    Exit,
    Label,
    LegRefused,
    Listen,
    Module,
    NotFound,
    NumberRefused,
    Order,
    OrderHopeless,
    Placement,
    PlacingRefused,
    Session,
    Target,
    classify,
    setting,
)

from .room import ConferenceRoom

if TYPE_CHECKING:
    from switchhook.administration import Administration

DIAL: Final = "conference.dial"
"""The order by which a caller in a room has somebody called."""
RINGS: Final = 40
"""Seconds for which whoever is called in may take the call."""
_TAKES: Final = "1"
_ASKED: Final = 2
"""Times whoever answered is asked: an answering machine does not press a key."""


async def call_somebody(session: Session, id: str, room: ConferenceRoom) -> None:  # noqa: A002
    """Ask for a number and have it called into the room; a refusal is said, and its reason in the course."""
    given = (await session.read("stock/conference-dial", listen=Listen(20, 8.0, 4.0, "#"))).pressed
    if not given:
        return
    number = room.caller_id or session.call.number
    try:
        target = number_of(given)
        await session.may_dial(DialPlan((target,), RINGS, room.longest, number))
    except LegRefused as refused:
        session.note("nobody was called into the room", given=given, why=str(refused))
        await session.play("stock/conference-refused")
        return
    await session.order(DIAL, {"room": id, "target": target.address, "number": number})
    await session.play("stock/conference-dialling")


def number_of(given: str) -> Target:
    """The number somebody entered; raises ``LegRefused`` for one that is not called from rooms, or is none."""
    try:
        called = classify(given)
    except NumberRefused as refused:
        raise LegRefused(str(refused)) from refused
    if called.kind != "e164":
        raise LegRefused(f"{given} is no number that can be called from a room")
    return Target("number", called.canonical)


async def called_by_key(administration: Administration, order: Order) -> None:
    """Place the call somebody in a room ordered."""
    from .rooms_now import room_of

    id, target = str(order.payload["room"]), str(order.payload["target"])  # noqa: A001 - the domain's own word
    try:
        room = await room_of(administration, order.tenant, id)
        await place(
            administration,
            order.tenant,
            id,
            room,
            Target("number", target),
            number=str(order.payload["number"]),
            key=f"order/{order.id}",
        )
    except (NotFound, PlacingRefused) as gone:
        raise OrderHopeless(f"nobody can be called into the room {id}: {gone}") from gone


async def place(
    administration: Administration,
    tenant: str,
    id: str,  # noqa: A002 - the domain's own word
    room: ConferenceRoom,
    target: Target,
    *,
    number: str,
    key: str = "",
) -> Placement:
    """Have somebody called into a room; they are asked whether they join it."""
    return await administration.placing.place(
        tenant,
        Invitation(room=id),
        target,
        subject=f"{id}/{target.address}",
        key=key,
        number=number,
        ring_seconds=RINGS,
        limit_seconds=room.longest,
    )


async def ended(administration: Administration, placement: Placement) -> None:
    """Nothing follows: how it went stands in the call's course."""


@attrs.frozen
class Invitation(Module):
    """Serves whoever was called into a room: key 1 joins it as a participant."""

    kind = "conference-invitation"
    label = Label("Einladung in die Konferenz", "Invitation to the conference")
    consumes_input = True

    room: str = setting("reference", "Konferenzraum", "Conference room", to="conference-room")

    def exits(self) -> tuple[str, ...]:
        """``left`` however the stay ended, ``declined`` without the key, ``denied`` and ``full``."""
        return ("left", "declined", "denied", "full")

    async def run(self, session: Session) -> Exit:
        """Ask and join; see the class."""
        from .conference import stay

        room = await session.resource(ConferenceRoom, self.room)
        if room.language:
            session.language = room.language
        for _ in range(_ASKED):
            given = await session.read("stock/conference-invited", listen=Listen(1, 6.0))
            if given.pressed == _TAKES:
                return await stay(session, self.room, attrs.evolve(room, dial_out="nobody"), moderator=False)
        return Exit("declined", "nobody pressed the key that joins the room")
