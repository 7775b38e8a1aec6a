import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchhook.flows.document import FlowRefused, read_flow, write_flow
from switchhook.flows.drawing import drawing_of, empty_drawing, text_of
from switchhook.flows.lint import lint
from switchhook.flows.merging import merge
from switchhook.flows.sketch import exits_with, read_sketch

from .samples import REGISTRY, clean_flows
from .test_document_writing import COMMENTED

SLOW = settings(max_examples=8)
positions = st.one_of(st.none(), st.tuples(st.integers(-5000, 5000), st.integers(-5000, 5000)).map(list))


@st.composite
def drawings(draw: st.DrawFn):
    drawing = drawing_of(write_flow(draw(clean_flows())))
    for point in drawing["points"]:
        point["position"] = draw(positions)
        if draw(st.booleans()):
            point["settings"].pop("prompts", None)
        if draw(st.booleans()):
            point["exits"].popitem()
    return drawing


def by_id(drawing):
    return {**drawing, "points": {point["id"]: point for point in drawing["points"]}}


@SLOW
@given(drawings(), drawings())
def test_a_drawing_comes_back_from_its_text(old, new):
    assert drawing_of(text_of(new)) == json.loads(json.dumps(new))
    assert by_id(drawing_of(text_of(new, text_of(old)))) == by_id(new)


@SLOW
@given(drawings())
def test_any_drawing_goes_into_a_file_with_comments(new):
    assert by_id(drawing_of(text_of(new, COMMENTED))) == by_id(new)


def test_comments_and_layout_stay_where_nothing_changed():
    drawing = drawing_of(COMMENTED)
    assert text_of(drawing, COMMENTED) == COMMENTED
    drawing["points"][0]["exits"]["next"] = "hang-up"
    drawing["points"][0]["position"] = [240, 80]
    changed = text_of(drawing, COMMENTED)
    assert "next: hang-up     # onward" in changed
    assert drawing_of(changed) == drawing
    assert re.findall("#.*", changed) == re.findall("#.*", COMMENTED)
    assert read_flow(changed, REGISTRY).points["a"].position == (240, 80)
    drawing["points"][0]["position"] = None
    drawing["points"][0]["exits"]["next"] = "b"
    assert text_of(drawing, changed) == COMMENTED


def test_an_empty_flow_grows_in_the_canonical_form():
    drawing = empty_drawing("hotline", "Hotline", "en")
    text = text_of(drawing)
    assert drawing_of(text) == drawing
    assert read_sketch(text, REGISTRY).document.flow.points == {}
    drawing["points"] = [{"id": "a", "module": "say", "position": [1, 2]}]
    grown = text_of(drawing, text)
    assert "  a:\n    module: say\n    position: [1, 2]\n" in grown


@pytest.mark.parametrize(
    ("drawing", "said"),
    [
        ([], "must be an object"),
        ({"points": [{"module": "say"}]}, r"points\[0\]: must be an object with 'id'"),
        ({"points": [{"id": "a"}, {"id": "a"}]}, "there are two points 'a'"),
        ({"points": [{"id": "a", "position": "left"}]}, r"points\[0\]\.position: must be two numbers"),
        ({"points": [{"id": "a", "exits": []}, {"id": "b", "exits": ["x"]}]}, r"points\[1\]\.exits: must be an object"),
        ({"pionts": []}, "pionts: unknown key"),
    ],
)
def test_what_is_no_drawing_is_refused_with_the_place(drawing, said):
    with pytest.raises(FlowRefused, match=said):
        text_of(drawing)


def test_an_unfinished_flow_can_be_read_and_says_what_it_lacks():
    drawing = empty_drawing("hotline", "Hotline")
    drawing |= {"start": "a", "last_resort": "a"}
    drawing["points"] = [
        {"id": "a", "module": "ask", "settings": {"keys": ["1", "x"]}, "exits": {"timeout": "b"}},
        {"id": "b", "module": "nothing", "exits": {"next": "a"}},
    ]
    sketch = read_sketch(text_of(drawing), REGISTRY)
    assert [(one.rule, one.path) for one in sketch.unfinished] == [("F10", "points.a.settings.keys[1]")]
    found = {(one.rule, one.path) for one in lint(sketch.document.flow, REGISTRY)}
    assert {("L05", "points.a.exits"), ("L31", "points.b.module")} <= found


def test_exits_are_known_before_the_settings_are_whole():
    exits = exits_with(REGISTRY, "ask", {"keys": ["1", "2"], "prompts": 7})
    assert exits.needed == ("key:1", "key:2", "timeout", "invalid")
    assert exits.optional == ("error",)
    assert exits_with(REGISTRY, "ring", {}).needed == ("answered", "no_answer")
    assert exits_with(REGISTRY, "gone", {}).needed == ()


# -- merging ----------------------------------------------------------------------------------------


names = st.sampled_from(["", "A", "B", "C"])
small_points = st.fixed_dictionaries(
    {
        "module": st.just("say"),
        "label": names,
        "cost_centre": st.just(""),
        "position": st.sampled_from([None, [1, 2]]),
        "settings": st.dictionaries(st.sampled_from(["note", "repeat"]), st.integers(1, 3)),
        "exits": st.dictionaries(st.sampled_from(["next", "error"]), st.sampled_from(["a", "b", "hang-up"])),
    }
)


@st.composite
def small_drawings(draw: st.DrawFn):
    points = draw(st.dictionaries(st.sampled_from("abc"), small_points))
    drawing = empty_drawing("hotline", draw(names))
    return drawing | {"points": [{"id": name, **point} for name, point in points.items()]}


@settings(max_examples=40)
@given(small_drawings(), small_drawings())
def test_the_change_of_one_alone_is_taken_whole(base, mine):
    assert by_id(merge(base, mine, base).drawing) == by_id(mine)
    assert by_id(merge(base, base, mine).drawing) == by_id(mine)
    assert by_id(merge(base, mine, mine).drawing) == by_id(mine)
    assert merge(base, mine, base).collisions == merge(base, mine, mine).collisions == ()


@settings(max_examples=40)
@given(small_drawings(), small_drawings(), small_drawings())
def test_a_merge_loses_nothing(base, mine, theirs):
    merged = merge(base, mine, theirs)
    told = {collision.path for collision in merged.collisions}
    sides = [leaves(one) for one in (base, mine, theirs, merged.drawing)]
    for path in {path for side in sides for path in side}:
        was, my, their, now = (side.get(path) for side in sides)
        if any(path == one or path.startswith(f"{one}.") for one in told):
            continue
        assert now == (my if their == was else their), path
        assert my in (was, now), path


def leaves(drawing):
    found = {"label": drawing["label"]}
    for point in drawing["points"]:
        at = f"points.{point['id']}"
        found |= {f"{at}.{name}": point[name] for name in ("label", "position", "module")}
        found |= {f"{at}.{part}.{name}": v for part in ("settings", "exits") for name, v in point[part].items()}
    return found


def test_two_people_at_different_points_collide_nowhere():
    base = drawing_of(COMMENTED)
    mine, theirs = drawing_of(COMMENTED), drawing_of(COMMENTED)
    mine["points"][0]["label"] = "Welcome"
    mine["points"].append({"id": "c", "module": "say", "settings": {}, "exits": {"next": "b"}})
    theirs["points"][0]["settings"]["repeat"] = 2
    theirs["points"][1]["exits"]["next"] = "a"
    merged = merge(base, mine, theirs)
    assert merged.collisions == ()
    a, b, c = merged.drawing["points"]
    assert (a["label"], a["settings"]["repeat"], b["exits"]["next"], c["exits"]) == ("Welcome", 2, "a", {"next": "b"})


def test_where_two_differ_both_are_told():
    base = drawing_of(COMMENTED)
    mine, theirs = drawing_of(COMMENTED), drawing_of(COMMENTED)
    mine["points"][0]["label"], theirs["points"][0]["label"] = "Mine", "Theirs"
    theirs["points"].pop(1)
    mine["points"][1]["exits"]["next"] = "a"
    merged = merge(base, mine, theirs)
    label, point = merged.collisions
    assert (label.path, label.base, label.mine, label.theirs) == ("points.a.label", "Hello", "Mine", "Theirs")
    assert (point.path, point.theirs, point.mine["exits"]) == ("points.b", None, {"next": "a"})
    assert merged.drawing["points"][0]["label"] == "Theirs"
    assert merged.drawing["points"][1]["exits"] == {"next": "a"}
