"""What the port tells Asterisk, and that nothing it is given can become something else there."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchhook.calls.port import DialPlan, Listen, Place, Target
from switchhook.calls.prompts import Prompt
from switchhook.errors import UnsafeText

from .line import Line, port_to

PLACE = Place("7", "start", 1, 3)
ANNA = Target("phone", "anna")


async def test_a_leg_is_told_in_words_that_stay_apart():
    line = Line({"dial": ["BUSY:17:::"]})
    plan = DialPlan((ANNA, Target("number", "+4922112345")), 20, 60, "+49221999")
    await port_to(line).dial(plan, None, place=PLACE)
    words = "PJSIP/anna&PJSIP/+4922112345@trunk,20,60000,7:start:1:3,+49221999,,r,3,."
    assert line.commands[0] == ("GOSUB", "sh", "dial", "1", words)


class Careless(DialPlan):
    """A plan that somebody made without looking at what is in it."""

    def __attrs_post_init__(self) -> None:
        return


@pytest.mark.parametrize("shown", ["+49221,+49900", "1)U(sh-taken^x", "${SHELL(id)}", '" | "1"="1', "a b"])
async def test_a_number_to_show_never_becomes_an_option_of_dial(shown):
    line = Line()
    with pytest.raises(UnsafeText):
        await port_to(line).dial(Careless((ANNA,), caller_id=shown), None, place=PLACE)
    assert line.commands == []


async def test_a_sound_never_becomes_another_argument():
    line = Line()
    odd = Prompt("x", "de", 1.0, Path("/sounds/de/x,1,5"))
    with pytest.raises(UnsafeText):
        await port_to(line).read([odd], Listen(1), place=PLACE)
    assert line.commands == []
