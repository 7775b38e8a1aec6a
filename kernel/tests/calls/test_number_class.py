"""SEC25: what each number is, by tables written from the numbering plans, and by laws that hold for every text."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.calls.number_class import NUMBER_KINDS, NumberClass, number_class
from switchhook.calls.numbers import NumberRefused, classify

GERMAN = {
    "1511": "mobile", "1601": "mobile", "1701": "mobile", "1799": "mobile",
    "221": "fixed", "30": "fixed", "89": "fixed", "3222": "voip", "3221": "voip",
    "800": "freephone", "1805": "shared_cost", "1803": "shared_cost", "137": "shared_cost",
    "900": "premium", "700": "service",
}  # fmt: skip
"""Beginnings of numbers in Germany, from the numbering plan of the Federal Network Agency."""
written = st.text("0123456789+*#()/.- ", min_size=1, max_size=22)
dialled = st.from_regex(r"\+[1-9][0-9]{3,14}|0[1-9][0-9]{3,12}|00[1-9][0-9]{5,13}|[1-9][0-9]{1,5}", fullmatch=True)
anything = st.one_of(dialled, written, st.text(max_size=30))


@given(anything, st.sampled_from(["DE", "AT", "US", "IT", "GB"]))
def test_every_text_has_a_class_and_its_canonical_form_has_the_same(text: str, region: str) -> None:
    found = number_class(text, region)
    assert found.kind in NUMBER_KINDS
    try:
        canonical = classify(text, region).canonical
    except NumberRefused:
        assert found == NumberClass("", "unknown")
    else:
        assert number_class(canonical, region) == found


@given(st.sampled_from(sorted(GERMAN)), st.integers(0, 9_999_999), st.sampled_from(["0", "+49", "0049", "+49 (0)"]))
def test_a_german_number_is_of_its_range_however_it_is_written(begins: str, rest: int, before: str) -> None:
    national = f"{begins}{rest:07d}"
    found = number_class(before + national)
    assert found == number_class("+49" + national)
    assert found.kind in (GERMAN[begins], "unknown", *(["premium"] if begins == "137" else []))  # 01377 is
    assert found.country in ("DE", "")


@pytest.mark.parametrize("begins", sorted(GERMAN))
def test_each_german_range_has_numbers_of_its_kind(begins: str) -> None:
    known = {number_class(f"+49{begins}{rest}") for rest in ("1234567", "12345678", "123456", "23456", "9123456")}
    assert NumberClass("DE", GERMAN[begins]) in known  # type: ignore[arg-type]


@given(dialled)
def test_what_asks_a_price_of_its_own_never_passes_for_an_ordinary_number(number: str) -> None:
    """The library's own judgement, asked in another way: over all regions that share a country code."""
    try:
        parsed = phonenumbers.parse(number, "DE")
    except phonenumbers.NumberParseException:
        return
    dear = {phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST}
    if phonenumbers.number_type(parsed) in dear:
        assert number_class(number).kind in (
            "premium",
            "shared_cost",
            "unknown",
            "short_code",
            "emergency",
            "satellite",
        )


@pytest.mark.parametrize(
    ("number", "country", "kind"),
    [
        ("110", "DE", "emergency"), ("112", "DE", "emergency"), ("+49112", "DE", "emergency"),
        ("+4900642525818", "DE", "fixed"), ("+4900900 1 123456", "DE", "premium"), ("+491377123456", "DE", "premium"),
        ("115", "DE", "short_code"), ("116117", "DE", "short_code"), ("20", "", "short_code"),
        ("11833", "DE", "premium"), ("118000", "DE", "premium"), ("+4911833", "DE", "premium"),
        ("010330221123456", "", "unknown"), ("+49191123456", "DE", "unknown"), ("anonymous", "", "unknown"),
        ("+43664123456", "AT", "mobile"), ("+431234567", "AT", "fixed"), ("+43900123456", "AT", "premium"),
        ("+41791234567", "CH", "mobile"), ("+41848123456", "CH", "shared_cost"), ("+41901123456", "CH", "premium"),
        ("+33612345678", "FR", "mobile"), ("+33142685300", "FR", "fixed"), ("+33899123456", "FR", "premium"),
        ("+447400123456", "GB", "mobile"), ("+447797712345", "JE", "mobile"), ("+442079460018", "GB", "fixed"),
        ("+449098790000", "GB", "premium"), ("+447012345678", "GB", "service"), ("+390612345678", "IT", "fixed"),
        ("+393123456789", "IT", "mobile"), ("+34612345678", "ES", "mobile"), ("+31612345678", "NL", "mobile"),
        ("+48512345678", "PL", "mobile"), ("+77012345678", "KZ", "mobile"), ("+79161234567", "RU", "mobile"),
        ("+12125551234", "US", "fixed"), ("+19002345678", "US", "premium"), ("+18005551234", "US", "freephone"),
        ("+18092345678", "DO", "fixed"), ("+18765230123", "JM", "fixed"), ("+14165550123", "CA", "fixed"),
        ("+8816 12345678", "001", "satellite"), ("+870773123456", "001", "satellite"),
        ("+88216 12345", "001", "satellite"), ("+883510012345", "001", "satellite"),
        ("+979123456789", "001", "premium"), ("+80012345678", "001", "freephone"),
        ("+80812345678", "001", "shared_cost"), ("+2348021234567", "NG", "mobile"), ("+5352345678", "CU", "mobile"),
    ],
)  # fmt: skip
def test_numbers_of_many_countries(number: str, country: str, kind: str) -> None:
    """S62."""
    assert number_class(number) == NumberClass(country, kind)  # type: ignore[arg-type]
