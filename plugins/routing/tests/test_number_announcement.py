from __future__ import annotations

import pytest

from switchhook import Caller
from switchhook.testing import assert_module_conforms, call
from switchhook_routing.number_announcement import NumberAnnouncement


@pytest.mark.parametrize(
    ("settings", "digits"),
    [
        ({"number": "+4922112"}, "022112"),
        ({"number": "+3314"}, "003314"),
        ({"number": "12"}, "12"),
        ({"source": "called"}, "0221555"),
        ({"source": "caller"}, ""),
        ({"source": "diverted_from"}, "030"),
        ({"source": "variable", "variable": "x"}, "77"),
    ],
)
async def test_a_number_is_spoken_as_people_dial_it(settings, digits):
    module = NumberAnnouncement(times=1, before=("house/new",), **settings)
    hidden = Caller("", key="k")
    done = await call(module, number="+49221555", caller=hidden, diverted_from="+4930", variables={"x": "7-7"})
    assert done.heard == ("house/new", *(f"digits/{digit}" for digit in digits))
    assert done.why == ("the number was spoken" if digits else "there was no number to speak")


async def test_it_is_spoken_again_after_a_pause():
    done = await call(NumberAnnouncement(number="12", times=3, pause=2.0), prompts={"digits/1": 1.0, "digits/2": 1.0})
    assert done.seconds == 3 * 2 + 2 * 2


def test_a_number_that_is_missing_is_found():
    assert [one.path for one in NumberAnnouncement().lint()] == ["settings.number"]
    assert [one.path for one in NumberAnnouncement(source="variable").lint()] == ["settings.variable"]


def test_it_keeps_its_contract():
    assert_module_conforms(NumberAnnouncement)
