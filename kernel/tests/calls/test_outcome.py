from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.calls.call import LegStatus
from switchhook.calls.event import KINDS, Event
from switchhook.calls.outcome import Outcome, outcome_of

AT = datetime(2026, 11, 24, tzinfo=UTC)


def outcome(*kinds: str | tuple[str, str]) -> Outcome:
    """The outcome of events given by kind, or by kind and status of a leg."""
    events = []
    for seq, kind in enumerate(kinds):
        name, status = kind if isinstance(kind, tuple) else (kind, "")
        events.append(Event(1, seq, AT, name, "", {"status": status} if status else {}))
    return outcome_of(events)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((), Outcome.FAILED),
        (("call.started",), Outcome.FAILED),
        (("call.started", "call.answered"), Outcome.MACHINE_ONLY),
        (("call.started", "prompt.started"), Outcome.MACHINE_ONLY),
        (("call.answered", "call.failed"), Outcome.FAILED),
        (("prompt.started", "call.failed"), Outcome.FAILED),
        (("call.refused",), Outcome.BLOCKED),
        (("call.answered", "leg.created", "leg.answered"), Outcome.HUMAN),
        (("call.answered", "leg.created", ("leg.ended", "answered"), "keys"), Outcome.HUMAN),
        ((("leg.ended", "busy"), ("leg.ended", "answered")), Outcome.HUMAN),
        ((("leg.ended", "answered"), ("leg.ended", "busy")), Outcome.HUMAN),
        (("call.answered", "leg.created"), Outcome.ABANDONED_RING),
        (("call.answered", "leg.created", ("leg.ended", "cancelled")), Outcome.ABANDONED_RING),
        (("call.answered", "leg.created", ("leg.ended", "no_answer")), Outcome.NO_ANSWER),
        (("leg.created", ("leg.ended", "no_answer"), "leg.created", ("leg.ended", "busy")), Outcome.BUSY),
        (("leg.created", ("leg.ended", "rejected")), Outcome.REJECTED),
        (("leg.created", ("leg.ended", "unreachable")), Outcome.FAILED),
        (("call.answered", "leg.refused", "prompt.started"), Outcome.REJECTED),
        (("leg.created", ("leg.ended", "busy"), "leg.refused"), Outcome.REJECTED),
        (("leg.refused", "leg.created", ("leg.ended", "busy")), Outcome.BUSY),
        (("leg.refused", "leg.created", "leg.answered"), Outcome.HUMAN),
        (("leg.refused", "call.failed"), Outcome.FAILED),
    ],
)
def test_what_came_of_a_call(kinds: tuple[str | tuple[str, str], ...], expected: Outcome) -> None:
    assert outcome(*kinds) is expected


some = st.one_of(st.sampled_from(sorted(KINDS)), st.tuples(st.just("leg.ended"), st.sampled_from(get_args(LegStatus))))


@given(st.lists(some, max_size=12))
def test_every_call_has_exactly_one_outcome(kinds: list[str | tuple[str, str]]) -> None:
    """I17."""
    assert outcome(*kinds) in set(Outcome)


@given(st.lists(some, max_size=12), st.lists(some, max_size=12))
def test_a_call_a_human_answered_stays_one(
    before: list[str | tuple[str, str]], after: list[str | tuple[str, str]]
) -> None:
    if "call.refused" not in [*before, *after]:  # which would have kept it from any human (I16)
        assert outcome(*before, "leg.answered", *after) is Outcome.HUMAN
