"""What caller and called party hear around a conversation, and whom a variable may have rung (S35, M14)."""

from __future__ import annotations

import pytest

from switchhook import DialPlan, hookimpl
from switchhook.testing import call
from switchhook_forward.forward import Forward


def forward(**settings) -> Forward:
    return Forward(**{"targets": ("anna",), **settings})


class Watching:
    def __init__(self):
        self.plans: list[DialPlan] = []

    @hookimpl
    def leg_allowed(self, plan):
        self.plans.append(plan)


HEARD = {"intro": "house/intro", "waiting": "house/wait", "outro": "house/outro", "whisper": "house/whisper"}


async def test_intro_waiting_whisper_and_outro():
    watching = Watching()
    done = await call(forward(**HEARD), parties="answered:5", plugins=[watching])
    assert done.heard == ("house/intro", "house/outro")
    (plan,) = watching.plans
    assert (plan.waiting, plan.whisper) == ("house/wait", "house/whisper")
    kinds = [event.kind for event in done.events]
    assert kinds.index("prompt.started") < kinds.index("leg.created") < kinds.index("leg.ended")
    assert "waiting house/wait, whisper house/whisper" in str(done)


@pytest.mark.parametrize("parties", ["busy", "no_answer", "answered:90"])
async def test_there_is_no_outro_without_a_conversation_that_ended_by_itself(parties):
    done = await call(forward(outro="house/outro", limit=60), parties=parties)
    assert done.heard == ()


async def test_whoever_waits_by_a_prompt_is_answered_first_and_nobody_else():
    done = await call(forward(waiting="house/wait"), parties="busy")
    assert [event.kind for event in done.events].index("call.answered") == 2
    assert "call.answered" not in [event.kind for event in (await call(forward(), parties="busy")).events]


@pytest.mark.parametrize(
    ("settings", "parties", "way"),
    [
        ({"confirm": "house/ask", "decline": "2"}, "declined_by_key", "declined_by_key"),
        ({"confirm": "house/ask"}, "declined_by_key", "no_answer"),
        ({}, "declined_by_key:3", "answered_end"),
    ],
)
async def test_declining_by_key(settings, parties, way):
    done = await call(forward(**settings), parties=parties.partition(":")[0])
    assert done.exit == way
    assert ("declined_by_key" in forward(**settings).exits()) == (way == "declined_by_key")


def test_one_key_cannot_take_and_decline():
    assert [f.severity for f in forward(confirm="a", accept="2", decline="2").lint()] == ["error"]
    assert [f.severity for f in forward(decline="2").lint()] == ["warning"]
    assert [f.rule for f in forward(targets=()).lint()] == ["L13"]
    assert [f.rule for f in forward(ring=150).lint()] == ["L15"]


@pytest.mark.parametrize(
    ("value", "rung"),
    [
        ("+4930123456", ["anna", "+4930123456"]),
        ("bert, +4930123456", ["anna", "bert", "+4930123456"]),
        ("anna", ["anna"]),
        ("", ["anna"]),
        ("PJSIP/bert", ["anna"]),
        ("bert&carl", ["anna"]),
        ("bert +0123", ["anna"]),
        ("bert;${SHELL(id)}", ["anna"]),
        (" ".join(f"phone{n}" for n in range(21)), ["anna"]),
    ],
)
async def test_a_variable_names_targets_or_nobody(value, rung):
    done = await call(forward(variable="diversion"), parties="busy", variables={"diversion": value})
    assert [event.data["targets"] for event in done.events if event.kind == "leg.created"] == [rung]
    assert bool(done.notes) == (rung == ["anna"] and value != "anna")


async def test_a_variable_alone_that_names_nobody_rings_nobody():
    done = await call(forward(targets=(), variable="diversion"))
    assert (done.exit, done.why) == ("unreachable", "the variable diversion names nobody")
