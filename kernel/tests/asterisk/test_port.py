"""What the port tells Asterisk, and that nothing it is given can become something else there."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchhook.asterisk.music import music_class
from switchhook.asterisk.port import place_of, state_of
from switchhook.asterisk.quoting import state_word
from switchhook.calls.port import DialPlan, LegSounds, Listen, Place, Target
from switchhook.calls.prompts import Prompt
from switchhook.errors import AsteriskError, UnsafeText

from .line import Line, port_to

PLACE = Place("7", "start", 1, 3)
ANNA = Target("phone", "anna")


async def test_a_leg_is_told_in_words_that_stay_apart():
    line = Line({"dial": ["BUSY:17:::"]})
    plan = DialPlan((ANNA, Target("number", "+4922112345")), 20, 60, "+49221999")
    await port_to(line).dial(plan, LegSounds(), place=PLACE)
    words = "PJSIP/anna&PJSIP/+4922112345@trunk,20,60000,7:start:1:3,+49221999,r,,,,1,,,,,3,."
    assert line.commands[0] == ("GOSUB", "sh", "dial", "1", words)


async def test_a_leg_of_its_own_for_each_target_that_rings_later_or_is_asked():
    line = Line({"dial": ["ANSWER:16:1.0:4.0:Local/4@sh-later-00000001;1"]})
    plan = DialPlan((ANNA, Target("number", "+4922112345")), 20, 60, delays=(0, 5), confirm="x", decline="3")
    whisper, waiting = (Prompt(name, "de", 2.0, Path(f"/sounds/de/{name}")) for name in ("w", "m"))
    result = await port_to(line).dial(plan, LegSounds(whisper=whisper, waiting=waiting), place=PLACE)
    music = music_class("/sounds/de/m")
    words = (
        f"Local/1@sh-later&Local/4@sh-later,46,60000,7:start:1:3,,m({music}),"
        "0#20#PJSIP/anna#5#15#PJSIP/+4922112345@trunk,/sounds/de/w&-,,1,3,,,,3,."
    )
    assert line.commands[0] == ("GOSUB", "sh", "dial", "1", words)
    assert (result.answered_by, result.talk_seconds) == ("+4922112345", 3.0)


async def test_the_states_of_phones_are_asked_once(monkeypatch):
    line = Line(variables={"DEVICE_STATE(PJSIP/anna)": "RINGING", "DEVICE_STATE(PJSIP/bert)": "UNAVAILABLE"})
    assert await port_to(line).phone_states(["anna", "bert", "carl"], place=PLACE) == ("engaged", "offline", "free")
    assert ("SET", "VARIABLE", "SH_R3", "done:engaged.offline.free") in line.commands


class Careless(DialPlan):
    """A plan that somebody made without looking at what is in it."""

    def __attrs_post_init__(self) -> None:
        return


@pytest.mark.parametrize("shown", ["+49221,+49900", "1)U(sh-taken^x", "${SHELL(id)}", '" | "1"="1', "a b"])
async def test_a_number_to_show_never_becomes_an_option_of_dial(shown):
    line = Line()
    with pytest.raises(UnsafeText):
        await port_to(line).dial(Careless((ANNA,), caller_id=shown), LegSounds(), place=PLACE)
    assert line.commands == []


async def test_a_sound_never_becomes_another_argument():
    line = Line()
    odd = Prompt("x", "de", 1.0, Path("/sounds/de/x,1,5"))
    with pytest.raises(UnsafeText):
        await port_to(line).read([odd], Listen(1), place=PLACE)
    assert line.commands == []


@pytest.mark.parametrize("returns", [(), (("12", "sub"),), (("12", "sub"), ("main-v1", "a_b"))])
def test_a_place_survives_the_channel(returns):
    place = Place("7", "menu", 3, 5, returns)
    assert place_of(state_word(state_of(place))) == place


@pytest.mark.parametrize("word", ["", "1:a:2", "1:a:2:3:x", "1:a:2:3:x/y:z", "1:a:b:3"])
def test_a_place_that_is_none_is_refused(word):
    with pytest.raises(AsteriskError):
        place_of(word)


@pytest.mark.parametrize(("there", "admitted"), [("2", True), ("3", False), ("", False)])
async def test_a_call_is_one_of_so_many_or_counts_no_more(there, admitted):
    line = Line(variables={"GROUP_COUNT(in@limit-acme-line)": there})
    assert await port_to(line).admit("acme-line", 2) is admitted
    assert line.variables["GROUP(limit-acme-line)"] == ("in" if admitted else "out")
