"""Switches: how they stand, who changes them, and how they go back by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from switchhook.administration import read_settings
from switchhook.testing import assert_module_conforms, call
from switchhook_hours import plugin
from switchhook_hours.change_routing import ChangeRouting
from switchhook_hours.oddities import too_long
from switchhook_hours.switch import State, Switch
from switchhook_hours.switching import BySwitch, SetSwitch

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NIGHT = Switch(
    name="Night",
    states=(State(name="normal", prompt="house/normal"), State(name="closed"), State(name="divert")),
    pin="4711",
    pin_label="Kim",
    allowed=("+4922",),
)
CLOSED = attrs.evolve(NIGHT, state="closed", until_day="2026-03-02", until="14:00")
SWITCHES = {"night": NIGHT, "closed": CLOSED}


@pytest.mark.parametrize(
    ("minutes", "state"), [(-1, "closed"), (0, "normal"), (1, "normal")], ids=["before", "at the moment", "after"]
)
async def test_it_goes_back_exactly_at_its_end_whatever_the_portal_did(minutes, state) -> None:
    end = datetime(2026, 3, 2, 13, tzinfo=UTC)  # 14:00 in Berlin
    done = await call(
        BySwitch(switch="closed"), at=end + timedelta(minutes=minutes), resources=SWITCHES, plugins=[plugin]
    )
    assert done.exit == f"state:{state}"


async def test_where_it_diverts_to_is_in_the_variable() -> None:
    divert = attrs.evolve(NIGHT, state="divert", divert_to="+4922112345")
    module = BySwitch(switch="s", states=("normal", "divert"))
    done = await call(module, resources={"s": divert})
    assert (done.exit, done.variables) == ("state:divert", {"divert_to": "+4922112345"})
    done = await call(BySwitch(switch="s"), resources={"s": divert})
    assert (done.exit, done.why) == ("state:normal", "the switch stands at divert, which has no exit here")


async def test_a_phone_key_turns_it_over_and_back() -> None:
    there = await call(SetSwitch(switch="night"), resources=SWITCHES)
    back = await call(SetSwitch(switch="closed"), resources=SWITCHES)
    assert (there.exit, there.why) == ("overridden", "the switch stands at closed")
    assert (back.exit, back.why) == ("usual", "the switch stands at normal")
    assert back.variables == {}


def changed(done) -> dict:
    return next((event.data for event in done.events if event.kind == "resource.changed"), {})


@pytest.mark.parametrize("language", ["de", "en"])
async def test_a_caller_with_the_pin_chooses_a_state_and_confirms(language) -> None:
    module = ChangeRouting(switch="night")
    done = await call(module, "9#,4711#,2,1", resources=SWITCHES, language=language)
    assert (done.exit, done.why) == ("changed", "the switch was set to closed")
    assert changed(done)["by"] == "Kim"
    assert done.heard[:4] == ("switch/pin", "switch/wrong-pin", "switch/pin", "switch/now")
    assert done.heard[4] == "house/normal"


@pytest.mark.parametrize(
    ("keys", "way", "why"),
    [
        ("4711#,9,022112345#,1", "changed", "the switch was set to divert and diverts to +4922112345"),
        ("4711#,9,090012345#,1", "cancelled", "nothing was chosen and confirmed"),
        ("4711#,9,110#,1", "cancelled", "nothing was chosen and confirmed"),
        ("4711#,2,2", "cancelled", "nothing was chosen and confirmed"),
        ("4711#,wait", "cancelled", "nothing was chosen and confirmed"),
        ("4711#,2,2,1630#,1", "changed", "the switch was set to closed, until 2026-03-02 16:30"),
        ("4711#,2,2,900#,1", "changed", "the switch was set to closed, until 2026-03-03 09:00"),
        ("4711#,2,3,12#,1", "changed", "the switch was set to closed, until 2026-03-03 01:00"),
        ("4711#,2,2,2560#,3,0#,3,1#,1", "changed", "the switch was set to closed, until 2026-03-02 14:00"),
        ("4711#,2,2,1630#,2,#,1", "changed", "the switch was set to closed, until 2026-03-02 16:30"),
        ("4711#,2,3,1#,3,2#,3,3#,3,4#,1", "cancelled", "nothing was chosen and confirmed"),
        ("4711#,1,3,1#,1", "cancelled", "nothing was chosen and confirmed"),
        (
            "4711#,9,022112345#,3,2#,1",
            "changed",
            "the switch was set to divert and diverts to +4922112345, until 2026-03-02 15:00",
        ),
        ("1#,2#,3#", "denied", "the PIN is wrong or locked"),
    ],
)
async def test_ways_of_a_routing_change(keys, way, why) -> None:
    done = await call(ChangeRouting(switch="night", divert_state="divert"), keys, at=NOW, resources=SWITCHES)
    assert (done.exit, done.why) == (way, why)
    assert bool(changed(done)) == (way == "changed")
    assert "4711" not in str(done)


@pytest.mark.parametrize(
    ("language", "keys", "said"),
    [
        ("de", "1430#", ("switch/until", "number/14", "clock/oclock", "number/30")),
        ("en", "1430#", ("switch/until", "number/2", "number/30", "clock/pm")),
        ("en", "900#", ("switch/until", "weekday/2", "month/3", "day/3", "number/9", "clock/am")),
        ("de", "0#", ("switch/until", "weekday/2", "day/3", "month/3", "clock/midnight")),
    ],
)
async def test_an_end_is_said_before_it_is_confirmed(language, keys, said) -> None:
    module = ChangeRouting(switch="night")
    done = await call(module, f"4711#,2,2,{keys},1", at=NOW, resources=SWITCHES, language=language)
    begin = done.heard.index("switch/enter-time") + 1
    closed = ("switch/state", "number/2")
    assert done.heard[begin : begin + len(said) + 4] == (*closed, *said, "switch/confirm", "switch/end")
    assert (changed(done)["fields"], done.exit) == (["divert_to", "state", "until", "until_day"], "changed")


async def test_a_switch_without_a_pin_lets_nobody_change_it_by_telephone() -> None:
    done = await call(ChangeRouting(switch="s"), "#,#,#", resources={"s": attrs.evolve(NIGHT, pin="")})
    assert done.exit == "denied"


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"states": [{"name": "a"}, {"name": "a"}]}, "states[1].name"),
        ({"state": "gone"}, "state"),
        ({"until": "14:00"}, "until_day"),
        ({"zone": "Mars"}, "zone"),
    ],
)
def test_what_cannot_be_is_named_at_its_place(wrong, path) -> None:
    assert [one.path for one in read_settings(Switch, {"name": "x", **wrong}).check()] == [path]


def test_the_modules_conform() -> None:
    assert_module_conforms(
        BySwitch, settings={"states": [("normal",), ("normal", "closed")]}, resources=SWITCHES, examples=40
    )
    assert_module_conforms(SetSwitch, settings={"state": ["", "normal", "closed"]}, resources=SWITCHES, examples=40)
    assert_module_conforms(
        ChangeRouting,
        settings={"divert_state": ["", "divert"]},
        resources={"night": attrs.evolve(NIGHT, pin="1111")},
        unreached=("changed", "cancelled"),
        examples=30,
    )


def test_a_switch_left_overridden_without_an_end_is_asked_about() -> None:
    left = attrs.evolve(NIGHT, state="closed")
    said = too_long(left, NOW, NOW - timedelta(days=7))
    assert said is not None
    assert said.en == "Overridden since 23 Feb 2026 and without an end: is that still wanted?"
    assert too_long(left, NOW, NOW - timedelta(days=6)) is None
    assert too_long(NIGHT, NOW, NOW - timedelta(days=9)) is None
    assert too_long(CLOSED, NOW, NOW - timedelta(days=9)) is None
