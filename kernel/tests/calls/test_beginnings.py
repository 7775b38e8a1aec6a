"""Beginnings of numbers, however they are written (features S46)."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook import NetworkNumber, NumberRefused, classify, number_beginning

GROUPS = ["", " ", "-", "/", "."]


def spaced(digits: str, draw) -> str:
    """Digits as people part them."""
    return "".join(digit + draw(st.sampled_from(GROUPS)) for digit in digits).strip(" -/.")


@st.composite
def written(draw):
    """A German number of an area in each of its ways to be written, in whole and in part."""
    area = draw(st.sampled_from(["221", "30", "89", "171", "2234", "800"]))
    rest = draw(st.text("0123456789", min_size=6, max_size=7))
    front = draw(st.sampled_from(["0", "0049", "+49", "+49 (0)", "+490"]))
    cut = draw(st.integers(0, len(rest)))
    return front + spaced(area + rest, draw), front + spaced(area + rest[:cut], draw), f"+49{area}{rest[:cut]}"


@given(written())
def test_a_number_begins_as_it_is_written_in_every_way_there_is(three):
    whole, part, expected = three
    assert number_beginning(part) == expected
    network = NetworkNumber(classify(whole).canonical)
    assert network.beginnings_in({number_beginning(part): "known"}) == ("known",)


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.data())
def test_a_number_of_any_country_begins_with_each_of_its_parts(region, data):
    example = phonenumbers.example_number(region)
    canonical = classify(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)).canonical
    form = data.draw(st.sampled_from([canonical, f"00{canonical[1:]}"]))
    least = len(form) - len(canonical) + 1 + len(str(example.country_code))
    part = form[: data.draw(st.integers(least, len(form)))]
    assert canonical.startswith(number_beginning(part))
    assert number_beginning(number_beginning(part)) == number_beginning(part)


@pytest.mark.parametrize("text", ["221", "12", "*21", "", "+0", "+", "Köln", "+999", "0" * 70])
def test_what_begins_no_number_is_refused(text):
    with pytest.raises(NumberRefused):
        number_beginning(text)


@given(st.text("0123456789+* -()", max_size=20))
def test_any_text_gives_a_beginning_or_is_refused(text):
    try:
        found = number_beginning(text)
    except NumberRefused:
        return
    assert found.startswith("+")
    assert 2 <= len(found) <= 16


def test_the_longest_beginning_comes_first_and_exact_is_exact():
    number = NetworkNumber("+4922112345")
    known = {"+49": 1, "+49221": 2, "+4922112345": 3, "+49221123456": 4, "+4930": 5}
    assert number.beginnings_in(known) == (3, 2, 1)
    assert number.exact_in(known) == 3
    assert NetworkNumber().exact_in({"": 1}) is None
    assert NetworkNumber().beginnings_in({"": 1}) == ()
