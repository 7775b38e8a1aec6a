"""In-call keys as values: what whoever took a call may press during the talk, and that it was pressed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import attrs

CODE: Final = r"[*#][0-9]{1,2}"
"""The shape of a code; Asterisk knows them all, and has no features of its own switched on that begin like one."""
MOST_AFTER: Final = 20
_FEATURE: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}/[A-Za-z0-9_.-]{1,80}")


@attrs.frozen
class InCallKey:
    """A code that is on in a talk, the feature it stands for (``KIND/ID``), and how many keys may follow it.

    Raises ``ValueError`` for anything that is none.
    """

    code: str
    feature: str
    after: int = 0

    def __attrs_post_init__(self) -> None:
        if not re.fullmatch(CODE, self.code) or not _FEATURE.fullmatch(self.feature):
            raise ValueError(f"an in-call key is a code such as *2 for KIND/ID, not {self.code!r} for {self.feature!r}")
        if not 0 <= self.after <= MOST_AFTER:
            raise ValueError(f"0 to {MOST_AFTER} keys follow a code, not {self.after!r}")


@attrs.frozen
class InCallPressed:
    """An in-call key that was pressed: its feature, and the keys that followed the code."""

    feature: str
    keys: str = ""


def clashing(codes: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of codes that cannot be on in the same talk: equal ones, and ones that begin like another."""
    known = sorted(codes)
    return [(one, other) for place, one in enumerate(known) for other in known[place + 1 :] if other.startswith(one)]


def without_clashes(keys: Iterable[InCallKey]) -> tuple[InCallKey, ...]:
    """Those of ``keys`` that can be on in the same talk; of two that clash the first one stays."""
    kept: list[InCallKey] = []
    for key in keys:
        if not clashing([key.code, *(one.code for one in kept)]):
            kept.append(key)
    return tuple(kept)
