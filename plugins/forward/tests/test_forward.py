from __future__ import annotations

from types import SimpleNamespace

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook import DialPlan, Point, Refusal, hookimpl
from switchhook.calls.outcome import Outcome
from switchhook.flows.references import references_of
from switchhook.schema import SettingsRefused, read_settings
from switchhook.testing import Party, Tried, assert_module_conforms, call
from switchhook_forward.forward import Forward


def forward(*targets: str, **settings) -> Forward:
    return Forward(targets=targets or ("anna",), **settings)


ASKING = {"confirm": ["house/c"], "accept": ["1"], "decline": ["2"], "limit": [60], "caller_id": ["caller"]}
"""With these a module has all exits it can have."""


def dialled(done: Tried) -> list[list[str]]:
    return [event.data["targets"] for event in done.events if event.kind == "leg.created"]


class Watching:
    """A plugin that sees every plan, and may change or refuse it."""

    def __init__(self, change=None, refuse=()):
        self.plans: list[DialPlan] = []
        self.change, self.refuse = change or {}, refuse

    @hookimpl
    def leg_proposed(self, plan):
        return attrs.evolve(plan, **self.change)

    @hookimpl
    def leg_allowed(self, plan):
        self.plans.append(plan)
        refused = [str(target) for target in plan.targets if str(target) in self.refuse]
        return Refusal(f"{refused[0]} is barred") if refused else None


async def plans(module: Forward, **given) -> list[DialPlan]:
    watching = Watching()
    await call(module, plugins=[watching], **given)
    return watching.plans


def test_it_keeps_its_contract():
    assert_module_conforms(Forward, settings={**ASKING, "targets": [["anna"], ["anna", "bert"]], "ring": [10, 25]})


@pytest.mark.parametrize(
    ("parties", "way", "why", "outcome"),
    [
        ("answered:12", "answered_end", "anna talked 12 s", Outcome.HUMAN),
        ("busy", "busy", "anna: busy", Outcome.BUSY),
        ("no_answer", "no_answer", "anna: no answer", Outcome.NO_ANSWER),
        ("unreachable", "unreachable", "anna: not reachable", Outcome.FAILED),
        ("failed", "unreachable", "anna: the network failed", Outcome.FAILED),
        ("rejected", "rejected", "anna: call rejected", Outcome.REJECTED),
    ],
)
async def test_each_end_has_its_exit_and_says_why(parties, way, why, outcome):
    done = await call(forward(), parties=parties)
    assert (done.exit, done.why, done.outcome) == (way, why, outcome)


async def test_together_all_targets_ring_in_one_leg():
    done = await call(forward("anna", "bert", "+4930123456"), parties="busy")
    assert dialled(done) == [["anna", "bert", "+4930123456"]]
    assert (done.exit, done.why) == ("busy", "anna, bert, +4930123456: busy")


async def test_one_after_the_other_each_target_is_tried_until_one_answers():
    done = await call(forward("anna", "bert", "carl", strategy="serial"), parties="busy,answered:5")
    assert dialled(done) == [["anna"], ["bert"]]
    assert (done.exit, done.why) == ("answered_end", "bert talked 5 s")


async def test_one_after_the_other_the_last_decides_and_the_reason_tells_of_each():
    done = await call(forward("anna", "bert", strategy="serial"), parties="busy,no_answer")
    assert (done.exit, done.why) == ("no_answer", "anna: busy; bert: no answer")


@pytest.mark.parametrize("ring", [10, 40])
async def test_it_rings_as_long_as_it_says(ring):
    done = await call(forward(ring=ring), parties="no_answer")
    assert done.seconds == ring
    done = await call(forward("anna", "bert", ring=ring, strategy="serial"), parties="no_answer,no_answer")
    assert done.seconds == 2 * ring
    done = await call(forward(ring=ring), parties=[Party(ring_seconds=ring + 1)])
    assert done.exit == "no_answer"


async def test_the_limit_ends_a_conversation():
    done = await call(forward(limit=60), parties="answered:300")
    assert (done.exit, done.why) == ("limit", "anna talked 60 s, the longest talk allowed")
    assert done.outcome is Outcome.HUMAN
    assert (await call(forward(limit=60), parties="answered:59")).exit == "answered_end"
    assert (await call(forward(), parties="answered:300")).exit == "answered_end"
    assert "limit" not in forward().exits()
    assert "limit" in forward(limit=1).exits()


async def test_a_limit_that_a_guard_set_leads_to_an_exit_that_is_there():
    done = await call(forward(), parties="answered:300", plugins=[Watching({"limit_seconds": 30})])
    assert (done.exit, done.why) == ("answered_end", "anna talked 30 s, the longest talk allowed")
    assert done.cause == 16


@pytest.mark.parametrize(
    ("shown", "planned"), [("caller", ""), ("anonymous", "anonymous"), ("+4922112345", "+4922112345")]
)
async def test_the_number_shown(shown, planned):
    assert [plan.caller_id for plan in await plans(forward(caller_id=shown))] == [planned]


@pytest.mark.parametrize("shown", ["", "022112345", "anna", "+0221", "caller\n", "+49221;1"])
def test_a_number_shown_that_is_none_is_refused(shown):
    with pytest.raises(SettingsRefused, match=r"settings\.caller_id"):
        read_settings(Forward, {"targets": ["anna"], "caller_id": shown})


async def test_everything_set_reaches_the_plan_of_each_leg():
    module = forward("anna", "+4930123456", strategy="serial", ring=12, limit=90, confirm="house/press-1")
    first, second = await plans(module, parties="busy,busy")
    assert (first.ring_seconds, first.limit_seconds, first.confirm) == (12, 90, "house/press-1")
    assert attrs.evolve(first, targets=second.targets) == second
    assert [(t.kind, t.address) for t in (*first.targets, *second.targets)] == [
        ("phone", "anna"),
        ("number", "+4930123456"),
    ]


async def test_a_confirmation_without_a_sound_is_told():
    done = await call(forward(confirm="house/press-1"), prompts=["house/a"])
    assert [event.data["prompt"] for event in done.events if event.kind == "prompt.missing"] == ["house/press-1"]


async def test_a_leg_that_is_refused_is_not_dialled_and_says_why():
    done = await call(forward(), refuse="the budget is used up")
    assert (done.exit, done.why) == ("rejected", "anna: not allowed, the budget is used up")
    assert done.outcome is Outcome.REJECTED
    assert dialled(done) == []
    assert [event.data["why"] for event in done.events if event.kind == "leg.refused"] == ["the budget is used up"]


async def test_one_after_the_other_a_refused_target_is_passed_over():
    module = forward("+4930123456", "anna", strategy="serial")
    done = await call(module, parties="answered:3", plugins=[Watching(refuse=["+4930123456"])])
    assert (dialled(done), done.exit) == ([["anna"]], "answered_end")
    done = await call(module, parties="busy", plugins=[Watching(refuse=["+4930123456"])])
    assert done.why == "+4930123456: not allowed, +4930123456 is barred; anna: busy"


async def test_a_guard_that_fails_refuses():
    @hookimpl
    def leg_allowed():
        raise RuntimeError("no database")

    done = await call(forward(), plugins=[SimpleNamespace(__name__="guard", leg_allowed=leg_allowed)])
    assert done.exit == "rejected"
    assert dialled(done) == []
    assert [fault.hook for fault in done.faults] == ["leg_allowed"]


async def test_a_caller_who_leaves_in_the_conversation_ends_the_call_as_a_humans():
    done = await call(forward(), parties=[Party(talk_seconds=8, caller_hangs_up=True)])
    assert (done.ways, done.outcome) == ((), Outcome.HUMAN)
    assert [event.data["talk_seconds"] for event in done.events if event.kind == "leg.ended"] == [8]


def test_the_linter_finds_short_rings_and_targets_there_twice():
    assert [(f.rule, f.path) for f in forward(ring=5).lint()] == [("L15", "settings.ring")]
    found = list(forward("anna", "bert", "anna").lint())
    assert [(f.rule, f.path, f.message) for f in found] == [
        ("forward-twice", "settings.targets[2]", "anna is there twice")
    ]
    assert list(forward("anna", "bert").lint()) == []


def test_it_names_its_targets_and_its_prompt():
    named = references_of(Point("it", forward("anna", "+4930123456", confirm="house/press-1")))
    assert [(r.kind, r.id, r.path) for r in named] == [
        ("phone", "anna", "settings.targets[0]"),
        ("number", "+4930123456", "settings.targets[1]"),
        ("prompt", "house/press-1", "settings.confirm"),
    ]


@pytest.mark.parametrize("target", ["Anna", "anna/x", "+0123456", "PJSIP/anna", "anna&bert", "", "ä"])
def test_targets_that_are_none_are_refused(target):
    with pytest.raises(SettingsRefused, match=r"settings\.targets"):
        read_settings(Forward, {"targets": [target]})


ENDS = st.sampled_from(["busy", "no_answer", "unreachable", "rejected", "failed", "answered:1"])


@given(st.lists(ENDS, min_size=1, max_size=5))
async def test_one_after_the_other_stops_at_the_first_answer_and_never_before(ends):
    targets = [f"phone{n}" for n in range(len(ends))]
    done = await call(forward(*targets, strategy="serial"), parties=",".join(ends))
    answered = [n for n, end in enumerate(ends) if end.startswith("answered")]
    tried = answered[0] + 1 if answered else len(ends)
    assert dialled(done) == [[target] for target in targets[:tried]]
    assert (done.exit == "answered_end") == bool(answered)
