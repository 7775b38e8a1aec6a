from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.access.actor import EVERYTHING, NOTHING, SYSTEM, Actor, Forbidden, Reach

NUMBERS = st.frozensets(st.sampled_from(["+49221100", "+49221200", "+49221300"]))
REACHES = st.builds(Reach, st.booleans(), NUMBERS, st.booleans())


@given(REACHES, REACHES, NUMBERS, st.booleans())
def test_what_both_cover_and_what_either_covers(one: Reach, other: Reach, numbers: frozenset[str], owned: bool) -> None:
    for number in numbers:
        either = one.covers([number], owned=owned) or other.covers([number], owned=owned)
        assert (one | other).covers([number], owned=owned) == either
    if (one & other).covers(numbers, owned=owned):
        assert one.covers(numbers, owned=owned)
        assert other.covers(numbers, owned=owned)


def test_what_belongs_to_nobody_and_no_number_is_reached_by_everything_alone() -> None:
    assert EVERYTHING.covers()
    assert not Reach(numbers=frozenset({"+49221100"}), own=True).covers()
    assert not NOTHING


def test_a_right_is_needed_by_its_word() -> None:
    actor = Actor("kim", {"number.view": Reach(own=True)})
    assert actor.need("number.view") == Reach(own=True)
    with pytest.raises(Forbidden, match=r"needs the right number\.change"):
        actor.need("number.change")
    assert SYSTEM.need("anything.at-all") == EVERYTHING
