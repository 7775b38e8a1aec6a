"""Who is in which room now: a view for people, fed by AMI and corrected by asking, and what they may do there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import attrs

from ..clock import Clock
from ..errors import AsteriskError, AsteriskUnavailable, NotFound
from .ami_errors import AsteriskRefused
from .ami_event import AmiEvent
from .ami_listener import AmiListener, Asterisk

_LIST_DEADLINE: Final = 9.0
_YES: Final = "Yes"
_NONE: Final = "No active conferences."
"""What Asterisk answers that knows of no room at all."""


@attrs.frozen
class LiveMember:
    """Somebody in a room: ``id`` is the full Uniqueid of the channel, ``channel`` its name; ``waits`` for a moderator."""

    id: str
    channel: str
    since: datetime
    moderator: bool = False
    muted: bool = False
    waits: bool = False


@attrs.define(eq=False)
class LiveRooms(AmiListener):
    """Keeps the members of each room by its name in Asterisk, the longest there first.

    ``stale`` says in words why that may be out of date. ``changes`` counts
    what changed in each room since the portal began. Acting raises
    ``AsteriskUnavailable`` without a connection and ``NotFound`` for a room or
    member that is not there any more.
    """

    clock: Clock
    stale: str = attrs.field(default="not connected yet", init=False)
    changes: dict[str, int] = attrs.field(factory=dict, init=False)
    _rooms: dict[str, dict[str, LiveMember]] = attrs.field(factory=dict, init=False)
    _locked: frozenset[str] = attrs.field(default=frozenset(), init=False)
    _asterisk: Asterisk | None = attrs.field(default=None, init=False)

    def members(self, room: str) -> Sequence[LiveMember]:
        """Who is in a room, as far as is known."""
        return sorted(self._rooms.get(room, {}).values(), key=lambda one: one.since)

    def locked(self, room: str) -> bool:
        """Whether a room was locked when Asterisk was last asked; a key locks it without a word to us."""
        return room in self._locked

    # -- what people do -------------------------------------------------------------------------

    async def look(self) -> None:
        """Ask Asterisk how the rooms are, for what it tells nobody by itself, such as a lock by key.

        Where it cannot be asked, ``stale`` says so.
        """
        if self._asterisk is None:
            return
        try:
            await self._ask(self._asterisk)
        except AsteriskError as fault:
            self.stale = f"the rooms could not be read: {fault}"

    async def mute(self, room: str, member: str, *, muted: bool) -> None:
        """Mute somebody, or let them be heard again."""
        action = "ConfbridgeMute" if muted else "ConfbridgeUnmute"
        await self._act(action, {"Conference": room, "Channel": self._channel(room, member)})

    async def mute_all(self, room: str, *, muted: bool) -> None:
        """Mute everybody but the moderators, or let them be heard again."""
        action = "ConfbridgeMute" if muted else "ConfbridgeUnmute"
        await self._act(action, {"Conference": room, "Channel": "participants"})

    async def remove(self, room: str, member: str) -> None:
        """Have somebody leave the room."""
        await self._act("ConfbridgeKick", {"Conference": room, "Channel": self._channel(room, member)})

    async def lock(self, room: str, *, locked: bool) -> None:
        """Let nobody join but moderators, or everybody again."""
        await self._act("ConfbridgeLock" if locked else "ConfbridgeUnlock", {"Conference": room})
        self._locked = self._locked | {room} if locked else self._locked - {room}
        self._changed(room)

    async def _act(self, action: str, fields: Mapping[str, str]) -> None:
        try:
            await self._connected().action(action, fields)
        except AsteriskRefused as refused:
            raise NotFound("nobody is in the room any more, or not who was meant", why=str(refused)) from refused

    def _channel(self, room: str, member: str) -> str:
        found = self._rooms.get(room, {}).get(member)
        if found is None:
            raise NotFound(f"{member!r} is not in the room", member=member)
        return found.channel

    def _connected(self) -> Asterisk:
        if self._asterisk is None:
            raise AsteriskUnavailable(f"the rooms cannot be reached: {self.stale or 'no connection to Asterisk'}")
        return self._asterisk

    # -- what Asterisk tells --------------------------------------------------------------------

    def received(self, event: AmiEvent) -> None:
        """See :class:`AmiListener`."""
        handle = _HANDLERS.get(event.name)
        if handle is not None:
            handle(self, event)

    async def connected(self, asterisk: Asterisk) -> None:
        """See :class:`AmiListener`: rooms go on while the portal is away."""
        self._asterisk = asterisk
        await self._ask(asterisk)

    async def missed(self, asterisk: Asterisk, events: int) -> None:
        """See :class:`AmiListener`."""
        self.stale = f"{events} events were dropped"
        await self._ask(asterisk)

    async def sweep(self, asterisk: Asterisk) -> None:
        """See :class:`AmiListener`."""
        await self._ask(asterisk)

    async def lost(self, reason: str) -> None:
        """See :class:`AmiListener`."""
        self._asterisk = None
        self.stale = f"no connection to Asterisk: {reason}"

    async def refused(self, reason: str) -> None:
        """See :class:`AmiListener`."""
        self.stale = reason

    async def _ask(self, asterisk: Asterisk) -> None:
        try:
            rooms = await _listed(asterisk)
            self._locked = frozenset(one["Conference"] for one in rooms if one.get("Locked") == _YES)
            await self._compare(asterisk, {one["Conference"] for one in rooms} | set(self._rooms))
        except AsteriskError as fault:
            self.stale = f"the rooms could not be read: {fault}"
            raise
        self.stale = ""

    async def _compare(self, asterisk: Asterisk, rooms: Collection[str]) -> None:
        for room in rooms:
            try:
                _, *there = await asterisk.action("ConfbridgeList", {"Conference": room}, deadline=_LIST_DEADLINE)
            except AsteriskRefused:  # it ended meanwhile
                there = []
            known, now = self._rooms.get(room, {}), self.clock.now()
            found = [_member(one, known.get(one["Uniqueid"]), now) for one in there]
            self._put(room, {one.id: one for one in found})

    def _join(self, event: AmiEvent) -> None:
        member = _member(event, None, self.clock.now())
        room = event["Conference"]
        self._put(room, {**self._rooms.get(room, {}), member.id: member})

    def _leave(self, event: AmiEvent) -> None:
        room, gone = event["Conference"], event["Uniqueid"]
        self._put(room, {id: one for id, one in self._rooms.get(room, {}).items() if id != gone})  # noqa: A001

    def _mute(self, event: AmiEvent) -> None:
        self._set(event, muted=True)

    def _unmute(self, event: AmiEvent) -> None:
        self._set(event, muted=False)

    def _set(self, event: AmiEvent, **values: Any) -> None:
        room, known = event["Conference"], self._rooms.get(event["Conference"], {})
        if event["Uniqueid"] in known:
            self._put(room, {**known, event["Uniqueid"]: attrs.evolve(known[event["Uniqueid"]], **values)})

    def _put(self, room: str, members: dict[str, LiveMember]) -> None:
        if members == self._rooms.get(room, {}):
            return
        if members:
            self._rooms[room] = members
        else:
            del self._rooms[room]
            self._locked -= {room}
        self._changed(room)

    def _changed(self, room: str) -> None:
        self.changes[room] = self.changes.get(room, 0) + 1


async def _listed(asterisk: Asterisk) -> Sequence[AmiEvent]:
    try:
        _, *rooms = await asterisk.action("ConfbridgeListRooms", deadline=_LIST_DEADLINE)
    except AsteriskRefused as refused:
        if refused.data.get("answer") != _NONE:
            raise
        return []
    return rooms


def _member(event: AmiEvent, known: LiveMember | None, now: datetime) -> LiveMember:
    answered = event.get("AnsweredTime")
    since = known.since if known else now - timedelta(seconds=int(answered) if answered.isdecimal() else 0)
    return LiveMember(
        event["Uniqueid"],
        event["Channel"],
        since,
        event.get("Admin") == _YES,
        event.get("Muted") == _YES,
        event.get("Waiting") == _YES,
    )


_HANDLERS: Final = MappingProxyType(
    {
        "ConfbridgeJoin": LiveRooms._join,
        "ConfbridgeLeave": LiveRooms._leave,
        "ConfbridgeMute": LiveRooms._mute,
        "ConfbridgeUnmute": LiveRooms._unmute,
    }
)
