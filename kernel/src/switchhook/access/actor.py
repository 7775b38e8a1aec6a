"""Who asks for something, and how far its rights go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal

import attrs

from ..errors import SwitchhookError

Role = Literal["operator", "superadmin", "admin", "user"]


class Forbidden(SwitchhookError):
    """Whoever asks has no right to this."""

    code = "forbidden"


@attrs.frozen
class Reach:
    """How far a right goes: over the whole tenant, over some numbers and what belongs to them, over one's own things.

    ``numbers`` are canonical. A reach is false when it reaches nothing.
    """

    everything: bool = False
    numbers: frozenset[str] = frozenset()
    own: bool = False

    def __bool__(self) -> bool:
        return self.everything or self.own or bool(self.numbers)

    def covers(self, numbers: Iterable[str] = (), *, owned: bool = False) -> bool:
        """Whether a thing is in reach that belongs to ``numbers`` (to all of them), or is the actor's own."""
        belongs = frozenset(numbers)
        return self.everything or (self.own and owned) or (bool(belongs) and belongs <= self.numbers)

    def __or__(self, other: Reach) -> Reach:
        """What either reaches."""
        return Reach(self.everything or other.everything, self.numbers | other.numbers, self.own or other.own)

    def __and__(self, other: Reach) -> Reach:
        """What both reach: a token's right under that of its owner."""
        if self.everything or other.everything:
            return other if self.everything else self
        return Reach(numbers=self.numbers & other.numbers, own=self.own and other.own)


NOTHING: Final = Reach()
EVERYTHING: Final = Reach(everything=True)
ALL_RIGHTS: Final[Mapping[str, Reach]] = MappingProxyType({"*": EVERYTHING})


@attrs.frozen
class Actor:
    """A person, an API token, or the portal itself, and what it may do in one tenant.

    ``rights`` maps words such as ``number.view`` or ``caller-list.change`` to
    how far they go; ``*`` is every right. ``account`` is the id of the person,
    empty for the portal itself; a token acts for a person under a name of its own.
    """

    name: str
    rights: Mapping[str, Reach] = MappingProxyType({})
    role: Role = "user"
    account: str = ""

    def reach(self, right: str) -> Reach:
        """How far a right goes; one who has it not reaches nothing."""
        return self.rights.get("*", NOTHING) | self.rights.get(right, NOTHING)

    def may(self, right: str) -> bool:
        """Whether the actor has a right over anything at all."""
        return bool(self.reach(right))

    def need(self, right: str) -> Reach:
        """How far the right goes; raises :class:`Forbidden` without it."""
        reach = self.reach(right)
        if not reach:
            raise Forbidden(f"this needs the right {right}", right=right, actor=self.name)
        return reach

    def need_operator(self, right: str) -> None:
        """Raise :class:`Forbidden` unless an operator asks who has the right: tenants and plugins are his alone."""
        if self.role != "operator":
            raise Forbidden("only an operator may do this", right=right, actor=self.name)
        self.need(right)


SYSTEM: Final = Actor("system", ALL_RIGHTS, "operator")
"""The portal itself, and the operator at the command line."""
