"""Calls, callers and legs as values."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, Literal

import attrs

Presentation = Literal["shown", "suppressed", "unknown"]
Origin = Literal["trunk", "phone", "simulator", "placed"]
"""Where a call comes from; ``placed`` is one the portal placed by itself."""
Direction = Literal["inbound", "outbound"]
CallerKind = Literal["fixed", "mobile", "foreign", "internal", "unknown"]


_HALF: Final = re.compile("[\ud800-\udfff]")  # surrogates: UTF-8 cannot say them


def must_be_texts(what: object, *names: str) -> None:
    """Raise ``TypeError`` for the first of these attributes that is no text, ``ValueError`` for one no database takes."""
    for name in names:
        value = getattr(what, name)
        if not isinstance(value, str):
            raise TypeError(f"{type(what).__name__}: {name} is a text, not {value!r}")
        if "\x00" in value or _HALF.search(value):
            raise ValueError(f"{type(what).__name__}: {name} holds what cannot be kept: {value!r}")


@attrs.frozen
class Caller:
    """Who calls, as far as anybody may know.

    ``number`` is canonical E.164 (or an internal extension) and empty when the
    caller suppressed it or the network gave none. ``key`` is the keyed hash of
    the network's number, also for suppressed callers, by which they are
    recognised again; empty when the network gave no number.
    """

    number: str = ""
    name: str = ""
    presentation: Presentation = "unknown"
    kind: CallerKind = "unknown"
    key: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what no journal could keep, such as the name a phone book does not know: ``TypeError``."""
        must_be_texts(self, "number", "name", "presentation", "kind", "key")

    @property
    def anonymous(self) -> bool:
        """Whether the caller's number may not be shown or is not known."""
        return not self.number


@attrs.frozen
class Call:
    """One call from its arrival on.

    ``id`` is the inbound channel's unique id in Asterisk, prefixed with the
    system name, so it stays unique across restarts and nodes. ``number`` is
    the number that was called, canonical. Times are UTC.

    Of a call the portal placed itself, ``caller`` is whoever was called, and
    ``number`` the tenant's number on whose behalf, empty for none.
    """

    id: str
    tenant: str
    number: str
    caller: Caller
    arrived: datetime
    origin: Origin = "trunk"
    language: str = "de"
    diverted_from: str = ""

    @property
    def direction(self) -> Direction:
        """Who began: ``outbound`` is a call the portal placed."""
        return "outbound" if self.origin == "placed" else "inbound"


LegStatus = Literal[
    "answered", "busy", "no_answer", "unreachable", "rejected", "declined_by_key", "cancelled", "failed"
]


@attrs.frozen
class Leg:
    """One outbound attempt of a call and how it ended; ``talk_seconds`` counts from the answer."""

    target: str
    status: LegStatus
    ring_seconds: float = 0.0
    talk_seconds: float = 0.0
    cause: int = 0
    number: int = 0
