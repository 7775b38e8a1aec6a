"""Transfer by speed dial on simulated calls (S78)."""

from __future__ import annotations

import attrs
import pytest

from switchhook import DialPlan, Exit, Flow, Label, Module, Point, Target, setting
from switchhook.testing import assert_feature_conforms, call
from switchhook_transfer import plugin
from switchhook_transfer.lint import RULE
from switchhook_transfer.speed_dial import SpeedDial, SpeedDialList
from switchhook_transfer.transfer import TransferKey


@attrs.frozen
class Connect(Module):
    """Rings anna."""

    kind = "connect"
    label = Label("Verbinden", "Connect")
    in_call: bool = setting("boolean", "Tasten", "Keys", default=True)

    def exits(self):
        return ("next",)

    async def run(self, session):
        result = await session.dial(DialPlan((Target("phone", "anna"),), in_call=self.in_call))
        return Exit("next", f"{result.status} {result.talk_seconds:g}")


def listed(*shorts):
    return SpeedDialList(
        name="Office", entries=tuple(SpeedDial(short=one, name=f"Who {one}", target="bert") for one in shorts)
    )


KEPT = {"office": listed("07", "1"), "transfer": TransferKey(name="Transfer", speed_dials="office")}


async def tried(parties, *, kept=KEPT, **more):
    return await call(Connect(), parties=parties, plugins=[plugin], resources=kept, **more)


def done(call):
    return next(e.data for e in call.events if e.kind == "in_call.done")


@pytest.mark.parametrize("keys", ["*207", "*21#", "*21"])
async def test_code_and_short_number_lead_the_caller_there_and_let_the_served_party_go(keys):
    made = await tried(f"answered:20/3:{keys},answered:9")
    assert done(made) == {
        "feature": "transfer-key/transfer",
        "goes_on": False,
        "why": f"transferred to Who {keys[2:].rstrip('#')}",
    }
    assert made.heard == ("stock/connecting",)
    legs = [e.data for e in made.events if e.kind == "leg.ended"]
    assert [(leg["answered_by"], leg["targets"]) for leg in legs] == [("bert", ["bert"]), ("anna", ["anna"])]
    assert made.outcome == "human"


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ("busy", "Who 07: busy"),
        ("no_answer", "Who 07: no answer"),
        ("rejected", "Who 07: call rejected"),
        ("unreachable", "Who 07: not reachable"),
        ("failed", "Who 07: the network failed"),
    ],
)
async def test_who_is_not_reached_gives_the_caller_back(then, why):
    made = await tried(f"answered:20/3:*207,{then}")
    assert done(made) == {"feature": "transfer-key/transfer", "goes_on": True, "why": why}
    assert [e.data["prompts"] for e in made.events if e.kind == "served.heard"] == [["stock/nobody-available"]]
    assert made.why == "answered 20"


@pytest.mark.parametrize(("keys", "why"), [("*299", "no short number 99"), ("*2", "no short number")])
async def test_an_unknown_short_number_is_said_to_the_served_party_alone(keys, why):
    made = await tried(f"answered:20/3:{keys}")
    assert done(made)["why"] == why
    assert [e.data["prompts"] for e in made.events if e.kind == "served.heard"] == [["stock/invalid"]]
    assert made.heard == ()


async def test_a_target_the_gate_refuses_gives_the_caller_back():
    class Guard:
        from switchhook import hookimpl

        @hookimpl
        def leg_allowed(self, call, plan):
            from switchhook import Refusal

            return Refusal("not on sundays") if plan.targets[0].address == "bert" else None

    made = await call(Connect(), parties="answered:20/3:*207", plugins=[plugin, Guard()], resources=KEPT)
    assert done(made)["why"] == "Who 07: not allowed, not on sundays"
    assert made.why == "answered 20"


def test_it_keeps_the_contract_of_in_call_features():
    assert_feature_conforms(TransferKey, plugins=[plugin], resources={"office": KEPT["office"]})


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        (KEPT, []),
        ({**KEPT, "office": listed()}, ["the speed-dial list 'Office' of 'Transfer' is empty"]),
        (
            {**KEPT, "office": listed("007", "07")},
            ["'Transfer' takes 2 digits, so 007 of the speed-dial list 'Office' cannot be dialled"],
        ),
    ],
)
def test_lists_that_lead_nowhere_are_found(kept, found):
    flow = Flow("test", "Test", "it", {"it": Point("it", Connect(), "", {"next": "hang-up"})}, "de")
    kinds = {(one.kind, name): one for name, one in kept.items()}
    assert [one.message for one in RULE.look(flow, kinds)] == found
    off = Flow("test", "Test", "it", {"it": Point("it", Connect(in_call=False), "", {"next": "hang-up"})}, "de")
    assert RULE.look(off, kinds) == []


def test_a_short_number_is_there_once():
    assert [one.path for one in listed("07", "07").check()] == ["entries[1].short"]
