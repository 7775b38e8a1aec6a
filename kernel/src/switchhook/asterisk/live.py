"""The calls that are live on Asterisk now: a view for people, fed by AMI and corrected by asking.

Events are hints. After each connect, after each gap and about once a minute
Asterisk is asked for all its channels (CoreShowChannels), and what differs is
made right and reported. The truth about a call is the journal, not this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import attrs

from switchhook.clock import Clock
from switchhook.errors import AsteriskError, AsteriskUnavailable

from .ami_event import AmiEvent
from .ami_listener import AmiListener, Asterisk
from .live_values import CallOver, LegBegan, LegChanged, LegEnded, LegEnding, LiveCall, LiveChange, LiveLeg

#: Asterisk's word for an empty caller number in events.
_NOBODY: Final = "<unknown>"
#: How the channels begin in which Asterisk itself speaks to a room: nobody is on them.
_NOBODYS: Final = ("CBAnn/", "CBRec/")
#: How long Asterisk may take to list its channels, in seconds: longer than a dead connection goes unnoticed.
_LIST_DEADLINE: Final = 9.0


@attrs.define(eq=False)
class LiveCalls(AmiListener):
    """Keeps every leg by its full Uniqueid and every call by its Linkedid, until they end.

    ``on_change`` is called for each change, in order, once the view is right
    again; it must be quick. Ends that happened unseen are reported as ``missed``; when
    Asterisk restarted, all older legs as ``interrupted``. ``stale`` says in
    words why the view may be out of date, and is empty when it is not.
    ``started`` is when this Asterisk started, up to 2 s too early and never too
    late by more than the wait for the event; None as long as it is not known.
    """

    clock: Clock
    on_change: Callable[[LiveChange], None] = attrs.field(default=lambda change: None)
    stale: str = attrs.field(default="not connected yet", init=False)
    _legs: dict[str, LiveLeg] = attrs.field(factory=dict, init=False)
    _changes: deque[LiveChange] = attrs.field(factory=deque, init=False)
    started: datetime | None = attrs.field(default=None, init=False)
    _asterisk: Asterisk | None = attrs.field(default=None, init=False)
    _startup: str = attrs.field(default="", init=False)
    _booted: datetime | None = attrs.field(default=None, init=False)
    _suspects: frozenset[str] = attrs.field(default=frozenset(), init=False)

    def snapshot(self) -> tuple[LiveCall, ...]:
        """All calls as they are believed to be now, the oldest first."""
        calls: dict[str, list[LiveLeg]] = {}
        for leg in sorted(self._legs.values(), key=lambda leg: leg.since):
            calls.setdefault(leg.call, []).append(leg)
        return tuple(LiveCall(call, tuple(legs)) for call, legs in calls.items())

    def call(self, id: str) -> LiveCall | None:  # noqa: A002 - the domain's word
        """The call with this Linkedid, or None when it is not live."""
        return next((call for call in self.snapshot() if call.id == id), None)

    def leg(self, id: str) -> LiveLeg | None:  # noqa: A002 - the domain's word
        """The leg with this full Uniqueid, or None when it is not live."""
        return self._legs.get(id)

    def received(self, event: AmiEvent) -> None:
        """Take an event; one about an unknown leg is left to the next comparison."""
        handle = _HANDLERS.get(event.name)
        if handle is not None:
            handle(self, event)
            self._report()

    async def hang_up(self, id: str) -> bool:  # noqa: A002 - the domain's word
        """Have Asterisk end the leg with this full Uniqueid, and with it its call; False when it is not live.

        Raises ``AsteriskUnavailable`` without a connection, and ``AsteriskRefused``.
        """
        leg = self._legs.get(id)
        if leg is None:
            return False
        if self._asterisk is None:
            raise AsteriskUnavailable("there is no connection to Asterisk, so the call cannot be ended")
        await self._asterisk.action("Hangup", {"Channel": leg.name, "Cause": "16"})
        return True

    async def connected(self, asterisk: Asterisk) -> None:
        """Ask for the whole state; an Asterisk that started anew has none of the older calls."""
        self._asterisk = asterisk
        await self._ask(asterisk, certain=True)

    async def missed(self, asterisk: Asterisk, events: int) -> None:
        """Ask for the whole state, since events are missing."""
        self.stale = f"{events} events were dropped"
        await self._ask(asterisk, certain=True)

    async def sweep(self, asterisk: Asterisk) -> None:
        """Compare; a leg counts as gone when it was absent twice, as its Hangup may still be on its way."""
        await self._ask(asterisk, certain=False)

    async def lost(self, reason: str) -> None:
        """Keep all calls: they go on without us."""
        self._asterisk = None
        self._booted = None
        self.stale = f"no connection to Asterisk: {reason}"

    async def refused(self, reason: str) -> None:
        """Keep all calls, as after a loss."""
        self.stale = reason

    async def _ask(self, asterisk: Asterisk, *, certain: bool) -> None:
        try:
            (status,) = await asterisk.action("CoreStatus", deadline=_LIST_DEADLINE)
            _, *channels = await asterisk.action("CoreShowChannels", deadline=_LIST_DEADLINE)
        except AsteriskError as fault:
            self.stale = f"the live calls could not be read: {fault}"
            if isinstance(fault, AsteriskUnavailable):
                asterisk.drop(self.stale)
            raise
        self._note_start(f"{status.get('CoreStartupDate')} {status.get('CoreStartupTime')}")
        self._compare(channels, certain=certain)
        self.stale = ""
        self._report()

    def _report(self) -> None:
        while self._changes:
            self.on_change(self._changes.popleft())

    def _note_start(self, startup: str) -> None:
        # CoreStatus tells Asterisk's own local time, which may be of another zone than ours: good enough to
        # notice a new start, but what time that was is reckoned from the uptime.
        if startup == self._startup:
            self.started = min((time for time in (self.started, self._booted) if time), default=None)
            return
        if self._startup:
            self._end(list(self._legs), "interrupted")
        self._startup, self.started = startup, self._booted

    def _boot(self, event: AmiEvent) -> None:
        uptime = event.get("Uptime")
        whole = timedelta(seconds=int(uptime) + 1) if uptime.isdecimal() else None
        self._booted = self.clock.now() - whole if whole else None

    def _compare(self, channels: Collection[AmiEvent], *, certain: bool) -> None:
        absent = self._legs.keys() - {event["Uniqueid"] for event in channels}
        self._end(sorted(absent if certain else absent & self._suspects), "missed")
        self._suspects = frozenset(absent & self._legs.keys())
        for event in channels:
            self._see(event)
        for event in channels:
            self._change(event["Uniqueid"], bridge=event.get("BridgeId"))

    def _see(self, event: AmiEvent) -> None:
        """Begin or refresh the leg a Newchannel or CoreShowChannel event describes."""
        if event["Uniqueid"] in self._legs:
            self._refresh(event)
            return
        if event.get("Channel").startswith(_NOBODYS):
            return
        leg = LiveLeg(event["Uniqueid"], **_described(event), since=self.clock.now() - _age(event))
        self._legs[leg.id] = leg
        self._changes.append(LegBegan(leg))

    def _refresh(self, event: AmiEvent) -> None:
        self._change(event.get("Uniqueid"), **_described(event))

    def _rename(self, event: AmiEvent) -> None:
        self._change(event.get("Uniqueid"), name=event.get("Newname"))

    def _hang_up(self, event: AmiEvent) -> None:
        cause = event.get("Cause")
        self._end([event.get("Uniqueid")], "hangup", int(cause) if cause.isdecimal() else None)

    def _enter_bridge(self, event: AmiEvent) -> None:
        self._change(event.get("Uniqueid"), **_described(event), bridge=event.get("BridgeUniqueid"))

    def _leave_bridge(self, event: AmiEvent) -> None:
        self._change(event.get("Uniqueid"), **_described(event), bridge="")

    def _dial(self, event: AmiEvent) -> None:
        dialing = self._dialing(event) | {event.get("DestUniqueid")}
        self._change(event.get("Uniqueid"), dialing=dialing & self._legs.keys())

    def _dial_end(self, event: AmiEvent) -> None:
        self._change(event.get("Uniqueid"), dialing=self._dialing(event) - {event.get("DestUniqueid")})

    def _dialing(self, event: AmiEvent) -> frozenset[str]:
        leg = self._legs.get(event.get("Uniqueid"))
        return leg.dialing if leg else frozenset()

    def _change(self, id: str, **values: Any) -> None:  # noqa: A002 - the domain's word
        before = self._legs.get(id)
        if before is None:
            return
        leg = attrs.evolve(before, **values)
        if leg == before:
            return
        self._legs[id] = leg
        self._changes.append(LegChanged(before, leg))
        if leg.call != before.call and not self._has_legs(before.call):
            self._changes.append(CallOver(before.call, "joined"))

    def _end(self, ids: Collection[str], ending: LegEnding, cause: int | None = None) -> None:
        for leg in [self._legs.pop(leg_id) for leg_id in ids if leg_id in self._legs]:
            self._changes.append(LegEnded(leg, ending, cause))
            for dialer in [other.id for other in self._legs.values() if leg.id in other.dialing]:
                self._change(dialer, dialing=self._legs[dialer].dialing - {leg.id})
            if not self._has_legs(leg.call):
                self._changes.append(CallOver(leg.call, ending))

    def _has_legs(self, call: str) -> bool:
        return any(leg.call == call for leg in self._legs.values())


def _described(event: AmiEvent) -> dict[str, Any]:
    caller = event.get("CallerIDNum")
    return {
        "call": event.get("Linkedid") or event.get("Uniqueid"),
        "name": event.get("Channel"),
        "state": event.get("ChannelStateDesc"),
        "caller": "" if caller == _NOBODY else caller,
        "context": event.get("Context"),
        "exten": event.get("Exten"),
    }


def _age(event: AmiEvent) -> timedelta:
    """How long the channel has existed: CoreShowChannel says it as hours:minutes:seconds, Newchannel does not."""
    parts = event.get("Duration").split(":")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return timedelta()
    hours, minutes, seconds = (int(part) for part in parts)
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


_HANDLERS: Final = MappingProxyType(
    {
        "FullyBooted": LiveCalls._boot,
        "Newchannel": LiveCalls._see,
        "Newstate": LiveCalls._refresh,
        "Rename": LiveCalls._rename,
        "Hangup": LiveCalls._hang_up,
        "BridgeEnter": LiveCalls._enter_bridge,
        "BridgeLeave": LiveCalls._leave_bridge,
        "DialBegin": LiveCalls._dial,
        "DialEnd": LiveCalls._dial_end,
    }
)
