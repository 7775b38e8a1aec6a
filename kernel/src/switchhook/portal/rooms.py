"""Rooms as those see and run them who may: who is in one now, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor
from ..asterisk.live_rooms import LiveRooms
from ..calls.course import CallLine
from ..calls.room import room_name
from ..clock import Clock
from ..store.audit import Audit
from ..store.engine import Store
from ..store.history import line_of_call
from ..store.tables import call


@attrs.frozen
class RoomMember:
    """Somebody in a room; ``call`` is what is kept of their call, None while that is not known."""

    id: str
    since: datetime
    moderator: bool
    muted: bool
    call: CallLine | None


@attrs.frozen
class RoomNow:
    """A room at this moment; ``stale`` says in words why it may be out of date."""

    members: Sequence[RoomMember] = ()
    locked: bool = False
    stale: str = ""


@attrs.frozen
class Rooms:
    """The rooms of all tenants, in the process that holds the connection to Asterisk."""

    store: Store
    clock: Clock
    audit: Audit
    live: LiveRooms

    def of(self, tenant: str, actor: Actor, *, see: str, run: str) -> TenantRooms:
        """A tenant's rooms, for an actor who needs the right ``see`` to look and ``run`` to act: a plugin's own."""
        return TenantRooms(self, tenant, actor, see, run)


@attrs.frozen
class TenantRooms:
    """One tenant's rooms, each by its owner: the kind and id of what is kept. Everything done is in the audit trail.

    Raises ``Forbidden`` without the right, ``NotFound`` for a member that is
    not in the room, ``AsteriskUnavailable`` when Asterisk cannot be told.
    """

    rooms: Rooms
    tenant: str
    actor: Actor
    see: str
    run: str

    async def now(self, *owners: tuple[str, str]) -> Mapping[tuple[str, str], RoomNow]:
        """How rooms are at this moment."""
        self.actor.need(self.see)
        live = self.rooms.live
        there = {owner: live.members(room_name(self.tenant, owner)) for owner in owners}
        calls = await self._calls([one.id for members in there.values() for one in members])
        return {
            owner: RoomNow(
                [RoomMember(one.id, one.since, one.moderator, one.muted, calls.get(one.id)) for one in members],
                live.locked(room_name(self.tenant, owner)),
                live.stale,
            )
            for owner, members in there.items()
        }

    async def look(self) -> None:
        """Have Asterisk asked for what it does not tell by itself, such as whether a room was locked by key.

        Where it cannot be asked, the rooms say why they may be out of date.
        """
        self.actor.need(self.see)
        await self.rooms.live.look()

    async def mute(self, owner: tuple[str, str], member: str, *, muted: bool) -> None:
        """Mute somebody, or let them be heard again."""
        room = self._may(owner)
        await self.rooms.live.mute(room, member, muted=muted)
        async with self.rooms.store.write() as conn:
            await self._tell(conn, "mute" if muted else "unmute", owner, {"member": member})

    async def mute_all(self, owner: tuple[str, str], *, muted: bool) -> None:
        """Mute everybody but the moderators, or let them be heard again."""
        room = self._may(owner)
        await self.rooms.live.mute_all(room, muted=muted)
        async with self.rooms.store.write() as conn:
            await self._tell(conn, "mute_all" if muted else "unmute_all", owner, {})

    async def remove(self, owner: tuple[str, str], member: str) -> None:
        """Have somebody leave the room."""
        room = self._may(owner)
        await self.rooms.live.remove(room, member)
        async with self.rooms.store.write() as conn:
            await self._tell(conn, "put_out", owner, {"member": member})

    async def lock(self, owner: tuple[str, str], *, locked: bool) -> None:
        """Let nobody join but moderators, or everybody again."""
        room = self._may(owner)
        await self.rooms.live.lock(room, locked=locked)
        async with self.rooms.store.write() as conn:
            await self._tell(conn, "lock" if locked else "open", owner, {})

    async def called(self, owner: tuple[str, str], target: str) -> None:
        """Note that the actor had somebody called into a room."""
        self._may(owner)
        async with self.rooms.store.write() as conn:
            await self._tell(conn, "call_in", owner, {"target": target})

    def _may(self, owner: tuple[str, str]) -> str:
        self.actor.need(self.run)
        return room_name(self.tenant, owner)

    async def _tell(self, conn: AsyncConnection, action: str, owner: tuple[str, str], told: Mapping[str, str]) -> None:
        audit = self.rooms.audit
        await audit.take_turn(conn)
        now = self.rooms.clock.now()
        await audit.add(conn, now, self.actor.name, action, (self.tenant, *owner), {}, told)

    async def _calls(self, ids: Sequence[str]) -> Mapping[str, CallLine]:
        if not ids:
            return {}
        query = select(call).where(call.c.tenant == self.tenant, call.c.id.in_(sorted(set(ids))))
        async with self.rooms.store.read() as conn:
            rows = (await conn.execute(query)).mappings().all()
        return {row["id"]: line_of_call(row) for row in rows}
