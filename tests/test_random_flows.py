"""Whatever an administrator draws and whatever a caller presses: each call ends, once, and always the same way."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import strategies
from calls import written
from hypothesis import HealthCheck, given, settings
from trials import Trial, run, trials

from switchhook.calls.outcome import Outcome, outcome_of
from switchhook.clock import SystemClock
from switchhook.flows.document import read_flow
from switchhook.flows.interpreter import Budget
from switchhook.flows.lint import LintContext, errors_in, lint
from switchhook.flows.module import Module
from switchhook.portal.plugging import plug_in
from switchhook_routing.sub_flow import Return

PLUGINS = Path(__file__).parents[1] / "plugins"
PATIENT = settings(max_examples=150, suppress_health_check=list(HealthCheck))


def holds(trial: Trial) -> None:
    done = trial.expected
    kinds = Counter(event.kind for event in done.events)
    assert [event.seq for event in done.events] == list(range(len(done.events)))
    assert (kinds["call.started"], kinds["call.ended"]) == (1, 1)
    assert (done.events[0].kind, done.events[-1].kind) == ("call.started", "call.ended")
    assert (done.cause is not None) == (done.events[-1].data["by"] == "flow")
    assert isinstance(done.outcome, Outcome)
    assert done.outcome is outcome_of(done.events)
    assert [event.at for event in done.events] == sorted(event.at for event in done.events)
    stretches = 1 + kinds["last_resort.used"]  # in each of them, points whose sub-flow never returned are not left
    assert 0 <= kinds["point.entered"] - kinds["point.left"] <= (1 + Budget().depth) * stretches
    assert kinds["point.entered"] <= 3 * Budget().hops
    assert kinds["call.failed"] <= 1
    assert run(trial.flows, trial.script) == done, "the same call has the same course"


def ways_of(module: Module) -> tuple[str, ...]:
    """The exits a module declares; a point that returns is left by the name of its way back."""
    return (module.name,) if isinstance(module, Return) else module.exits()


def never_leaves_by_what_is_not_declared(trial: Trial) -> None:
    points = {name: point for flow in trial.flows for name, point in flow.points.items()}
    declared = {
        name: {way for flow in trial.flows if name in flow.points for way in ways_of(flow.points[name].module)}
        for name in points
    }
    for event in trial.expected.events:
        if event.kind == "point.left":
            assert event.data["exit"] in declared[event.point]


@PATIENT
@given(trials(wild=True))
def test_a_call_through_any_flow_ends_once_and_always_the_same_way(trial):
    holds(trial)
    never_leaves_by_what_is_not_declared(trial)


@PATIENT
@given(trials())
def test_a_call_through_a_flow_without_faults_needs_no_last_resort_unless_the_caller_goes_round(trial):
    holds(trial)
    never_leaves_by_what_is_not_declared(trial)
    for event in trial.expected.events:
        if event.kind in {"last_resort.used", "call.failed"}:
            assert "was passed more than" in event.data["why"]


@settings(PATIENT, max_examples=60)
@given(trials(wild=True))
def test_a_flow_written_and_read_again_gives_the_same_course(trial):
    read = tuple(read_flow(text, strategies.REGISTRY) for text in trial.documents.values())
    assert run(read, trial.script).events == trial.expected.events


@PATIENT
@given(trials())
def test_what_the_caller_does_is_used_up(trial):
    """Nothing in a script is left over, so a real caller does exactly as much."""
    actions = [event for event in trial.expected.events if event.kind == "keys"]
    pressed = [action for action in trial.script.actions if action.kind == "keys"]
    assert sum(bool(event.data.get("keys") or event.data.get("count")) for event in actions) <= len(pressed)
    legs = [event for event in trial.expected.events if event.kind == "leg.created"]
    assert len(legs) == len(trial.script.parties)


@PATIENT
@given(strategies.flows(others=["other"]), strategies.flows("other"))
def test_flows_without_faults_can_be_published(flow, other):
    known = LintContext(
        tenant_last_resort="other",
        has_prompt=lambda prompt, language: prompt in strategies.PROMPTS,
        phones=strategies.PHONES,
        flows={"other": other},
    )
    assert errors_in(lint(flow, strategies.REGISTRY, known)) == []


async def test_every_module_is_compared_with_a_real_call():
    """``calls/test_same_as_simulated.py`` makes random calls through modules drawn, and some that are written."""
    own = {path.name for path in PLUGINS.iterdir()}
    installed = (await plug_in(SystemClock(), _fail)).modules
    modules = {kind for kind in installed if installed.plugin_of(kind) in own}
    compared = set(strategies.REGISTRY) | written.kinds()
    assert modules - compared == set(), "draw these in strategies.py, or write a call in calls/written.py"
    assert compared <= modules


def _fail(fault: object) -> None:
    raise AssertionError(fault)
