import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchhook.flows.document import FlowRefused, read_document, read_flow
from switchhook.flows.flow import Flow, Point

from .samples import REGISTRY, Ask, Say

DEMO = """\
# The hotline of the demo tenant
flow: demo-hotline
label: Demo hotline
language: de
start: welcome
last_resort: sorry
points:
  welcome:
    module: say
    label: Begrüßung
    cost_centre: "100"
    settings: {prompts: [demo/welcome]}
    exits: {next: menu}
  menu:
    module: ask
    settings: {prompts: [demo/menu], keys: ["1", "*9"]}
    exits: {"key:1": flow:info, "key:*9": welcome, timeout: sorry, invalid: sorry}
  sorry:
    module: say
    settings: {prompts: [demo/sorry]}
    exits: {next: hang-up}
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(FlowRefused) as refused:
        read_flow(text, REGISTRY, "demo.yaml")
    return [str(problem) for problem in refused.value.problems]


def test_reads_a_flow():
    assert read_flow(DEMO, REGISTRY) == Flow(
        id="demo-hotline",
        label="Demo hotline",
        language="de",
        start="welcome",
        last_resort="sorry",
        points={
            "welcome": Point("welcome", Say(prompts=("demo/welcome",)), "Begrüßung", {"next": "menu"}, "100"),
            "menu": Point(
                "menu",
                Ask(prompts=("demo/menu",), keys=("1", "*9")),
                exits={"key:1": "flow:info", "key:*9": "welcome", "timeout": "sorry", "invalid": "sorry"},
            ),
            "sorry": Point("sorry", Say(prompts=("demo/sorry",)), exits={"next": "hang-up"}),
        },
    )


def test_names_every_problem_with_its_place():
    text = (
        DEMO.replace("module: say", "module: sya", 1)
        .replace("language: de", "langauge: de")
        .replace('"100"', "100")
        .replace('["1", "*9"]', '["1", "1", x]')
        .replace("timeout: sorry", "timeout: 7")
    )
    assert problems_of(text) == [
        "demo.yaml:4:1: langauge: unknown key (did you mean 'language'?); known are flow, label, description, "
        "language, start, last_resort, points",
        "demo.yaml:9:5: points.welcome.module: there is no module 'sya' (did you mean 'say'?)",
        'demo.yaml:11:5: points.welcome.cost_centre: must be a text, not 100; write "100" in quotes',
        "demo.yaml:16:50: points.menu.settings.keys[1]: '1' is there twice",
        'demo.yaml:16:55: points.menu.settings.keys[2]: must be a list of key sequences such as "1" or "*9", not \'x\'',
        "demo.yaml:17:52: points.menu.exits.timeout: must be the id of a point, flow:ID or hang-up, not 7; "
        'write "7" in quotes',
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("start: welcome\n", "", "1: start: is missing"),
        ("    module: ask\n", "", ":14:3: points.menu.module: is missing"),
        ("settings: {prompts: [demo/sorry]}", "settings: {}", ":20:5: points.sorry.settings.prompts: is missing; it"),
        ("{prompts: [demo/sorry]}", "{prompt: [demo/sorry]}", "prompt: unknown setting (did you mean 'prompts'?)"),
        ("{prompts: [demo/sorry]}", "[demo/sorry]", ":20:5: points.sorry.settings: must hold the module's settings"),
        ("{next: hang-up}", "{next: hang-up, next: menu}", ":21:28: points.sorry.exits.next: is there twice; the "),
        ("  sorry:\n", "  menu:\n", ":18:3: points.menu: is there twice; the first is in line 14"),
        ("  sorry:\n", "  hang-up:\n", ":18:3: points.hang-up: 'hang-up' is no id for a point; hang-up means"),
        ("  sorry:\n", "  Sorry!:\n", ":18:3: points.Sorry!: 'Sorry!' is no id for a point; ids hold a-z"),
        ("  sorry:\n", "  7:\n", ':18:3: points.7: the key 7 is not a text; write "7" in quotes'),
        ("flow: demo-hotline", "flow: Demo Hotline", ":2:1: flow: 'Demo Hotline' is no id; ids hold a-z"),
        ("language: de", "language: German", ":4:1: language: 'German' is no language; write it like de or en"),
        ("label: Demo hotline", 'label: "a\\x07b"', ":3:1: label: holds control characters"),
        ("label: Demo hotline", f"label: {'x' * 2001}", ":3:1: label: is 2001 characters long"),
        ("label: Demo hotline", "label: !!python/name:os.system x", ":3:8: label: the tag !!python/name:os.system is"),
        ("label: Demo hotline", "label: !<x> [a]", "label: the tag x is not allowed"),
        ("label: Demo hotline", "label: [a", "is not YAML:"),
        ("{next: hang-up}", "{? [a, b] : hang-up}", ":21:15: points.sorry.exits: a list or mapping cannot be a key"),
        ("{next: hang-up}", "{<<: {a: b}}", ":21:13: points.sorry.exits: << is not supported"),
        ("{next: hang-up}", "{next: {a: b}}", "points.sorry.exits.next: must be the id of a point, flow:ID or"),
        ("{next: hang-up}", "{next: flow:}", "points.sorry.exits.next: must be the id of a point, flow:ID or"),
        ("{next: hang-up}", '{"next step": hang-up}', "'next step' cannot be the name of an exit"),
        ("# The hotline", "%YAML 1.1\n---\n# The hotline", ":2:1: is declared as another YAML than 1.2"),
        ("{next: hang-up}", "{next: hang-up}\n---\nflow: x", ":22:1: holds a second document"),
    ],
)
def test_refuses(old, new, expected):
    assert old in DEMO
    found = problems_of(DEMO.replace(old, new))
    assert any(expected in problem for problem in found), found
    assert all(problem.startswith("demo.yaml:") for problem in found)


@pytest.mark.parametrize("text", ["", "# nothing", "[]", "flow", "~", "3"])
def test_refuses_what_is_no_flow(text):
    assert problems_of(text) == ["demo.yaml:1:1: is no flow; it begins with 'flow: ID' and holds 'start' and 'points'"]


def test_refuses_yaml_bombs_quickly():
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert "demo.yaml:2:8: b[0]: *a repeats another part; write it out" in "\n".join(problems_of(bomb))
    assert "nested deeper than 20 levels" in problems_of("flow: " + "[" * 50_000)[0]
    assert "nested deeper than 20 levels" in problems_of("flow: " + "{a: " * 50_000)[0]
    assert "holds more than 50000 values" in problems_of("[" + "a," * 60_000 + "]")[0]
    assert "is larger than 1 MB" in problems_of("# " + "x" * 1_000_000)[0]
    assert "is larger than 1 MB" in problems_of("# " + "ü" * 500_000)[0]
    assert "repeats another part" in problems_of("a: &a [*a]")[-1]


def test_numbers_to_dial_are_texts():
    text = DEMO.replace("module: say", "module: ring", 1).replace(
        "{prompts: [demo/welcome]}", "{targets: [+4930123456]}"
    )
    assert read_flow(text, REGISTRY).points["welcome"].module.targets == ("+4930123456",)
    text = DEMO.replace('"1", "*9"', "01, 1", 1)
    assert "keys[1]" in problems_of(text)[0]


def test_a_document_finds_the_place_of_a_path():
    document = read_document(DEMO, REGISTRY, "demo.yaml")
    assert str(document.problem("points.menu.settings.keys[1]", "odd")) == (
        "demo.yaml:16:50: points.menu.settings.keys[1]: odd"
    )
    assert document.problem("points.menu.settings.tries", "odd").line == 16
    assert document.problem("points.gone.exits", "odd").line == 7
    assert document.problem("", "odd").line == 1


@settings(max_examples=300)
@given(st.text(st.sampled_from(list("flow:stapin{}[]\"'\n -&*!|>%@`,#?~0123\\xUu\t\ufeff\x85\u2028"))) | st.text())
def test_no_text_raises_anything_but_a_refusal(text):
    try:
        read_flow(text, REGISTRY)
    except FlowRefused as refused:
        found = refused.problems
    else:
        found = (None,)
    assert found
