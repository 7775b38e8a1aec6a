"""Numbers, times and dates in the word order of each language."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook import spoken
from switchhook.prompts.catalogue import stock_texts


def said(ids: tuple[str, ...], language: str) -> str:
    texts = stock_texts(language)
    return " ".join(texts[one] for one in ids)


@pytest.mark.parametrize(
    ("n", "de", "en"),
    [
        (0, "null", "zero"),
        (1, "eins", "one"),
        (21, "einundzwanzig", "twenty-one"),
        (101, "ein hundert eins", "one hundred one"),
        (1000, "ein tausend", "one thousand"),
        (21_116, "einundzwanzig tausend ein hundert sechzehn", "twenty-one thousand one hundred sixteen"),
        (101_000, "ein hundert ein tausend", "one hundred one thousand"),
    ],
)
def test_numbers(n, de, en) -> None:
    assert said(spoken.number(n, "de-at"), "de") == de
    assert said(spoken.number(n, "en"), "en") == en


@pytest.mark.parametrize(
    ("at", "de", "en"),
    [
        (time(0), "Mitternacht", "midnight"),
        (time(0, 5), "null Uhr fünf", "twelve oh five A M"),
        (time(1), "ein Uhr", "one A M"),
        (time(12), "zwölf Uhr", "twelve P M"),
        (time(14, 30), "vierzehn Uhr dreißig", "two thirty P M"),
    ],
)
def test_times_of_day(at, de, en) -> None:
    assert said(spoken.clock(at, "de"), "de") == de
    assert said(spoken.clock(at, "en"), "en") == en


def test_days_and_digits() -> None:
    assert said(spoken.day(date(2026, 3, 2), "de"), "de") == "Montag der zweite März"
    assert said(spoken.day(date(2026, 3, 2), "en"), "en") == "Monday March second"
    assert said(spoken.digits("+49 1*#", "de"), "de") == "plus vier neun eins Stern Raute"


@given(st.integers(0, spoken.LARGEST), st.times(), st.dates(), st.sampled_from(["de", "en"]))
def test_whatever_is_spoken_has_a_text_and_no_two_numbers_sound_alike(n, at, on, language) -> None:
    for ids in (spoken.number(n, language), spoken.clock(at, language), spoken.day(on, language)):
        assert said(ids, language)
    other = (n + 1) % (spoken.LARGEST + 1)
    assert said(spoken.number(n, language), language) != said(spoken.number(other, language), language)


@pytest.mark.parametrize("n", [-1, spoken.LARGEST + 1, True])
def test_what_is_no_such_number_is_refused(n) -> None:
    with pytest.raises(ValueError, match="from 0 to 999999"):
        spoken.number(n, "de")
