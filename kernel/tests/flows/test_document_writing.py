import re

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchhook.flows.document import flow_hash, read_flow, update_text, write_flow
from switchhook.flows.flow import Flow, Point

from .samples import REGISTRY, Ask, Say, clean_flows
from .test_document import DEMO

SLOW = settings(max_examples=40)

COMMENTED = """\
# top
flow: demo   # the id
start: a
last_resort: b   # apology

points:
    # first
    a:    # greeting
        module: say
        label: 'Hello'   # label
        settings:
            prompts:
            - demo/welcome   # spoken by Eva
            # between
            - demo/menu
            repeat: 1        # written though default
        exits:
            next: b     # onward
            error: b
    # second
    b:
        module:   say
        settings: { prompts: [demo/sorry] }   # apology
        exits: { next: hang-up }
        # end of b
# end
"""


@SLOW
@given(clean_flows())
def test_what_is_written_is_read_back(flow):
    text = write_flow(flow)
    assert read_flow(text, REGISTRY) == flow
    assert write_flow(read_flow(text, REGISTRY)) == text


@SLOW
@given(clean_flows(), clean_flows())
def test_a_changed_text_says_what_the_flow_is(old, new):
    changed = update_text(write_flow(old), new)
    assert read_flow(changed, REGISTRY) == new
    assert update_text(changed, new) == changed


@SLOW
@given(clean_flows(), st.data())
def test_comments_of_other_points_survive_an_edit(flow, data):
    lines = write_flow(flow).splitlines()
    text = ""
    for number, line in enumerate(lines):
        point = re.fullmatch(r"  (p\d+):", line)
        text += f"  # about {point[1]}\n{line}   # of {point[1]}\n" if point else f"{line}\n"
        text += f"# top {number}\n" if not line.startswith(" ") else ""
    assert read_flow(text, REGISTRY) == flow
    assert update_text(text, flow) == text
    name = data.draw(st.sampled_from(sorted(flow.points)))
    other = data.draw(clean_flows())
    point = attrs.evolve(data.draw(st.sampled_from(list(other.points.values()))), id=name)
    new = attrs.evolve(flow, points={**flow.points, name: point})
    changed = update_text(text, new)
    assert read_flow(changed, REGISTRY) == new
    kept = [line for line in text.splitlines() if "#" in line and "  # " in line]
    assert [line for line in changed.splitlines() if line in set(kept)] == kept


@SLOW
@given(clean_flows(), st.randoms(use_true_random=False))
def test_the_hash_is_of_the_flow_not_of_its_file(flow, random):
    points = list(flow.points.items())
    random.shuffle(points)
    shuffled = attrs.evolve(flow, points=dict(points))
    assert flow_hash(shuffled) == flow_hash(flow) == flow_hash(read_flow("# x\n" + write_flow(flow), REGISTRY))
    assert flow_hash(attrs.evolve(flow, description=flow.description + "x")) != flow_hash(flow)


def test_the_hash_does_not_depend_on_how_a_number_is_written():
    def hashed(pause: float) -> str:
        return flow_hash(Flow("f", "", "a", {"a": Point("a", Say(prompts=("p",), pause=pause))}))

    assert hashed(5) == hashed(5.0) != hashed(5.1)
    assert re.fullmatch(r"[0-9a-f]{64}", hashed(5))


def edited(**changes: object) -> str:
    flow = read_flow(COMMENTED, REGISTRY)
    point = attrs.evolve(flow.points["a"], **changes)
    new = attrs.evolve(flow, points={**flow.points, "a": point})
    text = update_text(COMMENTED, new)
    assert read_flow(text, REGISTRY) == new
    return text


def test_only_the_changed_characters_change():
    say = read_flow(COMMENTED, REGISTRY).points["a"].module
    assert edited() == COMMENTED
    assert edited(label="Hi: there") == COMMENTED.replace("'Hello'", "'Hi: there'")
    assert edited(exits={"next": "hang-up", "error": "b"}) == COMMENTED.replace("next: b ", "next: hang-up ")
    assert edited(exits={"next": "b"}) == COMMENTED.replace("            error: b\n", "")
    assert edited(module=attrs.evolve(say, repeat=3)) == COMMENTED.replace("repeat: 1", "repeat: 3")
    assert edited(module=attrs.evolve(say, pause=2)) == COMMENTED.replace(
        "written though default\n", "written though default\n            pause: 2\n"
    )
    assert edited(cost_centre="0100") == COMMENTED.replace(
        "            error: b\n", "            error: b\n        cost_centre: '0100'\n"
    )
    replaced = edited(module=attrs.evolve(say, prompts=("demo/sorry",)))
    assert "            prompts: [demo/sorry]   \n" in replaced or "prompts: [demo/sorry]\n" in replaced


def test_a_point_is_added_after_the_others_and_removed_alone():
    flow = read_flow(COMMENTED, REGISTRY)
    added = attrs.evolve(flow, points={**flow.points, "c": Point("c", Ask(keys=("1",)), "C", {"key:1": "a"})})
    text = update_text(COMMENTED, added)
    block = "    c:\n      module: ask\n      label: C\n      settings: {keys: ['1']}\n      exits: {key:1: a}\n"
    assert text == COMMENTED.replace("hang-up }\n", "hang-up }\n" + block)
    assert update_text(text, flow) == COMMENTED
    assert read_flow(text, REGISTRY) == added


def test_a_key_without_value_and_a_missing_last_newline():
    text = DEMO.replace("label: Demo hotline", "description:").rstrip("\n").replace("description:\n", "")
    flow = attrs.evolve(read_flow(text, REGISTRY), description="what it is for", label="L")
    changed = update_text(text, flow)
    assert read_flow(changed, REGISTRY) == flow
    assert changed.startswith("# The hotline of the demo tenant\n")
    text = COMMENTED.replace("        exits: { next: hang-up }\n", "        exits:\n")
    flow = read_flow(text, REGISTRY)
    flow = attrs.evolve(flow, points={**flow.points, "b": attrs.evolve(flow.points["b"], exits={"next": "a"})})
    assert update_text(text, flow) == text.replace("exits:\n        #", "exits: {next: a}\n        #")


@pytest.mark.parametrize("text", ["", "[", "a: 1\na: 2", "- x", "points: 7", "points: {a: 3}", "{flow: x, start: y}"])
def test_any_text_can_be_changed_into_a_flow(text):
    flow = read_flow(COMMENTED, REGISTRY)
    assert read_flow(update_text(text, flow), REGISTRY) == flow


@pytest.mark.parametrize(
    "note", ["?0", "? a", "- a", "a: b", "a #b", "yes", "1_000", "+49", "01", "1e5", "~", "", "'", "\x85", "a\nb"]
)
def test_texts_that_look_like_something_else_are_quoted(note):
    flow = Flow(
        "f", "", "a", {"a": Point("a", Say(prompts=("p",), note=note), note.replace("\n", "").replace("\x85", ""))}
    )
    assert read_flow(write_flow(flow), REGISTRY) == flow
