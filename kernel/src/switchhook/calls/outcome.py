"""The one outcome each call ends with (features I17)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from .event import Event


class Outcome(StrEnum):
    """What came of a call; exactly one of these is stored for each call."""

    HUMAN = "human"
    MACHINE_ONLY = "machine_only"
    ABANDONED_QUEUE = "abandoned_queue"
    ABANDONED_RING = "abandoned_ring"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    FAILED = "failed"
    INTERNAL = "internal"


_LAST_LEG = {
    "busy": Outcome.BUSY,
    "no_answer": Outcome.NO_ANSWER,
    "rejected": Outcome.REJECTED,
    "unreachable": Outcome.FAILED,
    "failed": Outcome.FAILED,
    "cancelled": Outcome.ABANDONED_RING,
}


def outcome_of(events: Iterable[Event]) -> Outcome:
    """Decide a call's outcome from its events alone, so that every reader decides alike.

    A bridged leg is a human's answer, whatever came after it; Asterisk's own
    ``Answer()`` is not (trap T10). A refusal on arrival is ``blocked``. A call
    without any leg talked to the machine only, or failed before it could.
    """
    answered_by_machine = ringing = False
    last: Outcome | None = None
    for event in events:
        match event.kind:
            case "call.refused":
                return Outcome.BLOCKED
            case "leg.ended" if event.data.get("status") == "answered":
                return Outcome.HUMAN
            case "leg.answered":
                return Outcome.HUMAN
            case "leg.created":
                ringing = True
            case "leg.ended":
                ringing = False
                last = _LAST_LEG.get(str(event.data.get("status")), Outcome.FAILED)
            case "call.answered":
                answered_by_machine = True
            case "call.failed":
                last = Outcome.FAILED
    if ringing:
        return Outcome.ABANDONED_RING
    if last is not None:
        return last
    return Outcome.MACHINE_ONLY if answered_by_machine else Outcome.FAILED
