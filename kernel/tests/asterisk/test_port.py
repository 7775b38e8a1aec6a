"""What the port tells Asterisk, and that nothing it is given can become something else there."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from switchhook.asterisk.agi_reply import AgiReply
from switchhook.asterisk.port import AsteriskPort
from switchhook.asterisk.quoting import agi_encode
from switchhook.calls.port import DialPlan, Listen, Place, Target
from switchhook.calls.prompts import Prompt
from switchhook.errors import UnsafeText

PLACE = Place("7", "start", 1, 3)
ANNA = Target("phone", "anna")


@attrs.define
class Line:
    """A connection that carries every command out, keeps it, and gives variables as they are set here."""

    variables: dict[str, str] = attrs.field(factory=dict)
    commands: list[tuple[str, ...]] = attrs.field(factory=list)

    async def command(self, *words: str, deadline: float) -> AgiReply:
        agi_encode(*words)
        self.commands.append(words)
        if words[:2] == ("GET", "VARIABLE"):
            value = self.variables.get(words[2])
            return AgiReply(200, "0") if value is None else AgiReply(200, "1", value)
        return AgiReply(200, "0", "Gosub complete")


def port_to(line: Line) -> AsteriskPort:
    async def farewell() -> None:
        return None

    return AsteriskPort(line, lambda prompt: str(prompt.path), farewell)  # type: ignore[arg-type]


async def test_a_leg_is_told_in_words_that_stay_apart():
    line = Line({"SH_R3": "done:BUSY:17:::"})
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
