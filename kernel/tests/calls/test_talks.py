"""What a session does about talks that are to be recorded, in the simulator (S81, S82)."""

from __future__ import annotations

import pytest

from switchhook.calls.port import DialPlan, Target
from switchhook.calls.talk import TalkPlan
from switchhook.consent import CONSENT_MODES
from switchhook.flows.module import Exit, Module
from switchhook.schema import Label
from switchhook.testing import Party, call

PLAN = {"notice": "notice", "owner": ("recording-class", "sales")}


def ringing(mode: str, *, off: bool = False, twice: bool = False):
    class Rings(Module):
        kind = "rings"
        label = Label("Ruft an", "Rings")

        def exits(self):
            return ("done",)

        async def run(self, session):
            await session.record_talks(TalkPlan(mode, **PLAN), "question")
            if off:
                await session.record_talks(None)
            for _ in range(1 + twice):
                await session.dial(DialPlan((Target("phone", "anna"),)))
            return Exit("done")

    return Rings()


def told(done) -> list[str]:
    return [event.kind for event in done.events if event.kind.startswith(("consent", "recording", "leg"))]


BOTH = ["leg.created", "consent.given", "recording.started", "leg.ended"]


@pytest.mark.parametrize("mode", CONSENT_MODES)
async def test_each_talk_is_recorded_once_all_agreed(mode) -> None:
    done = await call(ringing(mode, twice=True), "1" if mode == "announce_and_key" else "", prompts=None)
    mine = [] if mode == "agent_only" else ["consent.given"]
    assert told(done) == [*mine, *BOTH, *BOTH]


async def test_who_is_called_may_refuse_and_talks_all_the_same() -> None:
    done = await call(ringing("announce_and_key"), "1", parties=[Party(refuses_recording=True)])
    assert told(done) == ["consent.given", "leg.created", "consent.refused", "leg.ended"]
    assert [e.data["status"] for e in done.events if e.kind == "leg.ended"] == ["answered"]


async def test_after_a_refusal_nobody_else_is_asked() -> None:
    assert told(await call(ringing("announce_and_key"), "2")) == ["consent.refused", "leg.created", "leg.ended"]


async def test_a_flow_can_have_no_more_recorded() -> None:
    done = await call(ringing("announce_and_key", off=True), "1")
    assert told(done) == ["consent.given", "leg.created", "leg.ended"]


async def test_without_a_sound_for_whoever_is_called_nothing_is_recorded() -> None:
    done = await call(ringing("announce_and_key"), "1", prompts={"question": 1.0})
    assert told(done) == ["consent.given", "leg.created", "recording.refused", "leg.ended"]


async def test_a_caller_who_hangs_up_in_the_talk_was_recorded_until_then() -> None:
    done = await call(ringing("announce_and_key"), "1", parties=[Party(caller_hangs_up=True)])
    assert told(done) == ["consent.given", *BOTH]


@pytest.mark.parametrize("wrong", [{"mode": "secretly"}, {"accept": "x"}, {"owner": ("class", "")}, {"refuse": "1"}])
def test_a_plan_that_cannot_be_asked_is_refused(wrong) -> None:
    with pytest.raises(ValueError, match=r"recorded|keys|belongs"):
        TalkPlan(**{"mode": "announce_and_key", **PLAN, **wrong})
