"""The number the network gave for a caller, for comparing alone: whoever suppressed it is shown nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import attrs

T = TypeVar("T")


@attrs.frozen(repr=False, eq=False)
class NetworkNumber:
    """A caller's number as the network knows it, canonical, also where the caller suppressed it (features I15).

    It says what is known of it and is told nobody: it has no text of its own
    and is in no log, event or variable. What is found for a caller who shows
    no number may tell a part of it, so keep that out of reasons and notes.
    """

    _number: str = ""

    def __repr__(self) -> str:
        """Nothing of the number."""
        return "NetworkNumber()"

    def exact_in(self, known: Mapping[str, T]) -> T | None:
        """What is known of the number itself."""
        return known.get(self._number) if self._number else None

    def beginnings_in(self, known: Mapping[str, T]) -> tuple[T, ...]:
        """What is known of beginnings of the number, the longest first, itself included; each is looked up once."""
        number = self._number
        return tuple(known[part] for end in range(len(number), 0, -1) if (part := number[:end]) in known)
