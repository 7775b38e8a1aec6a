from __future__ import annotations

import attrs
import pytest

from switchhook.testing import assert_module_conforms, call
from switchhook_routing.pin_entry import PinEntry
from switchhook_routing.pins import PinSet, read_pins, trivial

SETS = {"staff": PinSet(name="Staff", pins="anna 4711\n\nbert: 0815\n")}


async def enters(keys: str, **settings):
    return await call(PinEntry(pin_set="staff", **settings), keys, resources=SETS)


async def test_the_right_pin_leaves_by_its_label_and_stands_nowhere():
    done = await enters("0815#", labels=("bert",))
    assert (done.exit, done.variables) == ("ok:bert", {"pin_label": "bert"})
    assert (await enters("4711#", labels=("bert",))).exit == "ok"
    assert "0815" not in repr(done.events)
    assert [event.data for event in done.events if event.kind == "keys"] == [{"count": 4, "ended_by": "terminator"}]


async def test_wrong_ones_are_asked_again_and_denied():
    done = await enters("1#,wait,4711#")
    assert (done.exit, done.heard.count("stock/invalid")) == ("ok", 2)
    done = await enters("1#,2#,3#,4711#")
    assert (done.exit, done.why) == ("denied", "no right PIN was entered")
    assert (await enters("47114711#,wait,wait")).exit == "denied"


async def test_a_locked_pin_sounds_like_a_wrong_one():
    wrong = await enters("1#,2#,3#")
    locks = {"staff": attrs.evolve(SETS["staff"], tries=1)}
    done = await call(PinEntry(pin_set="staff"), "1#,4711#,4711#", resources=locks)
    assert (done.exit, done.heard) == ("locked", wrong.heard)


@pytest.mark.parametrize("pin", ["1111", "1234", "9876", "4567", "1212", "000000"])
def test_pins_that_are_guessed_first_are_refused_without_being_told(pin):
    assert trivial(pin)
    (problem,) = PinSet(name="S", pins=f"anna {pin}").check()
    assert problem.message == "the PIN of anna is too easy to guess"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "there is no PIN; write one a line, such as: anna 4711"),
        ("anna 47", "the PIN of anna has fewer than 4 digits"),
        ("anna 4711\nbert 4711", "anna, bert share a PIN; give each their own"),
        ("anna 4711\nanna 4712", "line 2 has a label that another line has"),
        ("4711", "line 1 is no label and PIN; write them as: anna 4711"),
    ],
)
def test_pins_that_are_none_are_refused(text, why):
    assert [one.message for one in PinSet(name="S", pins=text).check()] == [why]


def test_pins_are_not_in_a_repr():
    assert read_pins("anna 4711") == {"anna": "4711"}
    assert "4711" not in repr(SETS)


def test_it_keeps_its_contract():
    lists = {"prompts": [["a"], ["stock/mailbox-pin"]], "labels": [[], ["anna"]]}
    assert_module_conforms(PinEntry, settings=lists, resources=SETS, unreached=("locked", "ok"))
