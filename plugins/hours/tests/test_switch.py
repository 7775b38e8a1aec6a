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
        ("1#,2#,3#", "denied", "the PIN is wrong or locked"),
    ],
)
async def test_ways_of_a_routing_change(keys, way, why) -> None:
    done = await call(ChangeRouting(switch="night", divert_state="divert"), keys, resources=SWITCHES)
    assert (done.exit, done.why) == (way, why)
    assert bool(changed(done)) == (way == "changed")
    assert "4711" not in str(done)


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
    assert said.en == "Overridden since 2026-02-23 and without an end: is that still wanted?"
    assert too_long(left, NOW, NOW - timedelta(days=6)) is None
    assert too_long(NIGHT, NOW, NOW - timedelta(days=9)) is None
    assert too_long(CLOSED, NOW, NOW - timedelta(days=9)) is None
