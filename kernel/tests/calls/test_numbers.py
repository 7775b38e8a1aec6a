from __future__ import annotations

import hmac
import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.calls.numbers import (
    Dialled,
    NumberRefused,
    caller_key,
    caller_number,
    classify,
    is_star_code,
    written,
)

SECRET = b"0123456789abcdef"
typed = st.text("0123456789+*#()/.- ", min_size=1, max_size=22)
national = st.from_regex(r"0[1-9][0-9]{3,12}", fullmatch=True)
anything = st.one_of(st.text(max_size=30), typed, national, national.map(lambda n: "+49" + n[1:]))


@given(anything, st.sampled_from(["DE", "US", "IT", "GB", "FR"]))
def test_classifying_the_canonical_form_gives_the_same(text: str, region: str) -> None:
    """I33: norm(norm(x)) = norm(x)."""
    try:
        found = classify(text, region)
    except NumberRefused:
        return
    assert classify(found.canonical, region) == found


@given(anything)
def test_canonical_is_digits_a_code_or_e164_and_nothing_else(text: str) -> None:
    """SEC10: nothing that could reshape a dial string survives."""
    try:
        found = classify(text)
    except NumberRefused:
        return
    shape = r"\+[1-9][0-9]{3,14}" if found.kind == "e164" else r"[0-9]{2,6}|[*#][0-9*#]{1,20}"
    assert re.fullmatch(shape, found.canonical, re.ASCII)


@pytest.mark.parametrize("text", ["110", "112", " 112 ", "1-1-2", "+49112", "0049 110", "\uff11\uff11\uff12"])
@pytest.mark.parametrize("internal", [{2, 3, 4, 5}, {3}, set()])
def test_an_emergency_number_is_one_however_internal_numbers_look(text: str, internal: set[int]) -> None:
    assert classify(text, internal=internal).kind == "emergency"
    assert classify(text, internal=internal).canonical in {"110", "112"}


@pytest.mark.parametrize(("text", "region"), [("911", "US"), ("112", "FR"), ("999", "GB")])
def test_every_country_has_its_emergency_numbers(text: str, region: str) -> None:
    assert classify(text, region) == Dialled("emergency", text, country=region)


@pytest.mark.parametrize("text", ["115", "116117", "11833", "118000", "*21#", "*21*0221#", "#31#"])
def test_service_numbers_and_codes(text: str) -> None:
    assert classify(text, internal={3, 5, 6}) == Dialled("service", text, country="DE")


@pytest.mark.parametrize("text", ["12", "200", "4711", "12345"])
def test_short_numbers_are_internal_where_they_may_be(text: str) -> None:
    assert classify(text) == Dialled("internal", text)
    with pytest.raises(NumberRefused):
        classify(text, internal=())


@pytest.mark.parametrize(
    "text",
    [
        "0221 12345",
        "(0221) 123-45",
        "0221/12345",
        "+49 221 12345",
        "+49 (0)221 12345",
        "0049 (0)221/12345",
        "4922112345",
        "\uff10\uff12\uff12\uff11\uff11\uff12\uff13\uff14\uff15",
    ],
)
def test_ways_to_write_one_number(text: str) -> None:
    assert classify(text) == Dialled("e164", "+4922112345", "fixed", "DE")


@pytest.mark.parametrize(
    ("text", "number_type", "country"),
    [
        ("0171 2345678", "mobile", "DE"),
        ("0800 1234567", "toll_free", "DE"),
        ("0900 1 123456", "premium", "DE"),
        ("0180 5 123456", "shared", "DE"),
        ("0137 1234567", "shared", "DE"),
        ("0700 12345678", "personal", "DE"),
        ("032 22112345", "voip", "DE"),
        ("+33 1 23 45 67 89", "fixed", "FR"),
        ("33123456789", "fixed", "FR"),
        ("+1 212 555 1234", "fixed_or_mobile", "US"),
        ("+881 6 1234 5678", "satellite", "001"),
        ("+979 123456789", "premium", "001"),
        ("+800 12345678", "toll_free", "001"),
    ],
)
def test_what_kind_of_number_it_is(text: str, number_type: str, country: str) -> None:
    found = classify(text)
    assert (found.kind, found.number_type, found.country) == ("e164", number_type, country)


@pytest.mark.parametrize(
    "text",
    [
        "", "0", "+", "abc", "anonymous", "00049221", "+0123", "1234567", "010330221123456", "+49", "+4", "+49 (0)",
        "500&PJSIP/x/0900", "0221;ext=5", "0221@host", "0221,5", "0221|5", "${EXTEN}", "0221w5", "+49221\n12345",
        "\u0660\u0662\u0662\u0661", "0800FLOWERS", "+49221123451234567", "1" * 65, "0221++5", "022*5",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(NumberRefused, match=r"\w+ \w+"):
        classify(text)
    assert caller_number(text) == ("", "unknown")


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [
        ("0221 12345", "+4922112345", "fixed"),
        ("03222112345", "+493222112345", "fixed"),
        ("+491712345678", "+491712345678", "mobile"),
        ("+33612345678", "+33612345678", "foreign"),
        ("+8816 12345678", "+881612345678", "foreign"),
        ("20", "20", "internal"),
        ("08001234567", "+498001234567", "unknown"),
        ("112", "112", "unknown"),
    ],
)
def test_kinds_of_callers(text: str, number: str, kind: str) -> None:
    assert caller_number(text) == (number, kind)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_an_example_number_of_every_country_is_understood(region: str) -> None:
    example = phonenumbers.example_number(region)
    assert example is not None
    text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    found = classify(text)
    assert (found.kind, found.canonical) == ("e164", text)
    assert found.number_type != "unknown"


def test_a_callers_key_is_the_same_for_the_same_caller_alone() -> None:
    key = caller_key("+4922112345", SECRET)
    assert key == caller_key("+4922112345", SECRET)
    assert key != caller_key("+4922112346", SECRET)
    assert key != caller_key("+4922112345", SECRET[::-1])
    assert re.fullmatch(r"[0-9a-f]{64}", key)
    assert "22112345" not in key


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        caller_key("+4922112345", b"short")


@pytest.mark.parametrize(
    ("text", "says", "data"),
    [
        ("1" * 65, "a number is not that long", {"length": 65}),
        ("12a", "'12a' is no number: it holds more than digits, spaces and + ( ) / . -", {"text": "12a"}),
        ("+0123", "'+0123' is no number: no country code begins with 0", {"text": "+0123"}),
        (
            "01033 0221 1",
            "0103302211 chooses another carrier for one call, which is not possible here",
            {"text": "0103302211"},
        ),
        ("+49", "+49 is no number: (1) The string supplied did not seem to be a phone number.", {"text": "+49"}),
        ("+49221123451234567", None, {"text": "+49221123451234567"}),
        ("+4930", "+4930 is too short or too long for a number of its country", {"text": "+4930"}),
        ("1234567", "1234567 lacks its area code or country code", {"text": "1234567"}),
        ("1234567890", "1234567890 lacks its area code or country code", {"text": "1234567890"}),
    ],
)
def test_a_refusal_tells_whoever_dialled_what_is_wrong(text: str, says: str | None, data: object) -> None:
    with pytest.raises(NumberRefused) as refused:
        classify(text)
    assert refused.value.data == data
    assert says is None or str(refused.value) == says


@pytest.mark.parametrize(
    ("number", "region", "shown"),
    [
        ("+4922112345", "DE", "0221 12345"),
        ("+4922112345", "FR", "+49 221 12345"),
        ("+33142685300", "DE", "+33 1 42 68 53 00"),
        ("+33142685300", "FR", "01 42 68 53 00"),
        ("20", "DE", "20"),
        ("*21", "DE", "*21"),
        ("", "DE", ""),
        ("+x", "DE", "+x"),
    ],
)
def test_people_read_numbers_as_they_write_them(number: str, region: str, shown: str) -> None:
    assert written(number, region) == shown


def test_a_germans_number_is_written_the_german_way_unless_told_otherwise() -> None:
    assert written("+4922112345") == "0221 12345"


@pytest.mark.parametrize(
    ("text", "is_one"), [("*21", True), ("*2", True), ("*" + "1" * 15, True), ("*" + "1" * 16, False), ("*", False),
                         ("*21#", False), ("#21", False), ("21", False), ("*2*1", False), ("", False)],
)  # fmt: skip
def test_a_star_code_is_a_star_and_digits(text: str, is_one: bool) -> None:
    assert is_star_code(text) is is_one


@pytest.mark.parametrize("text", ["1234567890" * 6 + "1234", "1" * 64])
def test_a_text_as_long_as_a_number_may_be_is_looked_at(text: str) -> None:
    with pytest.raises(NumberRefused, match=r"area code|no number|too long"):
        classify(text)
    assert classify(" " * 52 + "0221 12345 8").canonical == "+49221123458"


@pytest.mark.parametrize("length", [16, 17, 32])
def test_a_secret_of_16_bytes_is_enough(length: int) -> None:
    expected = hmac.new(b"x" * length, b"+4922112345", "sha256").hexdigest()
    assert caller_key("+4922112345", b"x" * length) == expected


def test_a_caller_is_understood_where_the_house_is_and_by_its_own_internal_numbers() -> None:
    assert caller_number("01 5123456", "AT") == ("+4315123456", "fixed")
    assert caller_number("+4922112345", "AT") == ("+4922112345", "foreign")
    assert caller_number("20", internal=()) == ("", "unknown")
    assert caller_number("123456", internal={6}) == ("123456", "internal")


@pytest.mark.parametrize("text", ["+4919912345678", "+49199123456"])
def test_a_number_of_no_known_range_is_a_number_of_no_known_type(text: str) -> None:
    assert classify(text) == Dialled("e164", text, "unknown", "DE")


def test_digits_without_0_or_plus_are_meant_internationally_where_they_can_be() -> None:
    assert classify("4315123456", "AT") == classify("+4315123456")
    assert classify("4922112345", "AT") == Dialled("e164", "+4922112345", "fixed", "DE")
    with pytest.raises(NumberRefused):
        classify("02", internal={2})
