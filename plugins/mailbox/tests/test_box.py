from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.schema import SettingsRefused, read_settings
from switchhook_mailbox.box import Mailbox, trivial


def wrong(**fields: object) -> list[str]:
    return [one.path for one in Mailbox(name="Office", **fields).check()]


def test_a_mailbox_needs_only_a_name_and_shows_no_pin():
    box = read_settings(Mailbox, {"name": "Büro", "pin": "2807"})
    assert (box.title(), list(box.check())) == ("Büro", [])
    assert "2807" not in repr(box)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"pin": "1234"}, "pin"),
        ({"pin": "5555"}, "pin"),
        ({"after_mail": "delete"}, "after_mail"),
        ({"call_confirm": "pin", "call_targets": ("anna",)}, "call_confirm"),
        ({"call_from": "20:00", "call_until": "08:00"}, "call_until"),
        ({"lamps": ("anna", "+4930123456")}, "lamps[1]"),
        ({"zone": "Europe/Nowhere"}, "zone"),
        ({"zone": "../passwd"}, "zone"),
        ({"mail_to": ("kim@example.org", "kim\n@example.org")}, "mail_to[1]"),
    ],
)
def test_what_does_not_fit_together_is_refused_at_its_field(fields, path):
    assert wrong(**fields) == [path]


@pytest.mark.parametrize("pin", ["12a4", "123", "1" * 13])
def test_a_pin_is_digits(pin):
    with pytest.raises(SettingsRefused, match="4 to 12 digits"):
        read_settings(Mailbox, {"name": "Office", "pin": pin})


@given(st.integers(0, 9), st.integers(4, 9), st.booleans())
def test_counting_is_no_secret(first, length, down):
    digits = "".join(str(digit % 10) for digit in range(first, first + length))
    assert trivial(digits[::-1] if down else digits) is (first + length <= 11)
