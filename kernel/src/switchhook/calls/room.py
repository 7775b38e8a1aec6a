"""Rooms in which several callers hear one another: who is let in, how, and what ended it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Final, Literal

import attrs

RoomEnd = Literal["left", "removed", "ended", "time_up", "full", "locked", "key"]
"""``left`` by key, ``removed`` by somebody, ``ended`` for all, ``time_up``; ``full`` and ``locked`` are those who were
never in it; ``key`` is one of the plan's keys, after which the caller is with the flow again.
"""
ROOM_SOUNDS: Final = (
    "joined",
    "left",
    "muted",
    "unmuted",
    "all_muted",
    "all_unmuted",
    "locked",
    "unlocked",
    "waits",
    "begins",
    "moderator_left",
    "removed",
    "count",
)
"""What may be told in a room by a prompt: that somebody joined or left, that one is muted, that the moderator muted all,
locked the room, is waited for, has come, has left, that one was removed, and what comes before how many there are.
"""
FREE_KEYS: Final = "6789"
"""The keys a plan may have for itself: the others mean the same in every room."""
LONGEST: Final = 24 * 3600  # seconds
MOST: Final = 500
_OWNER: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")


@attrs.frozen
class RoomState:
    """How a room stands at a moment: how many are in it, or wait for it, and of them moderators; nobody may join a
    ``locked`` one but moderators.
    """

    members: int = 0
    moderators: int = 0
    locked: bool = False

    def refuses(self, plan: RoomPlan) -> Literal["", "full", "locked"]:
        """Why a caller with this plan is not let in; moderators always are."""
        if plan.moderator:
            return ""
        return "locked" if self.locked else "full" if 0 < plan.most <= self.members else ""


@attrs.frozen(kw_only=True)
class RoomPlan:
    """How a caller is in a room. The room belongs to ``owner``, the kind and id of what a tenant keeps.

    In every room 1 mutes and unmutes oneself, 2 says how many are in it and #
    leaves; for a ``moderator`` 4 locks and unlocks the room, 5 mutes and
    unmutes all others, and 0 ends it for all. ``keys``, some of
    :data:`FREE_KEYS`, lead back to the flow, which may have the caller join
    again. With ``most`` other than 0 no more than that many are let in,
    moderators excepted. Who ``waits`` hears ``music`` (a prompt, without a
    sound the ringing tone) until a moderator is there. With ``ends`` all leave
    with the last moderator. ``tones`` lets all hear who joins and leaves.
    Nobody stays for more than ``longest`` seconds: Asterisk itself holds that.
    ``sounds`` are prompts by what they tell, of :data:`ROOM_SOUNDS`; for those
    without a sound Asterisk has its own in English.

    Raises ``ValueError`` for values of another shape.
    """

    owner: tuple[str, str]
    moderator: bool = False
    most: int = 0
    waits: bool = False
    ends: bool = False
    tones: bool = True
    muted: bool = False
    longest: int = 4 * 3600
    music: str = ""
    keys: str = ""
    sounds: Mapping[str, str] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Refuse what Asterisk would read otherwise."""
        if len(self.owner) != 2 or not all(_OWNER.fullmatch(word) for word in self.owner):
            raise ValueError(f"a room belongs to a kind and an id, not to {self.owner!r}")
        if not _whole(self.most, 0, MOST) or not _whole(self.longest, 1, LONGEST):
            raise ValueError(
                f"a room has 1 to {MOST} members, or 0 for any number, for 1 to {LONGEST} s each,"
                f" not {self.most!r} for {self.longest!r} s"
            )
        if set(self.keys) - set(FREE_KEYS) or len(set(self.keys)) != len(self.keys):
            raise ValueError(f"keys that lead out of a room are some of {FREE_KEYS}, not {self.keys!r}")
        if odd := set(self.sounds) - set(ROOM_SOUNDS):
            raise ValueError(f"a room tells nothing called {', '.join(sorted(odd))}")


@attrs.frozen
class Stay:
    """How a stay in a room ended, and how long it lasted; ``key`` is the one that led out of it."""

    ended_by: RoomEnd
    seconds: float = 0.0
    key: str = ""


def room_name(tenant: str, owner: tuple[str, str]) -> str:
    """The name a room has in Asterisk: letters and digits alone, and never two rooms of one name.

    It begins alike for all rooms of a tenant, see :func:`rooms_of`.
    """
    return f"{rooms_of(tenant)}{hashlib.sha256('/'.join(owner).encode()).hexdigest()[:16]}"


def rooms_of(tenant: str) -> str:
    """What the names of all of a tenant's rooms begin with."""
    return f"r{hashlib.sha256(tenant.encode()).hexdigest()[:12]}"


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
