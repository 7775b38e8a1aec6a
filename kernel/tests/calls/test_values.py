"""What a module or guard hands on is of the shape Asterisk is told it in, or it is refused where it is made."""

from __future__ import annotations

import math

import attrs
import pytest

from switchhook import Caller, DialPlan, Listen, Refusal, Routing, Target

ANNA = Target("phone", "anna")
PLAN = DialPlan((ANNA,))


@pytest.mark.parametrize(
    "odd",
    [
        {"targets": ()},
        {"targets": ("anna",)},
        {"ring_seconds": 0},
        {"ring_seconds": 2.5},
        {"ring_seconds": "25"},
        {"ring_seconds": True},
        {"limit_seconds": -1},
        {"limit_seconds": 10**9},
        {"limit_seconds": 0.5},
        {"caller_id": "+49221,+49900"},
        {"caller_id": "1)U(sh-taken^x"},
        {"caller_id": "${CALLERID(num)}"},
        {"caller_id": "\u0661\u0662\u0663"},
        {"caller_id": "anna"},
        {"caller_id": None},
        {"accept": ""},
        {"accept": "12"},
        {"decline": "x"},
        {"decline": "1"},
        {"delays": (0, 5)},
        {"delays": (25,)},
        {"delays": (-1,)},
        {"delays": (0.5,)},
    ],
    ids=str,
)
def test_a_plan_that_cannot_be_dialled_as_it_says_is_refused(odd):
    with pytest.raises(ValueError, match="not"):
        attrs.evolve(PLAN, **odd)


def test_plans_that_can_be_dialled():
    for shown in ("", "anonymous", "200", "+4922112345"):
        assert attrs.evolve(PLAN, caller_id=shown).caller_id == shown
    assert DialPlan([ANNA]).targets == (ANNA,)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "odd",
    [
        {"first_seconds": 0},
        {"first_seconds": -1.0},
        {"first_seconds": math.nan},
        {"next_seconds": math.inf},
        {"terminator": ","},
        {"max_keys": 0},
    ],
    ids=str,
)
def test_a_reading_that_cannot_be_is_refused(odd):
    with pytest.raises(ValueError, match=r"not|must"):
        Listen(**odd)


@pytest.mark.parametrize("field", ["number", "name", "presentation", "kind", "key"])
def test_what_a_phone_book_does_not_know_never_becomes_part_of_a_caller(field):
    """The journal could not keep such a call at all; the plugin that says so is at fault."""
    with pytest.raises(TypeError, match=f"{field} is a text, not None"):
        attrs.evolve(Caller("+4922112345", "Anna"), **{field: None})


@pytest.mark.parametrize("field", ["tenant", "flow", "language"])
def test_a_number_leads_to_a_flow_of_a_tenant_by_their_names(field):
    with pytest.raises(TypeError, match=f"{field} is a text, not 7"):
        attrs.evolve(Routing("acme", "hotline"), **{field: 7})


def test_a_refusal_says_why_in_words():
    with pytest.raises(TypeError, match="why is a text, not None"):
        Refusal(None)  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", ["A\x00B", "caf\udce9"], ids=["NUL", "half a character"])
def test_a_name_no_database_takes_is_refused_where_it_is_given(odd):
    with pytest.raises(ValueError, match="name holds what cannot be kept"):
        Caller("+4922112345", odd)
