"""The simulator's port: the same operations as on Asterisk, on a clock of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from ..calls.call import Call
from ..calls.in_call import InCallKey
from ..calls.port import DialPlan, DialResult, Keys, LegSounds, Listen, PhoneState, Place
from ..calls.prompts import Prompt
from ..calls.recording import NoTape, RecordedBy, RecordPlan
from ..calls.room import RoomPlan, RoomState, Stay
from ..calls.talk import AskedParty, NoTalks, TalkDone, TalkNotice, TalkPlan, version_of
from ..clock import SetClock
from ..errors import CallEnded
from .script import Action, ActionKind, Party, Script
from .talk import SimulatedTalk

MOST: Final = 5000
"""What a simulated caller bears: plays, questions, dials and waits. A point passed 200 times does not come near it."""

_LISTENS: Final = 60.0
"""Seconds in a room of one who neither presses a key nor speaks the next time."""


@attrs.define
class SimulatedPort:
    """Plays a :class:`Script` against a flow; time passes only through what is done."""

    _script: Script
    _clock: SetClock
    hung_up: int | None = None
    """The cause the flow hung up with, once it did."""
    _listened: int = 0
    _dialled: int = 0
    said: dict[str, float] = attrs.field(factory=dict)
    """How many seconds the caller spoke in each recording."""
    agreed: dict[int, bool] = attrs.field(factory=dict)
    """Whether whoever was called agreed to be recorded, by the step of the leg."""
    _gone: bool = False
    _served: SimulatedTalk | None = None
    """The talk whose served party waits."""
    _done: int = 0

    async def recorded(self, place: Place) -> bool:
        """Never: a simulated call is never resumed."""
        return False

    async def answer(self, place: Place) -> None:
        """See :meth:`switchhook.calls.port.Port.answer`."""
        self._alive()

    async def play(self, prompts: Sequence[Prompt], *, interruptible: bool, early: bool, place: Place) -> str:
        """See :meth:`switchhook.calls.port.Port.play`."""
        self._alive()
        if interruptible and not self._speaks():
            action = self._next_action()
            if action.kind == "keys":
                return action.keys[0]
        self._pass(sum(prompt.seconds for prompt in prompts))
        return ""

    async def read(self, prompts: Sequence[Prompt], listen: Listen, *, place: Place) -> Keys:
        """See :meth:`switchhook.calls.port.Port.read`."""
        self._alive()
        action = Action("wait") if self._speaks() else self._next_action()
        if action.kind == "wait":
            self._pass(sum(prompt.seconds for prompt in prompts) + listen.first_seconds)
            return Keys("", "timeout")
        keys = _typed(action.keys, listen)
        if keys.ended_by == "timeout":
            self._pass(listen.next_seconds)
        return keys

    async def dial(
        self,
        plan: DialPlan,
        sounds: LegSounds,
        *,
        place: Place,
        keys: Sequence[InCallKey] = (),
        talk: TalkNotice | None = None,
    ) -> DialResult:
        """See :meth:`switchhook.calls.port.Port.dial`."""
        self._alive()
        party = self._next_party()
        taker, rings_at = _taker(plan, party)
        taken = party.status == "answered" or (party.status == "declined_by_key" and not plan.confirm)
        rings = rings_at + party.ring_seconds
        if not taken or rings > plan.ring_seconds:
            return self._not_answered(plan, party, rings, sounds)
        self._pass(rings)
        self._ask(sounds)
        if talk is not None:
            self._pass(talk.sound.seconds)
            self.agreed[place.step] = not party.refuses_recording
        self._served = None
        return self._talk_on(SimulatedTalk(party, taker, plan.limit_seconds, keys))

    async def talk_again(self, plan: DialPlan, before: DialResult, *, place: Place) -> DialResult:
        """See :meth:`switchhook.calls.port.Port.talk_again`."""
        self._alive()
        return DialResult("answered", 16, before.talk_seconds) if self._served is None else self._talk_on(self._served)

    async def ask_served(self, prompts: Sequence[Prompt], listen: Listen, *, place: Place) -> Keys | None:
        """See :meth:`switchhook.calls.port.Port.ask_served`."""
        self._alive()
        if self._served is None:
            return None
        keys = self._served.answer()
        if keys == "wait":
            self._pass(sum(prompt.seconds for prompt in prompts) + listen.first_seconds)
            return Keys("", "timeout")
        return _typed(keys, listen)

    async def play_served(self, prompts: Sequence[Prompt], *, place: Place) -> bool:
        """See :meth:`switchhook.calls.port.Port.play_served`."""
        self._alive()
        self._pass(sum(prompt.seconds for prompt in prompts))
        return self._served is not None

    async def let_go(self, *, place: Place) -> None:
        """See :meth:`switchhook.calls.port.Port.let_go`."""
        self._alive()
        self._served = None

    def _talk_on(self, talk: SimulatedTalk) -> DialResult:
        """The talk to the next in-call key, or to its end."""
        before = talk.talked
        pressed = talk.go_on()
        self._pass(talk.talked - before)
        self._served = talk if pressed is not None else None
        if pressed is None and talk.party.caller_hangs_up:
            self._gone = True
            raise CallEnded(
                "the caller hung up", leg_status="answered", talk_seconds=talk.talked, answered_by=talk.taker
            )
        return DialResult("answered", 16, talk.talked, talk.taker, talk.limited and pressed is None, pressed)

    async def phone_states(self, names: Sequence[str], *, place: Place) -> tuple[PhoneState, ...]:
        """See :meth:`switchhook.calls.port.Port.phone_states`."""
        self._alive()
        return tuple(self._script.phones.get(name, "free") for name in names)

    async def room(self, tenant: str, owner: tuple[str, str], *, place: Place) -> RoomState:
        """See :meth:`switchhook.calls.port.Port.room`."""
        self._alive()
        return self._script.rooms.get(owner[1], RoomState())

    async def join(
        self, tenant: str, plan: RoomPlan, sounds: Mapping[str, Prompt], digits: Sequence[Prompt], *, place: Place
    ) -> Stay:
        """See :meth:`switchhook.calls.port.Port.join`. Who presses nothing more stays as long as one may."""
        self._alive()
        stayed = 0.0
        while stayed < plan.longest:
            action = Action("wait", seconds=plan.longest) if self._listened >= len(self._script.actions) else None
            action = action or self._next_action()
            lasts = min(action.seconds or _LISTENS, plan.longest - stayed) if action.kind != "keys" else 0.0
            self._pass(lasts)
            stayed += lasts
            for key in action.keys:
                if key == "#":
                    return Stay("left", stayed)
                if key == "0" and plan.moderator:
                    return Stay("ended", stayed)
                if key in plan.keys:
                    return Stay("key", stayed, key)
        return Stay("time_up", stayed)

    async def wait(self, seconds: float, *, place: Place) -> None:
        """See :meth:`switchhook.calls.port.Port.wait`."""
        self._alive()
        self._pass(seconds)

    async def record(self, media: str, plan: RecordPlan, *, place: Place) -> RecordedBy:
        """See :meth:`switchhook.calls.port.Port.record`."""
        self._alive()
        action = self._next_action()
        self.said[media] = min(action.seconds, plan.longest)
        self._pass(self.said[media])
        if action.kind == "say" and self._comes("hang_up"):
            self._next_action()
        if action.seconds >= plan.longest:
            return "full"
        if plan.closing and plan.closing in action.keys:
            return "key"
        self._pass(plan.last_silence if self.said[media] else plan.first_silence)
        return "silence"

    async def admit(self, group: str, most: int) -> bool:
        """A simulated call is the only one."""
        self._alive()
        return most > 0

    async def keep_alive(self, seconds: float) -> None:
        """Nothing to do: nobody takes a simulated call away."""

    async def remember(self, variables: str) -> None:
        """Nothing to do: a simulated call is never resumed."""

    async def hang_up(self, cause: int) -> None:
        """See :meth:`switchhook.calls.port.Port.hang_up`."""
        self._alive()
        self.hung_up = cause

    def _not_answered(self, plan: DialPlan, party: Party, rings: float, sounds: LegSounds) -> DialResult:
        self._pass(min(rings, plan.ring_seconds))
        if rings <= plan.ring_seconds and party.status == "declined_by_key":
            self._ask(sounds)
            return DialResult("declined_by_key" if plan.decline else "no_answer", 0)
        if party.status in ("answered", "declined_by_key"):
            return DialResult("no_answer", 19)
        return DialResult(party.status, party.cause)

    def _ask(self, sounds: LegSounds) -> None:
        """Let the time pass in which whoever answered hears something before being connected."""
        self._pass(sum(prompt.seconds for prompt in (sounds.whisper, sounds.confirm) if prompt is not None))

    def _speaks(self) -> bool:
        """Whether the caller keeps what comes next for a recording."""
        return self._comes("say")

    def _comes(self, kind: ActionKind) -> bool:
        return self._listened < len(self._script.actions) and self._script.actions[self._listened].kind == kind

    def _next_action(self) -> Action:
        if self._listened >= len(self._script.actions):
            return Action("wait")
        action = self._script.actions[self._listened]
        self._listened += 1
        if action.kind == "hang_up":
            self._gone = True
            self._alive()
        return action

    def _next_party(self) -> Party:
        if self._dialled >= len(self._script.parties):
            return Party()
        self._dialled += 1
        return self._script.parties[self._dialled - 1]

    def _alive(self) -> None:
        self._done += 1
        if self._gone or self._done > MOST:
            self._gone = True  # from a module that goes round within itself even a patient caller goes in the end
            raise CallEnded("the caller hung up")

    def _pass(self, seconds: float) -> None:
        self._clock.advance(seconds)


@attrs.frozen
class SimulatedTape(NoTape):
    """Keeps nothing, but knows how long a simulated caller spoke."""

    port: SimulatedPort

    async def finish(self, tenant: str, media: str) -> float:
        """See :meth:`switchhook.calls.recording.Tape.finish`."""
        return self.port.said.get(media, 0.0)


@attrs.define
class SimulatedTalks(NoTalks):
    """Keeps nothing, but knows what whoever was called answered."""

    port: SimulatedPort
    _prepared: dict[int, tuple[TalkPlan, str]] = attrs.field(factory=dict)

    async def prepare(self, call: Call, step: int, plan: TalkPlan, notice: Prompt, label: str) -> None:
        """See :meth:`switchhook.calls.talk.TalkBook.prepare`."""
        self._prepared[step] = (plan, version_of(notice))

    async def done(self, call: Call, step: int) -> TalkDone:
        """See :meth:`switchhook.calls.talk.TalkBook.done`."""
        if step not in self.port.agreed:
            return TalkDone()
        plan, notice = self._prepared[step]
        agreed, by_key = self.port.agreed[step], plan.mode != "announce_and_stay"
        key = (plan.accept if agreed else plan.refuse) if by_key else ""
        asked = AskedParty("granted" if agreed else "refused", notice, key)
        return TalkDone([asked], f"simulated-{step}" if agreed else "")


def _typed(keys: str, listen: Listen) -> Keys:
    """What a reading ends with when the caller types ``keys`` and then no more."""
    for count, key in enumerate(keys):
        if key == listen.terminator:
            return Keys(keys[:count], "terminator")
        if count + 1 == listen.max_keys:
            return Keys(keys[: count + 1], "full")
    return Keys(keys, "timeout")


def _taker(plan: DialPlan, party: Party) -> tuple[str, int]:
    """Who decides how a leg goes, and when that target begins to ring."""
    delays = plan.delays or (0,) * len(plan.targets)
    known = {str(target): (str(target), delay) for target, delay in zip(plan.targets, delays, strict=True)}
    return known.get(party.by) or next(iter(known.values()))
