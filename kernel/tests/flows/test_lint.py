import attrs
import pytest
from hypothesis import given, settings

from switchhook.flows.document import read_flow
from switchhook.flows.flow import HANG_UP, Flow, Point
from switchhook.flows.lint import LintContext, errors_in, lint
from switchhook.flows.module import Finding, Module, Reference
from switchhook.flows.registry import ModuleRegistry
from switchhook.schema import Label, setting

from .samples import CLEAN, REGISTRY, Ask, Ring, Say, clean_flows
from .test_document import DEMO

SORRY = Say(prompts=("demo/sorry",))
OTHER = CLEAN.flows["sorry-flow"]


def first(flow: Flow, **changes: object) -> Flow:
    point = flow.points["p0"]
    return attrs.evolve(flow, points={**flow.points, "p0": attrs.evolve(point, **changes)})


def rules_of(flow: Flow, context: LintContext = CLEAN) -> dict[str, str]:
    return {finding.rule: finding.severity for finding in reversed(lint(flow, REGISTRY, context))}


def with_point(flow: Flow, name: str, module: Module, **exits: str) -> Flow:
    return attrs.evolve(flow, points={**flow.points, name: Point(name, module, "Label", exits)})


@settings(max_examples=100)
@given(clean_flows())
def test_clean_flows_have_no_findings(flow):
    assert lint(flow, REGISTRY, CLEAN) == []


def own_loop(flow: Flow) -> Flow:
    return first(flow, module=Ring(targets=("+4922112345",)), exits={"answered": HANG_UP, "no_answer": HANG_UP})


FAULTS = {
    "F01 start gone": (lambda f: attrs.evolve(f, start="p99"), "F01", "error"),
    "F01 no points": (lambda f: attrs.evolve(f, points={}), "F01", "error"),
    "L01 point": (lambda f: first(f, exits={**f.points["p0"].exits, "error": "nowhere"}), "L01", "error"),
    "L01 flow": (lambda f: first(f, exits={**f.points["p0"].exits, "error": "flow:gone"}), "L01", "error"),
    "L01 last resort": (lambda f: attrs.evolve(f, last_resort="nowhere"), "L01", "error"),
    "L02": (lambda f: with_point(f, "island", SORRY, next=HANG_UP), "L02", "warning"),
    "L03 itself": (lambda f: first(f, module=SORRY, exits={"next": "p0"}), "L03", "error"),
    "L03 two": (
        lambda f: with_point(first(f, module=SORRY, exits={"next": "b"}), "b", SORRY, next="p0"),
        "L03",
        "error",
    ),
    "L03 own flow": (lambda f: first(f, module=SORRY, exits={"next": "flow:hotline"}), "L03", "error"),
    "L04": (own_loop, "L04", "error"),
    "L05": (lambda f: first(f, exits={}), "L05", "error"),
    "F02": (lambda f: first(f, exits={**f.points["p0"].exits, "nxet": HANG_UP}), "F02", "error"),
    "F03 flow": (lambda f: attrs.evolve(f, id="Hot Line"), "F03", "error"),
    "F03 point": (lambda f: with_point(f, "Ä", SORRY, next=HANG_UP), "F03", "error"),
    "F03 reserved": (lambda f: with_point(f, HANG_UP, SORRY, next=HANG_UP), "F03", "error"),
    "F03 differing": (
        lambda f: attrs.evolve(f, points={**f.points, "x": Point("y", SORRY, "L", {"next": HANG_UP})}),
        "F03",
        "error",
    ),
    "L07": (lambda f: first(f, module=Say(prompts=("demo/welcom",)), exits={"next": HANG_UP}), "L07", "error"),
    "F05": (
        lambda f: first(f, module=Ring(targets=("ana",)), exits={"answered": HANG_UP, "no_answer": HANG_UP}),
        "F05",
        "error",
    ),
    "L10 module": (
        lambda f: first(f, module=Ask(keys=("1",)), exits=dict.fromkeys(("key:1", "timeout", "invalid"), HANG_UP)),
        "L10",
        "warning",
    ),
    "L10 silence": (
        lambda f: first(
            f,
            module=Ask(prompts=("demo/menu",), keys=("1",)),
            exits={"key:1": HANG_UP, "invalid": HANG_UP, "timeout": "p0"},
        ),
        "L10",
        "warning",
    ),
    "L28 flow": (lambda f: attrs.evolve(f, label=""), "L28", "warning"),
    "L28 point": (lambda f: first(f, label=""), "L28", "warning"),
    "L27": (lambda f: attrs.evolve(f, id="unused"), "L27", "warning"),
    "L06 silent": (lambda f: attrs.evolve(f, last_resort=HANG_UP), "L06", "warning"),
}


@pytest.mark.parametrize("fault", FAULTS)
@settings(max_examples=15)
@given(flow=clean_flows())
def test_each_seeded_fault_is_found(fault, flow):
    seed, rule, severity = FAULTS[fault]
    broken = seed(flow)
    found = [finding for finding in lint(broken, REGISTRY, CLEAN) if finding.rule == rule]
    assert severity in [finding.severity for finding in found]
    assert bool(errors_in(found)) == (severity == "error")


@settings(max_examples=15)
@given(clean_flows())
def test_faults_of_the_surroundings_are_found(flow):
    bare = attrs.evolve(flow, last_resort="")
    assert rules_of(bare, attrs.evolve(CLEAN, tenant_last_resort=""))["L06"] == "error"
    assert rules_of(bare, attrs.evolve(CLEAN, tenant_last_resort="gone"))["L06"] == "error"
    assert "L31" in {finding.rule for finding in lint(flow, ModuleRegistry(), CLEAN)}
    many = {f"q{i}": Point(f"q{i}", SORRY, "L", {"next": HANG_UP}) for i in range(500)}
    assert rules_of(attrs.evolve(flow, points={**flow.points, **many}))["F04"] == "error"


def test_what_is_not_known_is_not_judged():
    flow = read_flow(DEMO, REGISTRY)
    assert [finding.rule for finding in lint(flow, REGISTRY)] == ["L28"]


def test_circles_through_other_flows_are_found_and_shown():
    flow = Flow("hotline", "L", "a", {"a": Point("a", SORRY, "A", {"next": "flow:back"})}, last_resort="a")
    back = Flow("back", "B", "b", {"b": Point("b", SORRY, "B", {"next": "flow:hotline"})})
    context = attrs.evolve(CLEAN, flows={"back": back, "sorry-flow": OTHER})
    (finding,) = lint(flow, REGISTRY, context)
    assert finding == Finding(
        "L03",
        "error",
        "points.a",
        "goes round without the caller doing anything: a -next-> flow:back/b -next-> a; "
        "lead one of these exits elsewhere",
        ("points.a.exits.next",),
    )
    waits = attrs.evolve(back.points["b"], module=Ask(prompts=("demo/menu",), keys=("1",)))
    waits = attrs.evolve(waits, exits={"key:1": "flow:hotline", "timeout": HANG_UP, "invalid": HANG_UP})
    back = attrs.evolve(back, points={"b": waits})
    assert lint(flow, REGISTRY, attrs.evolve(context, flows={"back": back, "sorry-flow": OTHER})) == []


def test_a_circle_of_another_flow_alone_is_not_this_flows():
    bad = Flow("bad", "B", "b", {"b": Point("b", SORRY, "B", {"next": "b"})})
    flow = Flow("hotline", "L", "a", {"a": Point("a", SORRY, "A", {"next": "flow:bad"})}, last_resort="a")
    assert lint(flow, REGISTRY, attrs.evolve(CLEAN, flows={"bad": bad, "sorry-flow": OTHER})) == []


def test_the_carrier_circle_is_told_from_an_own_number_alone():
    ring = Point("a", Ring(targets=("+4922112346",)), "A", {"answered": HANG_UP, "no_answer": HANG_UP})
    flow = Flow("hotline", "L", "a", {"a": ring}, last_resort="flow:sorry-flow")
    (finding,) = lint(flow, REGISTRY, CLEAN)
    assert (finding.rule, finding.severity, finding.path) == ("L04", "warning", "points.a.settings.targets[0]")
    assert "flow:sorry-flow" in finding.message
    back = Flow("sorry-flow", "S", "s", {"s": Point("s", SORRY, "S", {"next": "flow:hotline"})})
    found = lint(flow, REGISTRY, attrs.evolve(CLEAN, flows={"sorry-flow": back}))
    assert (found[0].rule, found[0].severity) == ("L04", "error")
    assert "a -+4922112346-> flow:sorry-flow/s -next-> a" in found[0].message
    assert found[0].also == ()  # what is dialled is no exit


def test_near_matches_are_named():
    text = (
        DEMO.replace("next: menu", "next: meun")
        .replace("demo/welcome", "demo/welcom")
        .replace("flow:info", "flow:sorry")
    )
    context = attrs.evolve(CLEAN, numbers={"+4922112345": "demo-hotline"})
    messages = " ".join(finding.message for finding in lint(read_flow(text, REGISTRY), REGISTRY, context))
    for near in ("'menu'", "'demo/welcome'", "'sorry-flow'"):
        assert f"(did you mean {near}?)" in messages


class Hostile(Module):
    kind = "say"
    label = Label("x", "x")

    def exits(self) -> tuple[str, ...]:
        raise RuntimeError("no exits today")

    def references(self) -> list[Reference]:
        raise RuntimeError("no references today")

    def lint(self) -> list[Finding]:
        raise RuntimeError("no lint today")


class Junk(Hostile):
    def exits(self) -> tuple[str, ...]:
        return (1, 2)

    def references(self) -> list[Reference]:
        return []

    def lint(self) -> list[Finding]:
        return ["odd"]


@pytest.mark.parametrize("module", [attrs.frozen(Hostile)(), attrs.frozen(Junk)()])
def test_a_module_that_fails_is_a_finding(module):
    flow = Flow("hotline", "L", "a", {"a": Point("a", module, "A", {"next": "a"})}, last_resort="a")
    rules = rules_of(flow)
    assert rules["F07"] == "error"
    assert rules["F08"] == "warning"


def test_rules_of_plugins_are_asked_and_their_faults_named():
    flow = read_flow(DEMO, REGISTRY)
    own = Finding("acme-1", "error", "points.menu", "too dull; add music")

    def broken(flow: Flow) -> list[Finding]:
        raise RuntimeError("boom")

    context = LintContext(rules=[("acme", lambda flow: [own]), ("evil", broken), ("odd", lambda flow: ["x"])])
    found = lint(flow, REGISTRY, context)
    assert found[0] == own
    faults = [finding.message for finding in found if finding.rule == "F08"]
    assert faults == [
        "a lint rule of plugin 'evil' failed with RuntimeError: boom; tell its author",
        "a lint rule of plugin 'odd' gave 'x', not a Finding; tell its author",
    ]


def test_a_large_flow_full_of_circles_is_judged_in_moments():
    names = [f"p{i}" for i in range(500)]
    points = {
        name: Point(name, SORRY, "L", {"next": names[(i + 1) % 500], "error": names[(i * 7) % 500]})
        for i, name in enumerate(names)
    }
    found = lint(Flow("hotline", "L", "p0", points, last_resort="p0"), REGISTRY, CLEAN)
    assert "L03" in {finding.rule for finding in found}


def test_every_rule_speaks_german():
    """A flow with all that can be wrong; what rules of the kernel say is there in both languages."""
    text = DEMO.replace("welcome, timeout", "gone, timeout").replace("prompts: [demo/menu]", "prompts: [demo/meun]")
    flow = read_flow(text.replace("flow:info", "flow:hotlin").replace("next: menu", "error: welcome"), REGISTRY)
    flow = attrs.evolve(flow, label="", last_resort="nowhere", start="wellcome")
    flow = with_point(flow, "ring", Ring(targets=("anne", "+4922112345", "+4912")), answered="ring", no_answer="ring")
    flow = with_point(flow, "loop", SORRY, next="loop", extra=HANG_UP)
    flow = with_point(flow, "Bad Id", SORRY, next=HANG_UP)
    found = lint(flow, REGISTRY, CLEAN)
    found += lint(attrs.evolve(flow, start="welcome"), REGISTRY, CLEAN)
    found += lint(attrs.evolve(flow, points={}, last_resort=HANG_UP), REGISTRY, CLEAN)
    found += lint(attrs.evolve(flow, last_resort=""), ModuleRegistry(), LintContext(numbers={}, flows={}))
    said = {finding.rule for finding in found}
    assert {"F01", "F02", "F03", "F05", "L01", "L02", "L03", "L04", "L05", "L06", "L07", "L27", "L28", "L31"} <= said
    assert [finding for finding in found if not finding.german] == []
    assert all("did you mean" not in finding.german for finding in found)


@attrs.frozen
class Through(Module):
    kind = "through"
    label = Label("Durch", "Through")
    flow: str = setting("reference", "Ablauf", "Flow", to="flow")

    def exits(self) -> tuple[str, ...]:
        return ()


@pytest.mark.parametrize(("flows", "finds"), [(5, False), (6, True)])
def test_flows_go_through_one_another_five_deep_at_most(flows, finds):
    chain = {
        f"f{n}": Flow(f"f{n}", "F", "p", {"p": Point("p", Through(flow=f"f{n + 1}"))}) for n in range(1, flows)
    } | {f"f{flows}": Flow(f"f{flows}", "F", "p", {"p": Point("p", Say(prompts=("a",)))})}
    main = Flow("f0", "F", "p", {"p": Point("p", Through(flow="f1"))})
    found = [one for one in lint(main, REGISTRY, LintContext(flows=chain)) if one.rule == "L29"]
    assert [one.path for one in found] == (["points.p.settings.flow"] if finds else [])
    itself = Flow("f0", "F", "p", {"p": Point("p", Through(flow="f0"))})
    assert "L29" in {one.rule for one in lint(itself, REGISTRY, LintContext(flows={}))}
