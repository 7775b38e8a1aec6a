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


KeptOutcome = Outcome | str
"""The outcome of a kept call: of one that another version of the portal ended, as it is written there."""


def kept_outcome(text: str) -> KeptOutcome | None:
    """An outcome as it was kept; None while the call goes on."""
    known: dict[str, Outcome] = {one.value: one for one in Outcome}
    return known.get(text, text) or None


_LAST_LEG = {
    "busy": Outcome.BUSY,
    "no_answer": Outcome.NO_ANSWER,
    "rejected": Outcome.REJECTED,
    "declined_by_key": Outcome.REJECTED,
    "unreachable": Outcome.FAILED,
    "failed": Outcome.FAILED,
    "cancelled": Outcome.ABANDONED_RING,
}
_LEGS = frozenset({"leg.created", "leg.refused", "leg.answered", "leg.ended", "call.failed"})
_SERVED = frozenset({"call.answered", "prompt.started"})
"""What a machine does for a caller: a prompt may be played before the answer."""


def outcome_of(events: Iterable[Event]) -> Outcome:
    """Decide a call's outcome from its events alone, so that every reader decides alike.

    A bridged leg is a human's answer, whatever came after it; Asterisk's own
    ``Answer()`` is not (trap T10). A refusal on arrival is ``blocked``, and so
    is a caller a module denied (``caller.denied``) who then reached nobody; that
    of a leg is ``rejected``: the caller wanted somebody and did not get through. A
    call without any leg talked to the machine only, or failed before it could.
    """
    events = list(events)
    kinds = {event.kind for event in events}
    if "call.refused" in kinds:
        return Outcome.BLOCKED
    legs = [event for event in events if event.kind in _LEGS]
    if any(event.kind == "leg.answered" or event.data.get("status") == "answered" for event in legs):
        return Outcome.HUMAN
    if "caller.denied" in kinds:
        return Outcome.BLOCKED
    if legs:
        return _last(legs[-1])
    return Outcome.MACHINE_ONLY if kinds & _SERVED else Outcome.FAILED


def _last(event: Event) -> Outcome:
    if event.kind == "leg.created":
        return Outcome.ABANDONED_RING
    if event.kind == "leg.refused":
        return Outcome.REJECTED
    return _LAST_LEG.get(str(event.data.get("status")), Outcome.FAILED)
