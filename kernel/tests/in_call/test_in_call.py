"""In-call features without Asterisk: who may press what, what a feature may do, and what becomes of the talk (S77, I20)."""

from __future__ import annotations

import attrs
import pytest

from switchhook import (
    CallEnded,
    DialPlan,
    Exit,
    InCallFeature,
    Label,
    Listen,
    Module,
    Served,
    TalkGoesOn,
    TalkOver,
    Target,
    hookimpl,
    in_call_code,
    setting,
)
from switchhook.calls.in_call import InCallKey, clashing, without_clashes
from switchhook.simulator.script import read_parties
from switchhook.testing import Party, call

ANNA = Target("phone", "anna")


@attrs.frozen
class Connect(Module):
    """Rings anna, who may press keys or not."""

    kind = "connect"
    label = Label("Verbinden", "Connect")
    in_call: bool = setting("boolean", "Tasten", "Keys", default=True)

    def exits(self):
        return ("next",)

    async def run(self, session):
        result = await session.dial(DialPlan((ANNA,), in_call=self.in_call, limit_seconds=60))
        return Exit("next", f"{result.status} {result.talk_seconds:g} {result.answered_by} {result.limit_reached}")


@attrs.frozen
class Ask(InCallFeature):
    """Does what the keys behind its code say."""

    kind = "ask"
    label = Label("Fragen", "Ask")
    plural = Label("Fragen", "Asks")
    after = 1
    code: str = in_call_code("*2")

    async def run(self, served: Served, keys: str):
        session = served.session
        if keys == "1":
            await served.play("served")
            found = await served.read("which", listen=Listen(1))
            return TalkGoesOn(f"chose {found.pressed}")
        if keys == "2":
            await session.play("caller")
            result = await session.dial(DialPlan((Target("phone", "bert"),)))
            return TalkOver("away") if result.status == "answered" else TalkGoesOn(result.status)
        if keys == "3":
            raise ValueError("no idea")
        if keys == "4":
            await session.hang_up()
        if keys == "5":
            raise CallEnded("as if the caller had left")
        return None if keys == "6" else TalkGoesOn()


class Asking:
    @hookimpl
    def in_call_features(self):
        return [Ask]


async def tried(parties, *features, module=None, **more):
    kept = {f"k{place}": feature for place, feature in enumerate(features or [Ask(name="Ask")])}
    return await call(module or Connect(), parties=parties, plugins=[Asking()], resources=kept, **more)


def told(done):
    return [(e.kind, *e.data.values()) for e in done.events if e.kind.startswith(("in_call", "served"))]


async def test_both_talk_on_after_what_the_served_party_heard_and_pressed():
    done = await tried("answered:20/3:*21/=7")
    assert told(done) == [
        ("in_call.key", "ask/k0", "1"),
        ("served.heard", ["served"]),
        ("served.heard", ["which"]),
        ("served.keys", "7", "full"),
        ("in_call.done", "ask/k0", True, "chose 7"),
    ]
    assert done.why == "answered 20 anna False"
    assert done.seconds == 2 + 20 + 2  # it rang, they talked, and one prompt was heard to its end


async def test_a_second_key_after_the_first_and_the_limit_of_the_whole_talk_hold():
    done = await tried("answered:90/3:*21/=7/8:*20")
    assert [row[-1] for row in told(done) if row[0] == "in_call.done"] == ["chose 7", ""]
    assert done.why == "answered 60 anna True"


async def test_a_transfer_is_a_leg_of_its_own_and_the_first_leg_ends_with_it():
    done = await tried("answered:20/3:*22,answered:7")
    legs = [event.data for event in done.events if event.kind == "leg.ended"]
    assert [(leg["answered_by"], leg["talk_seconds"]) for leg in legs] == [("bert", 7), ("anna", 3 + 2 + 2)]
    assert done.heard == ("caller",)
    assert done.why == "answered 7 anna False"


async def test_a_caller_who_leaves_during_a_transfer_ends_both_legs():
    (first,) = read_parties("answered:20/3:*22")
    done = await tried([first, Party(talk_seconds=5, caller_hangs_up=True)])
    legs = [event.data for event in done.events if event.kind == "leg.ended"]
    assert [leg["status"] for leg in legs] == ["answered", "answered"]
    assert [leg["talk_seconds"] for leg in legs] == [5, 12]


async def test_a_busy_target_gives_the_caller_back():
    done = await tried("answered:20/3:*22,busy")
    assert told(done)[-1] == ("in_call.done", "ask/k0", True, "busy")
    assert done.why == "answered 20 anna False"


@pytest.mark.parametrize(("keys", "message"), [("3", "no idea"), ("6", "neither TalkGoesOn nor TalkOver")])
async def test_a_feature_that_fails_costs_nobody_the_talk(keys, message):
    done = await tried(f"answered:20/3:*2{keys}")
    assert done.why == "answered 20 anna False"
    assert [fault.hook for fault in done.faults] == ["in-call feature ask"]
    assert message in done.faults[0].message


async def test_a_feature_may_end_the_call():
    done = await tried("answered:20/3:*24")
    assert (done.cause, done.events[-1].kind) == (16, "call.ended")
    assert [event.data["status"] for event in done.events if event.kind == "leg.ended"] == ["answered"]


async def test_codes_that_are_not_on_are_only_heard_by_the_caller():
    off = await tried("answered:20/3:*21", module=Connect(in_call=False))
    other = await tried("answered:20/3:*31")
    elsewhere = await tried("answered:20/3:*21", Ask(name="Ask", flows=("other",)))
    assert [told(done) for done in (off, other, elsewhere)] == [[], [], []]
    here = await tried("answered:20/3:*21", Ask(name="Ask", flows=("other", "test")))
    assert told(here)[0] == ("in_call.key", "ask/k0", "1")


async def test_each_code_leads_to_its_own_and_of_two_that_clash_the_first_is_on():
    done = await tried("answered:20/3:#20/4:*20", Ask(name="One"), Ask(name="Two", code="#2"), Ask(name="Three"))
    assert [row[1] for row in told(done) if row[0] == "in_call.key"] == ["ask/k1", "ask/k0"]


def test_codes_that_are_equal_or_begin_alike_clash():
    assert clashing(["*2", "*21", "#2", "*3", "*3"]) == [("*2", "*21"), ("*3", "*3")]
    keys = [InCallKey(code, "ask/a") for code in ("*21", "*2", "*22")]
    assert [key.code for key in without_clashes(keys)] == ["*21", "*22"]


@pytest.mark.parametrize(
    ("code", "feature", "after"), [("2", "a/b", 0), ("*123", "a/b", 0), ("*2", "a", 0), ("*2", "a/b", 21)]
)
def test_what_is_no_key_is_refused(code, feature, after):
    with pytest.raises(ValueError, match=r"code|follow"):
        InCallKey(code, feature, after)
