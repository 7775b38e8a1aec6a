"""What happens during a call, as a gapless sequence of events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import attrs

KINDS: Final = frozenset(
    {
        "call.started",
        "call.resumed",
        "call.answered",
        "call.refused",
        "call.failed",
        "call.taken",
        "call.ended",
        "number.resolved",
        "flow.chosen",
        "point.entered",
        "point.left",
        "prompt.started",
        "prompt.finished",
        "prompt.missing",
        "keys",
        "recording.started",
        "recording.ended",
        "recording.refused",
        "consent.given",
        "consent.refused",
        "leg.created",
        "leg.answered",
        "leg.ended",
        "leg.refused",
        "room.joined",
        "room.left",
        "room.refused",
        "in_call.key",
        "in_call.done",
        "served.heard",
        "served.keys",
        "last_resort.used",
        "fallback.used",
        "plugin.fault",
        "order.given",
        "pin.checked",
        "resource.changed",
        "note",
    }
)


@attrs.frozen
class Event:
    """One thing that happened in a call.

    ``session`` counts the times Asterisk asked for this call (a restart of the
    portal begins a new one), ``seq`` counts from 0 within it without a gap;
    ``(session, seq)`` orders all events of a call. ``data`` holds JSON values
    only and never a secret key sequence: secret input is kept as a count.
    """

    session: int
    seq: int
    at: datetime
    kind: str = attrs.field()
    point: str = ""
    data: Mapping[str, object] = attrs.field(factory=dict)

    @kind.validator
    def _known(self, _: object, value: str) -> None:
        if value not in KINDS and "." not in value:
            raise ValueError(f"unknown event kind {value!r}")
