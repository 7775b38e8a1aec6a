"""An entry of a caller list, as a value."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

import attrs

from switchhook import Caller, NumberRefused, classify, number_beginning

EntryKind = Literal["number", "beginning", "suppressed"]
LONGEST_NOTE: Final = 200
SHOWN_OF_KEY: Final = 8
"""Characters of a keyed hash by which a suppressed caller is called, as everywhere in the portal."""


@attrs.frozen
class Entry:
    """One caller, or all whose numbers begin alike.

    ``value`` is a canonical number, a canonical beginning of numbers, or of a
    suppressed caller the keyed hash; ``line`` then says what kind of line it
    was. ``call`` is the call it was made from. ``until`` is when it ends,
    ``hits`` how often it was met by callers who show their number.
    """

    id: int
    list: str
    kind: EntryKind
    value: str = attrs.field(repr=False)
    line: str
    note: str
    author: str
    call: str
    made: datetime
    until: datetime | None
    shadow: bool
    hits: int
    last_hit: datetime | None

    @property
    def number(self) -> str:
        """The number or beginning; empty for a suppressed caller."""
        return "" if self.kind == "suppressed" else self.value

    @property
    def pseudonym(self) -> str:
        """How a suppressed caller is called; empty for others."""
        return self.value[:SHOWN_OF_KEY] if self.kind == "suppressed" else ""

    def holds(self, now: datetime) -> bool:
        """Whether it has not ended."""
        return self.until is None or now < self.until

    def told(self) -> dict[str, Any]:
        """What audit and news say of it."""
        who = {"number": self.number} if self.number else {"caller": self.pseudonym}
        until = self.until.isoformat() if self.until else ""
        return {"list": self.list, **who, "kind": self.kind, "note": self.note, "until": until, "shadow": self.shadow}


def canonical(written: str, kind: EntryKind) -> str:
    """A number or beginning as it is kept, however it is written; raises ``NumberRefused``."""
    if kind == "suppressed":
        raise NumberRefused("a caller who suppressed the number is known from a call alone; block that call")
    return number_beginning(written) if kind == "beginning" else classify(written).canonical


def kept_of(caller: Caller) -> tuple[EntryKind, str, str]:
    """How a caller is put on a list: kind, value and line. Raises ``NumberRefused`` for one nothing is known of."""
    if caller.number:
        return "number", caller.number, ""
    if caller.key:
        return "suppressed", caller.key, caller.kind
    raise NumberRefused("the network gave no number for this caller, so the caller cannot be recognised again")
