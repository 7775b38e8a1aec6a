"""The edits of the list view, each a value from a value."""

from __future__ import annotations

from typing import Any

from switchhook_web.flows.edits import duplicated, moved_behind, tree, with_new_point, with_point, without_point


def drawing(**leads: dict[str, str]) -> dict[str, Any]:
    points = [
        {"id": name, "module": "m", "label": name, "cost_centre": "", "position": None, "settings": {}, "exits": exits}
        for name, exits in leads.items()
    ]
    return {"id": "f", "label": "", "language": "de", "start": "a", "last_resort": "", "points": points}


def leads(changed: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {point["id"]: point["exits"] for point in changed["points"]}


def test_a_new_point_goes_behind_an_exit_and_the_first_one_is_the_start() -> None:
    first, made = with_new_point({**drawing(), "start": ""}, "menu", "Menu")
    assert (made, first["start"], first["points"][0]["label"]) == ("menu", "menu", "Menu")
    second, made = with_new_point(first, "menu", "Menu", ("menu", "key:1"))
    assert (made, second["points"][1]["label"]) == ("menu-2", "Menu 2")
    assert leads(second)["menu"] == {"key:1": "menu-2"}


def test_who_led_to_a_removed_point_with_one_way_on_is_led_there() -> None:
    flow = drawing(a={"x": "b", "y": "c"}, b={"next": "c"}, c={"x": "a", "y": "hang-up"})
    assert leads(without_point(flow, "b"))["a"] == {"x": "c", "y": "c"}
    assert leads(without_point(flow, "c")) == {"a": {"x": "b"}, "b": {}}
    assert without_point(flow, "a")["start"] == "b"


def test_a_moved_point_leaves_its_way_and_takes_the_new_one_on() -> None:
    flow = drawing(a={"x": "b", "y": "c"}, b={"next": "c"}, c={"next": "hang-up"})
    assert leads(moved_behind(flow, "b", ("c", "next"), "next")) == {
        "a": {"x": "c", "y": "c"},
        "c": {"next": "b"},
        "b": {"next": "hang-up"},
    }
    assert moved_behind(flow, "b", ("b", "next")) == flow


def test_a_copy_has_the_same_ways_and_nothing_leads_to_it() -> None:
    changed, made = duplicated(drawing(a={"x": "b"}, b={}), "a", "a (copy)")
    assert (made, leads(changed)) == ("a-2", {"a": {"x": "b"}, "b": {}, "a-2": {"x": "b"}})


def test_an_exit_set_to_nothing_is_open() -> None:
    assert leads(with_point(drawing(a={"x": "b"}), "a", exits={"x": "", "y": "hang-up"})) == {"a": {"y": "hang-up"}}


def test_the_tree_shows_each_point_once_in_the_order_callers_meet_them() -> None:
    flow = drawing(d={}, c={"x": "a"}, a={"x": "b", "y": "c", "z": "flow:other"}, b={"x": "a", "y": "gone"})
    assert tree(flow) == [(0, "a"), (1, "b"), (1, "c"), (0, "d")]
