"""The served party: whoever took a call and pressed an in-call key, and what becomes of the talk after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

import attrs

from ..errors import CallEnded, CallTaken, SwitchhookError
from .call import Call
from .in_call import InCallKey, InCallPressed
from .port import DialPlan, DialResult, Keys, Listen, Place, Port
from .prompts import Prompt

if TYPE_CHECKING:
    from .session import Session

ANSWERED: Final = 16  # Q.850 normal clearing


class ServedLeft(SwitchhookError):
    """The party that pressed an in-call key has hung up."""

    code = "served_left"


@attrs.frozen
class TalkGoesOn:
    """Both talk again, and why in words for the call's course."""

    why: str = ""


@attrs.frozen
class TalkOver:
    """The talk with the served party is over, who is hung up on; the caller's flow goes on."""

    why: str = ""


After = TalkGoesOn | TalkOver


@attrs.define
class Served:
    """The party that took the call and pressed an in-call key, as its feature sees it.

    That party is out of the talk for now, as the caller is: each of them hears
    something only while it is spoken to, and a ringing tone while the other
    one is. Every operation raises ``ServedLeft`` once that party has hung up,
    and ``CallEnded`` when the caller has.
    """

    session: Session
    """The caller on the line: whatever a module can do with one, a feature can."""
    _port: Port
    _next: Callable[[], Awaitable[Place]]
    _find: Callable[[Sequence[str]], Awaitable[list[Prompt]]]
    _record: Callable[..., None]

    async def play(self, *prompts: str) -> None:
        """Play prompts by id, in order; one without a sound is recorded as missing and passed over."""
        sounds = await self._find(prompts)
        if not sounds:
            return
        place = await self._next()
        heard = await self._port.play_served(sounds, place=place)
        self._record("served.heard", prompts=[sound.id for sound in sounds])
        if not heard:
            raise ServedLeft("the served party has hung up")

    async def read(self, *prompts: str, listen: Listen, secret: bool = False) -> Keys:
        """Play prompts and read keys; ``first_seconds`` count before each key. With ``secret`` only their count is recorded."""
        sounds = await self._find(prompts)
        place = await self._next()
        keys = await self._port.ask_served(sounds, listen, place=place)
        if sounds:
            self._record("served.heard", prompts=[sound.id for sound in sounds])
        if keys is None:
            raise ServedLeft("the served party has hung up")
        shown: dict[str, object] = {"count": len(keys.pressed)} if secret else {"keys": keys.pressed}
        self._record("served.keys", **shown, ended_by=keys.ended_by)
        return keys

    async def let_go(self) -> None:
        """Hang up on that party, if it is still there."""
        await self._port.let_go(place=await self._next())


class InCall(Protocol):
    """Knows which in-call keys there are, and carries them out."""

    async def keys(self, call: Call, flow: str) -> Sequence[InCallKey]:
        """The keys that are on in a talk of this call in a flow."""

    async def act(self, pressed: InCallPressed, served: Served) -> After:
        """Carry out what was pressed. Raises what the session raises, and nothing else."""


class NoInCall:
    """No in-call keys."""

    async def keys(self, call: Call, flow: str) -> Sequence[InCallKey]:
        """See :meth:`InCall.keys`."""
        return ()

    async def act(self, pressed: InCallPressed, served: Served) -> After:
        """See :meth:`InCall.act`."""
        return TalkGoesOn("there is no such feature")


@attrs.define
class Talk:
    """A talk that in-call keys may interrupt, to its end.

    ``talked`` gives how long the caller has talked in all legs that ended, of
    which those that began after a key are not part of this one.
    """

    port: Port
    plan: DialPlan
    served: Served
    act: Callable[[InCallPressed, Served], Awaitable[After]]
    next: Callable[[], Awaitable[Place]]
    record: Callable[..., None]
    now: Callable[[], float]
    talked: Callable[[], float]

    async def to_the_end(self, result: DialResult) -> DialResult:
        """Carry out each key pressed; how the talk ended. A ``CallEnded`` tells of this leg."""
        while result.pressed is not None:
            pressed_at, talked = self.now(), self.talked()
            self.record("in_call.key", feature=result.pressed.feature, keys=result.pressed.keys)
            try:
                after = await self._after(result.pressed)
                if isinstance(after, TalkOver):
                    await self.served.let_go()
                place = await self.next()
            except CallTaken:
                raise
            except CallEnded as gone:
                if "unsaid" in gone.data:
                    raise
                seconds = self._seconds(result, pressed_at, talked)
                told = {"leg_status": "answered", "talk_seconds": seconds, "answered_by": result.answered_by}
                raise CallEnded(str(gone), **told) from gone
            self.record(
                "in_call.done", feature=result.pressed.feature, goes_on=isinstance(after, TalkGoesOn), why=after.why
            )
            if isinstance(after, TalkOver):
                seconds = self._seconds(result, pressed_at, talked)
                return DialResult("answered", ANSWERED, seconds, result.answered_by)
            again = await self.port.talk_again(self.plan, result, place=place)
            result = attrs.evolve(again, answered_by=result.answered_by)
        return result

    async def _after(self, pressed: InCallPressed) -> After:
        try:
            return await self.act(pressed, self.served)
        except ServedLeft as left:
            return TalkOver(str(left))

    def _seconds(self, result: DialResult, pressed_at: float, talked: float) -> float:
        """How long the served party was on the line; what the caller talked to others meanwhile is none of it."""
        waited = max(0.0, self.now() - pressed_at - (self.talked() - talked))
        return round(result.talk_seconds + waited, 3)
