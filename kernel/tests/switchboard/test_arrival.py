"""Which number diverted a call here, as networks say it (S19)."""

from __future__ import annotations

import base64

import pytest

from switchhook.calls.numbers import caller_number
from switchhook.switchboard.arrival import diverted_from

HERE, OLD, OLDER = "+4922155500", "+493099887", "+493011223"


def of(history: str, diverting: str = "") -> str:
    encoded = base64.b64encode(f"h{history}".encode()).decode()
    return diverted_from(diverting, encoded, HERE, caller_number)


@pytest.mark.parametrize(
    ("history", "number"),
    [
        ("", ""),
        (f"<sip:{OLD}@carrier;cause=302>;index=1,<sip:{HERE}@carrier>;index=1.1", OLD),
        (f"<sip:{OLDER}@a>;index=1, <sip:{OLD}@10.0.0.1?Reason=SIP%3Bcause%3D302>;index=1.1, <sip:{HERE}@b>", OLD),
        (f'"Old, one" <tel:{OLD}>;index=1', OLD),
        (f"<sip:%2B{OLD[1:]}@a>;index=1", OLD),
        (f"<sip:{HERE}@a>;index=1", ""),
        (f"<sip:{HERE}@a>;index=1,<sip:{HERE}@b>;index=1.1", ""),
        (f"<sip:{OLD}@a?Privacy=history>;index=1,<sip:{HERE}@a>;index=1.1", ""),
        (f"<sip:{OLD}@a?Privacy=none>;index=1,<sip:{HERE}@a>;index=1.1", OLD),
        ("<sip:anna@house>;index=1", ""),
        ("\x00<sip:\xff", ""),
    ],
)
def test_the_last_number_before_this_one_diverted_the_call(history, number):
    assert of(history) == number


def test_the_header_diversion_counts_first_and_nothing_that_is_private_or_this_number_itself():
    assert of(f"<sip:{OLDER}@a>;index=1", OLD) == OLD
    assert of(f"<sip:{HERE}@a>;index=1", HERE) == ""
    assert of(f"<sip:{OLD}@a?Privacy=history>;index=1", OLD) == ""
    assert diverted_from("", "no base64!", HERE, caller_number) == ""
