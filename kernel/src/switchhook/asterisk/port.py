"""The port to a real caller: each operation is one subroutine of the dialplan, and its result one variable.

The result of step *n* stays on the channel as ``SH_R<n>``. A worker that takes
a call up again reads what the earlier one already had done instead of doing it
twice, and does only what is missing.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, cast

import attrs

from ..calls.in_call import InCallKey
from ..calls.port import (
    USUAL_LIMIT,
    DialPlan,
    DialResult,
    EndedBy,
    Keys,
    LegSounds,
    Listen,
    PhoneState,
    Place,
)
from ..calls.prompts import Prompt
from ..calls.recording import RecordedBy, RecordPlan
from ..calls.room import RoomPlan, RoomState, Stay, room_name
from ..calls.talk import TalkNotice
from ..errors import AsteriskError, CallEnded, CallTaken
from .agi_connection import AgiConnection
from .dial_target import endpoint_target
from .incall import asked, features_words, key_words
from .legs import dialled, leg_words, phone_state, taken_by
from .music import music_class
from .quoting import argument_list
from .rooms import room_words, stayed
from .steps import WHOLE

SLACK: Final = 10.0
"""Seconds Asterisk may be late with an answer before the connection is given up."""
AT_ONCE: Final = 1.0
"""Seconds for what Asterisk does without waiting for anybody. A command that arrived in half keeps it busy until we
close the connection, so this is not generous; the caller loses nothing, the call is taken up again."""
NO_SOUND: Final = "-"
"""The name of no sound."""
_CATEGORY: Final = "switchhook"
GROUP: Final = f"GROUP({_CATEGORY})"
"""The function that says to which group a call belongs."""
UP: Final = "6"  # Asterisk's AST_STATE_UP
_RECORDED: Final[Mapping[str, RecordedBy]] = {"DTMF": "key", "SILENCE": "silence", "TIMEOUT": "full"}
_CLOSING: Final = {"#": "", "*": "t", "": "x"}
"""The option of Record for the closing key."""


@attrs.frozen
class Farewell:
    """What Asterisk says after a caller hung up while a leg was dialled or talked to."""

    answered: bool
    talk_seconds: float
    channel: str = ""
    """The channel that took the call."""


@attrs.define
class AsteriskPort:
    """Acts on one caller through one AGI connection.

    ``done_before`` is the last step an earlier session of the call began; up
    to it results are looked up first. ``sound`` gives Asterisk's name of a
    prompt, ``farewell`` waits for what Asterisk says of a leg whose caller left.
    """

    _connection: AgiConnection
    _sound: Callable[[Prompt], str]
    _farewell: Callable[[], Awaitable[Farewell | None]]
    done_before: int = 0

    async def answered(self) -> bool:
        """Whether the caller's channel is up; an announcement before the answer leaves it as it was."""
        reply = await self._connection.command("CHANNEL", "STATUS", deadline=AT_ONCE)
        return reply.result == UP

    async def began(self) -> datetime | None:
        """When the caller's channel came to be, as Asterisk's call record has it; None when it does not say."""
        return await self._moment("start")

    async def answered_at(self) -> datetime | None:
        """When the caller's channel was answered, as Asterisk's call record has it; None when it does not say."""
        return await self._moment("answer")

    async def _moment(self, of: str) -> datetime | None:
        try:
            since = float(await self._variable(f"CDR({of},u)"))
            return datetime.fromtimestamp(since, UTC) if since > 0 else None
        except (ValueError, OverflowError, OSError):
            return None

    async def calls_with(self, group: str) -> int:
        """Put the call into a group and give how many are in it now; a call leaves it by ending, and only so."""
        await self._connection.command("SET", "VARIABLE", GROUP, group, deadline=AT_ONCE)
        count = await self._variable(f"GROUP_COUNT({group}@{_CATEGORY})")
        return int(count) if count.isdecimal() else 0

    async def admit(self, group: str, most: int) -> bool:
        """See :meth:`switchhook.calls.port.Port.admit`."""
        category = f"limit-{group}"
        await self._connection.command("SET", "VARIABLE", f"GROUP({category})", "in", deadline=AT_ONCE)
        count = await self._variable(f"GROUP_COUNT(in@{category})")
        if count.isdecimal() and int(count) <= most:
            return True
        await self._connection.command("SET", "VARIABLE", f"GROUP({category})", "out", deadline=AT_ONCE)
        return False

    async def recorded(self, place: Place) -> bool:
        """See :meth:`switchhook.calls.port.Port.recorded`."""
        return bool(await self._kept(place))

    async def answer(self, place: Place) -> None:
        """See :meth:`switchhook.calls.port.Port.answer`."""
        await self._step("answer", place, state_of(place), deadline=SLACK, result=False)

    async def play(self, prompts: Sequence[Prompt], *, interruptible: bool, early: bool, place: Place) -> str:
        """See :meth:`switchhook.calls.port.Port.play`."""
        return await self._step(
            "play",
            place,
            self._sounds(prompts),
            state_of(place),
            "0123456789*#" if interruptible else "",
            "0" if early else "1",
            deadline=_length(prompts) + SLACK,
            result=interruptible,
        )

    async def read(self, prompts: Sequence[Prompt], listen: Listen, *, place: Place) -> Keys:
        """See :meth:`switchhook.calls.port.Port.read`."""
        result = await self._step(
            "read",
            place,
            self._sounds(prompts),
            str(listen.max_keys),
            _seconds(listen.first_seconds),
            _seconds(listen.next_seconds),
            state_of(place),
            f"t({listen.terminator})",
            "1",
            deadline=_length(prompts) + listen.first_seconds + listen.max_keys * listen.next_seconds + SLACK,
        )
        status, _, pressed = result.partition(":")
        return Keys(pressed, _ended_by(status, pressed, listen))

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
        if keys and not await self._kept(place):
            await self._connection.command("EXEC", "MSet", key_words(keys), deadline=AT_ONCE)
        limit = plan.limit_seconds or USUAL_LIMIT
        confirm, whisper = self._asked(plan, sounds)
        target, later, asking = leg_words(plan, sounds, talk)
        words = (
            target,
            str(plan.ring_seconds + asking),
            str(limit * 1000),
            state_of(place),
            plan.caller_id,
            "r" if sounds.waiting is None else f"m({music_class(self._sound(sounds.waiting))})",
            later,
            confirm,
            whisper,
            plan.accept,
            plan.decline,
            features_words(keys),
            *((self._sound(talk.sound), talk.accept) if talk is not None else ("", "")),
        )
        deadline = plan.ring_seconds + limit + SLACK + 60 + asking
        return dialled(await self._talk("dial", plan, place, *words, deadline=deadline), plan)

    async def talk_again(self, plan: DialPlan, before: DialResult, *, place: Place) -> DialResult:
        """See :meth:`switchhook.calls.port.Port.talk_again`."""
        limit = plan.limit_seconds or USUAL_LIMIT
        words = (before.taken, before.channel, state_of(place))
        return dialled(await self._talk("back", plan, place, *words, deadline=limit + SLACK), plan)

    async def ask_served(self, prompts: Sequence[Prompt], listen: Listen, *, place: Place) -> Keys | None:
        """See :meth:`switchhook.calls.port.Port.ask_served`."""
        return asked(
            await self._step(
                "served",
                place,
                "read",
                self._sounds(prompts),
                str(listen.max_keys),
                _seconds(listen.first_seconds),
                f"t({listen.terminator})",
                state_of(place),
                deadline=_length(prompts) + listen.first_seconds + listen.max_keys * listen.first_seconds + SLACK,
            ),
            listen,
        )

    async def play_served(self, prompts: Sequence[Prompt], *, place: Place) -> bool:
        """See :meth:`switchhook.calls.port.Port.play_served`."""
        words = ("play", self._sounds(prompts), "0", "0", "", state_of(place))
        return not (await self._step("served", place, *words, deadline=_length(prompts) + SLACK)).startswith("GONE")

    async def let_go(self, *, place: Place) -> None:
        """See :meth:`switchhook.calls.port.Port.let_go`."""
        await self._step("letgo", place, state_of(place), deadline=SLACK, result=False)

    async def _talk(self, name: str, plan: DialPlan, place: Place, *words: str, deadline: float) -> str:
        """A step with a conversation in it; Asterisk tells of the leg when the caller leaves during one."""
        try:
            return await self._step(name, place, *words, deadline=deadline)
        except CallTaken:
            raise
        except CallEnded as gone:
            if "unsaid" in gone.data:
                raise
            raise CallEnded(str(gone), **_leg_facts(await self._farewell(), plan)) from gone

    async def phone_states(self, names: Sequence[str], *, place: Place) -> tuple[PhoneState, ...]:
        """See :meth:`switchhook.calls.port.Port.phone_states`."""
        kept = await self._kept(place)
        if not kept:
            found = [await self._variable(f"DEVICE_STATE({endpoint_target(name)})") for name in names]
            kept = "done:" + ".".join(map(phone_state, found))
            await self._connection.command("SET", "VARIABLE", _result(place), kept, deadline=AT_ONCE)
        return cast(tuple[PhoneState, ...], tuple(word for word in kept.removeprefix("done:").split(".") if word))

    async def room(self, tenant: str, owner: tuple[str, str], *, place: Place) -> RoomState:
        """See :meth:`switchhook.calls.port.Port.room`."""
        kept = await self._kept(place)
        if not kept:
            name = room_name(tenant, owner)
            found = [await self._variable(f"CONFBRIDGE_INFO({of},{name})") for of in ("parties", "marked", "locked")]
            kept = "done:" + ".".join(word if word.isdecimal() else "0" for word in found)
            await self._connection.command("SET", "VARIABLE", _result(place), kept, deadline=AT_ONCE)
        members, moderators, locked = map(int, kept.removeprefix("done:").split("."))
        return RoomState(members, moderators, bool(locked))

    async def join(
        self, tenant: str, plan: RoomPlan, sounds: Mapping[str, Prompt], digits: Sequence[Prompt], *, place: Place
    ) -> Stay:
        """See :meth:`switchhook.calls.port.Port.join`."""
        music = sounds.get("music")
        words = room_words(
            plan,
            {told: self._sound(prompt) for told, prompt in sounds.items()},
            self._sounds(digits),
            music_class(self._sound(music)) if music is not None else "default",
        )
        state, name = state_of(place), room_name(tenant, plan.owner)
        return stayed(await self._step("room", place, name, *words, state, deadline=plan.longest + SLACK + 60))

    async def wait(self, seconds: float, *, place: Place) -> None:
        """See :meth:`switchhook.calls.port.Port.wait`."""
        await self._step("wait", place, _seconds(seconds), state_of(place), deadline=seconds + SLACK, result=False)

    async def record(self, media: str, plan: RecordPlan, *, place: Place) -> RecordedBy:
        """See :meth:`switchhook.calls.port.Port.record`."""
        status = await self._step(
            "record",
            place,
            media,
            str(math.ceil(plan.first_silence)),
            str(math.ceil(plan.last_silence)),
            str(plan.longest),
            state_of(place),
            _CLOSING[plan.closing],
            deadline=plan.longest + SLACK,
        )
        if status not in _RECORDED:
            raise AsteriskError(f"Asterisk could not record the caller ({status})", media=media)
        return _RECORDED[status]

    async def keep_alive(self, seconds: float) -> None:
        """See :meth:`switchhook.calls.port.Port.keep_alive`."""
        await self._connection.command("SET", "VARIABLE", "TIMEOUT(absolute)", _seconds(seconds), deadline=AT_ONCE)
        self._connection.arm(seconds)

    async def remember(self, variables: str) -> None:
        """See :meth:`switchhook.calls.port.Port.remember`."""
        await self._connection.command("SET", "VARIABLE", "SH_VARS", variables, deadline=AT_ONCE)

    async def remembered(self) -> str:
        """The variables an earlier session kept on the channel."""
        return await self._variable("SH_VARS")

    async def hang_up(self, cause: int) -> None:
        """See :meth:`switchhook.calls.port.Port.hang_up`. Nothing can be done with the caller after it."""
        await self._connection.command("EXEC", "MSet", f"SH_CAUSE={cause},SH_DONE=1", deadline=AT_ONCE)
        await self._connection.close()

    async def leave_to_fallback(self) -> None:
        """Let the number's own fallback answer, at once. Nothing can be done with the caller after it."""
        await self._connection.command("SET", "VARIABLE", "SH_DONE", "0", deadline=AT_ONCE)
        await self._connection.close()

    async def _step(self, name: str, place: Place, *args: str, deadline: float, result: bool = True) -> str:
        kept = await self._kept(place)
        if kept:
            return kept.removeprefix("done:")
        words = argument_list(*args, str(place.step), WHOLE)
        await self._connection.command("GOSUB", "sh", name, "1", words, deadline=deadline)
        if not result:
            return ""
        given = await self._variable(_result(place))
        if not given:
            raise AsteriskError(f"the subroutine {name!r} left no result", step=place.step)
        return given.removeprefix("done:")

    async def _kept(self, place: Place) -> str:
        """What an earlier session of the call had done here, or nothing."""
        return await self._variable(_result(place)) if place.step <= self.done_before else ""

    def _asked(self, plan: DialPlan, sounds: LegSounds) -> tuple[str, str]:
        """The sounds for whoever answers: the one that asks for a key, and the one that only tells."""
        whisper = self._sound(sounds.whisper) if sounds.whisper else ""
        if not plan.confirm:
            return "", whisper
        # The key is asked for even where the prompt has no sound.
        question = self._sound(sounds.confirm) if sounds.confirm else NO_SOUND
        return f"{whisper}&{question}" if whisper else question, ""

    async def _variable(self, name: str) -> str:
        reply = await self._connection.command("GET", "VARIABLE", name, deadline=AT_ONCE)
        return reply.data if reply.result == "1" else ""

    def _sounds(self, prompts: Sequence[Prompt]) -> str:
        return "&".join(self._sound(prompt) for prompt in prompts)


def state_of(place: Place) -> str:
    """A place as one state word; :func:`place_of` reads it back."""
    waiting = "+".join(f"{version}/{point}" for version, point in place.returns)
    return f"{place.version}:{place.point}:{place.first_step}:{place.step}{':' if waiting else ''}{waiting}"


def place_of(state: str) -> Place:
    """The place behind a state word; raises ``AsteriskError`` when it is none."""
    try:
        version, point, first, step, waiting = (*state.split(":"), "")[:5] if state.count(":") < 4 else state.split(":")
        returns = tuple(_waiting(one) for one in waiting.split("+") if one)
        return Place(version, point, int(first), int(step), returns)
    except ValueError as error:
        raise AsteriskError("the call's place on the channel cannot be read", state=state) from error


def _waiting(word: str) -> tuple[str, str]:
    version, point = word.split("/")
    return version, point


def _result(place: Place) -> str:
    return f"SH_R{place.step}"


def _seconds(value: float) -> str:
    return f"{value:g}"


def _length(prompts: Sequence[Prompt]) -> float:
    return sum(prompt.seconds for prompt in prompts)


def _ended_by(status: str, pressed: str, listen: Listen) -> EndedBy:
    if status == "TIMEOUT":
        return "timeout"
    return "full" if len(pressed) >= listen.max_keys else "terminator"


def _leg_facts(farewell: Farewell | None, plan: DialPlan) -> dict[str, object]:
    if farewell is None:
        return {}
    if farewell.answered:
        who = taken_by(farewell.channel, plan)
        return {"leg_status": "answered", "talk_seconds": farewell.talk_seconds, "answered_by": who}
    return {"leg_status": "cancelled"}
