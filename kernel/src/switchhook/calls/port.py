"""The port a session acts through: Asterisk is one implementation, the simulator the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, Protocol

import attrs

from .budget import Budget
from .in_call import InCallKey, InCallPressed
from .prompts import Prompt
from .recording import RecordedBy, RecordPlan
from .room import RoomPlan, RoomState, Stay
from .talk import TalkNotice

EndedBy = Literal["full", "terminator", "timeout"]
DialStatus = Literal["answered", "busy", "no_answer", "unreachable", "rejected", "declined_by_key", "failed"]
PhoneState = Literal["free", "engaged", "offline"]

_SHOWN: Final = re.compile(r"(\+?[0-9]{1,15}|anonymous)?")
_LONGEST_WAIT: Final = 3600
_LONGEST_TALK: Final = 7 * 24 * 3600
_KEYS: Final = tuple("0123456789*#")
USUAL_LIMIT: Final = 4 * 60 * 60
"""Seconds a conversation lasts at most when nothing shorter is asked for: somebody pays for it."""


@attrs.frozen
class Place:
    """Where a call stands, kept on the channel itself so that any worker can go on from it.

    ``step`` numbers the port's operations through the whole call, beginning
    with 1; ``first_step`` is the number of the first operation of the present
    point. Ids hold only ``[a-z0-9_.-]``. ``returns`` are the version and point
    of each flow that waits for a sub-flow to return, the outermost first.
    """

    version: str = ""
    point: str = ""
    first_step: int = 1
    step: int = 0
    returns: tuple[tuple[str, str], ...] = ()


@attrs.frozen
class Keys:
    """Keys read from the caller, without the terminator, and what ended the reading."""

    pressed: str
    ended_by: EndedBy


@attrs.frozen
class Listen:
    """How to read keys: at most ``max_keys``; ``first_seconds`` to wait for the first key after the
    prompts, ``next_seconds`` for each further one, both above 0 and at most 3600; ``terminator`` is
    ``#``, ``*`` or empty for none. Raises ``ValueError`` for anything else.
    """

    max_keys: int = attrs.field(default=1, validator=[attrs.validators.ge(1), attrs.validators.le(64)])
    first_seconds: float = 5.0
    next_seconds: float = 3.0
    terminator: Literal["#", "*", ""] = ""

    def __attrs_post_init__(self) -> None:
        if not (0 < self.first_seconds <= _LONGEST_WAIT and 0 < self.next_seconds <= _LONGEST_WAIT):
            raise ValueError(
                f"keys are waited for above 0 and up to {_LONGEST_WAIT} s, not {self.first_seconds!r} s"
                f" and {self.next_seconds!r} s"
            )
        if self.terminator not in ("#", "*", ""):
            raise ValueError(f"a reading of keys is closed by '#', '*' or '' for none, not by {self.terminator!r}")


@attrs.frozen
class Target:
    """One destination of a leg: the name of a phone, or a canonical E.164 number through the trunk."""

    kind: Literal["phone", "number"]
    address: str

    def __str__(self) -> str:
        """The address as people write it."""
        return self.address


def _all_of(targets: Iterable[Target]) -> tuple[Target, ...]:
    return tuple(targets)


def _each(delays: Iterable[int]) -> tuple[int, ...]:
    return tuple(delays)


def _budgets(budgets: Iterable[Budget]) -> tuple[Budget, ...]:
    given = tuple(budgets)
    if len({budget.name for budget in given}) < len(given):
        raise ValueError(f"a budget is named once for a leg, not as in {given!r}")
    return given


@attrs.frozen
class DialPlan:
    """What to dial: all ``targets`` ring together for ``ring_seconds``.

    ``limit_seconds`` bounds the conversation and is held by Asterisk itself, 0
    means none. ``caller_id`` is the E.164 number to show, empty to keep the
    caller's own, ``"anonymous"`` to suppress. ``delays`` makes waves: for each
    target the whole seconds after which it begins to ring, below
    ``ring_seconds``; all stop together.

    ``waiting`` is the id of a prompt the caller hears again and again instead
    of the ringing tone; without a sound it is the ringing tone. A caller who
    was not answered before hears it as early media. ``whisper`` is a prompt to
    whoever answers before the parties are connected; without a sound there is
    none. ``confirm`` is a prompt to whoever answers as well, who must press
    ``accept`` to be connected and may press ``decline`` (empty: there is no
    such key) to refuse; a prompt without a sound is replaced by a tone, and
    the key asked for as well. Until somebody is connected all others go on
    ringing, and the caller waiting. ``in_call`` lets whoever takes the call
    press the tenant's in-call keys during the talk (see ``InCallFeature``).

    ``budgets`` are what it may cost beside its tenant's spend limits: money
    for the whole talk is reserved in each before anybody is dialled, and
    ``limit_seconds`` becomes what it is enough for. Less than a minute refuses
    the leg.

    Raises ``ValueError`` for no targets and for values of another shape.
    """

    targets: tuple[Target, ...] = attrs.field(converter=_all_of)
    ring_seconds: int = 25
    limit_seconds: int = 0
    caller_id: str = ""
    confirm: str = ""
    accept: str = "1"
    decline: str = ""
    whisper: str = ""
    waiting: str = ""
    delays: tuple[int, ...] = attrs.field(default=(), converter=_each)
    budgets: tuple[Budget, ...] = attrs.field(default=(), converter=_budgets)
    in_call: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.targets or not all(isinstance(target, Target) for target in self.targets):
            raise ValueError(f"a leg needs one Target or more, not {self.targets!r}")
        if not _whole(self.ring_seconds, 1, _LONGEST_WAIT):
            raise ValueError(f"a leg rings for 1 to {_LONGEST_WAIT} whole seconds, not {self.ring_seconds!r}")
        if not _whole(self.limit_seconds, 0, _LONGEST_TALK):
            raise ValueError(
                f"a talk is limited to 1 to {_LONGEST_TALK} whole seconds or 0, not {self.limit_seconds!r}"
            )
        if not isinstance(self.caller_id, str) or not _SHOWN.fullmatch(self.caller_id):
            raise ValueError(f"the number shown is 1 to 15 digits, 'anonymous' or '', not {self.caller_id!r}")
        if self.accept not in _KEYS or self.decline not in ("", *_KEYS) or self.accept == self.decline:
            raise ValueError(f"a leg is taken and declined by two keys, not by {self.accept!r} and {self.decline!r}")
        if self.delays and len(self.delays) != len(self.targets):
            raise ValueError(f"each target has its delay: {len(self.targets)} are needed, not {len(self.delays)}")
        if not all(_whole(delay, 0, self.ring_seconds - 1) for delay in self.delays):
            raise ValueError(f"a target begins to ring within {self.ring_seconds} s, not after {self.delays!r}")


def _whole(value: object, least: int, most: int) -> bool:
    """Whether a value is a whole number within bounds: what goes into a dial string is never rounded."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


@attrs.frozen
class LegSounds:
    """The sounds behind the prompts of a :class:`DialPlan`; None for those there are none for."""

    confirm: Prompt | None = None
    whisper: Prompt | None = None
    waiting: Prompt | None = None


@attrs.frozen
class DialResult:
    """How dialling ended; ``answered_by`` names the target that talked, ``cause`` is the Q.850 cause.

    ``declined_by_key`` means that somebody answered and pressed the plan's key for it, and nobody else took it.
    Where the talk is only interrupted by an in-call key, ``pressed`` says by which, ``taken`` and ``channel`` in the
    port's words with whom: nobody but the session sees that.
    """

    status: DialStatus
    cause: int = 0
    talk_seconds: float = 0.0
    answered_by: str = ""
    limit_reached: bool = False
    pressed: InCallPressed | None = None
    taken: str = ""
    channel: str = ""


class Port(Protocol):
    """What can be done with a caller. Every operation raises ``CallEnded`` once the caller is gone.

    Each operation carries the :class:`Place` it happens at. An operation that
    already ran before a restart gives its recorded result again without
    touching the caller.
    """

    async def recorded(self, place: Place) -> bool:
        """Whether the operation at this place ran before a restart, so that it will only give its result again."""

    async def answer(self, place: Place) -> None:
        """Answer the call."""

    async def play(self, prompts: Sequence[Prompt], *, interruptible: bool, early: bool, place: Place) -> str:
        """Play prompts in order and give the key that interrupted them, or an empty string.

        Answers the call first unless ``early`` (early media, RFC 3960).
        """

    async def read(self, prompts: Sequence[Prompt], listen: Listen, *, place: Place) -> Keys:
        """Play prompts and read keys; a key pressed during a prompt stops it and counts. Answers first."""

    async def dial(
        self,
        plan: DialPlan,
        sounds: LegSounds,
        *,
        place: Place,
        keys: Sequence[InCallKey] = (),
        talk: TalkNotice | None = None,
    ) -> DialResult:
        """Dial, connect the first that answers, and return when the conversation or the ringing ended.

        Whoever took the call may press ``keys`` during the talk; the result then says so, and the one waits whom
        :meth:`ask_served`, :meth:`play_served` and :meth:`talk_again` are about, until somebody else takes a call.

        With ``talk`` whoever answers is asked whether the talk may be recorded,
        and it is recorded only after both that and the caller's consent stand
        in the :class:`~switchhook.calls.talk.TalkBook`.
        """

    async def ask_served(self, prompts: Sequence[Prompt], listen: Listen, *, place: Place) -> Keys | None:
        """Play prompts to the one who waits and read keys; None when that party has left. The caller waits."""

    async def play_served(self, prompts: Sequence[Prompt], *, place: Place) -> bool:
        """Play prompts to the one who waits; whether that party was there to hear them. The caller waits."""

    async def talk_again(self, plan: DialPlan, before: DialResult, *, place: Place) -> DialResult:
        """Connect the caller with the one who waits; the result is that of the whole talk, with what is in ``before``."""

    async def let_go(self, *, place: Place) -> None:
        """Hang up on the one who waits, if anybody does."""

    async def phone_states(self, names: Sequence[str], *, place: Place) -> tuple[PhoneState, ...]:
        """What each of these phones does at this moment."""

    async def room(self, tenant: str, owner: tuple[str, str], *, place: Place) -> RoomState:
        """How a room stands at this moment."""

    async def join(
        self, tenant: str, plan: RoomPlan, sounds: Mapping[str, Prompt], digits: Sequence[Prompt], *, place: Place
    ) -> Stay:
        """Let the caller into a room and return when the stay ended. Answers first.

        ``sounds`` are those there are of the plan's, ``digits`` those of 0 to 9, or none.
        """

    async def wait(self, seconds: float, *, place: Place) -> None:
        """Stay silent on the line for ``seconds``."""

    async def record(self, media: str, plan: RecordPlan, *, place: Place) -> RecordedBy:
        """Record the caller as ``media``, an id made by the portal, and say what ended it. Answers first.

        What was recorded until the caller left is there as well.
        """

    async def admit(self, group: str, most: int) -> bool:
        """Count the call in a group unless there are ``most`` others, and say whether it counts."""

    async def keep_alive(self, seconds: float) -> None:
        """Ask for up to ``seconds`` of thinking time before the call is taken away from this worker."""

    async def remember(self, variables: str) -> None:
        """Keep the flow's variables, given as one safe word, on the channel."""

    async def hang_up(self, cause: int) -> None:
        """End the call with a Q.850 cause."""
