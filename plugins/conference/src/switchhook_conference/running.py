"""Looking after conferences: who is in them, and muting, removing, locking and calling in, by those who may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs

from switchhook import DialPlan, LegRefused, Target

from .calling import RINGS, number_of, place
from .room import ConferenceRoom
from .rooms_now import room_of

if TYPE_CHECKING:
    from switchhook.administration import Actor, Administration, RoomMember, RoomNow, TenantRooms

VIEW: Final = "conference.view"
RUN: Final = "conference.run"


@attrs.frozen
class RoomLine:
    """A room and how it is at this moment."""

    id: str
    room: ConferenceRoom
    now: RoomNow


@attrs.frozen
class Conferences:
    """The rooms of a tenant as somebody may see and run them; see ``Administration.rooms``."""

    administration: Administration
    tenant: str
    actor: Actor

    async def all(self) -> Sequence[RoomLine]:
        """Every room, those with somebody in it first."""
        from switchhook.administration import SYSTEM, everything

        self.actor.need(VIEW)
        kept = self.administration.keeping.of(self.tenant, SYSTEM)
        rooms = {one.id: one.value for one in (await everything(kept, [ConferenceRoom.kind])).values()}
        lines = await self._lines({id: one for id, one in rooms.items() if isinstance(one, ConferenceRoom)})  # noqa: A001
        return sorted(lines, key=lambda line: (not line.now.members, line.room.name, line.id))

    async def one(self, id: str) -> RoomLine:  # noqa: A002 - the domain's own word
        """One room; raises ``NotFound``."""
        self.actor.need(VIEW)
        return (await self._lines({id: await self._room(id)}))[0]

    async def mute(self, id: str, member: str, *, muted: bool) -> None:  # noqa: A002
        """Mute somebody, or everybody but the moderators where no member is named, or let them be heard again."""
        await self._room(id)
        owner = (ConferenceRoom.kind, id)
        if member:
            await self._rooms.mute(owner, member, muted=muted)
        else:
            await self._rooms.mute_all(owner, muted=muted)

    async def remove(self, id: str, member: str) -> None:  # noqa: A002
        """Have somebody leave the room."""
        await self._room(id)
        await self._rooms.remove((ConferenceRoom.kind, id), member)

    async def lock(self, id: str, *, locked: bool) -> None:  # noqa: A002
        """Let nobody join but moderators, or everybody again; raises ``NotFound`` for a room nobody is in."""
        await self._room(id)
        await self._rooms.lock((ConferenceRoom.kind, id), locked=locked)

    async def call_in(self, id: str, wished: str) -> None:  # noqa: A002
        """Have a phone or a number called into a room; raises ``LegRefused`` with every reason against it."""
        room = await self._room(id)
        self.actor.need(RUN)
        administration = self.administration
        phone = wished in administration.settings.phones
        target = Target("phone", wished) if phone else number_of(wished)
        plan = DialPlan((target,), RINGS, room.longest, room.caller_id)
        why = await administration.dialling.why_not(self.tenant, plan)
        if why:
            raise LegRefused(why)
        await place(administration, self.tenant, id, room, target, number=room.caller_id)
        await self._rooms.called((ConferenceRoom.kind, id), target.address)

    @property
    def _rooms(self) -> TenantRooms:
        return self.administration.rooms.of(self.tenant, self.actor, see=VIEW, run=RUN)

    async def _room(self, id: str) -> ConferenceRoom:  # noqa: A002
        return await room_of(self.administration, self.tenant, id)

    async def _lines(self, rooms: dict[str, ConferenceRoom]) -> Sequence[RoomLine]:
        await self._rooms.look()
        now = await self._rooms.now(*((ConferenceRoom.kind, id) for id in rooms))  # noqa: A001
        return [RoomLine(id, room, now[(ConferenceRoom.kind, id)]) for id, room in rooms.items()]  # noqa: A001


def who_is(member: RoomMember) -> str:
    """The number of somebody in a room or their pseudonym; empty while nothing is known of the call."""
    return member.call.caller if member.call is not None else ""
