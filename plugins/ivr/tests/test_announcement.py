from __future__ import annotations

import pytest

from switchhook.testing import assert_module_conforms, call
from switchhook_ivr.announcement import Announcement

TWO = {"house/a": 3.0, "house/b": 4.0}


def announce(**settings) -> Announcement:
    return Announcement(prompts=("house/a", "house/b"), **settings)


def test_it_keeps_its_contract():
    assert_module_conforms(Announcement)


async def test_it_plays_its_prompts_in_order_and_goes_on():
    done = await call(announce(), prompts=TWO)
    assert (done.exit, done.why) == ("next", "played to the end")
    assert done.heard == ("house/a", "house/b")
    assert done.seconds == 7.0


@pytest.mark.parametrize(("times", "pause", "seconds"), [(2, 1.0, 15.0), (3, 0.5, 22.0), (3, 0, 21.0), (1, 30, 7.0)])
async def test_it_repeats_with_pauses_between_and_none_after(times, pause, seconds):
    done = await call(announce(times=times, pause=pause), prompts=TWO)
    assert done.heard == ("house/a", "house/b") * times
    assert done.seconds == seconds


async def test_keys_do_nothing_unless_they_may_interrupt():
    done = await call(announce(times=2), "1,2", prompts=TWO)
    assert done.exit == "next"
    assert announce().exits() == ("next",)


@pytest.mark.parametrize("key", list("0123456789*#"))
async def test_each_key_interrupts_where_it_may(key):
    done = await call(announce(interruptible=True), key, prompts=TWO)
    assert (done.exit, done.why) == ("key", f"key {key} interrupted")
    assert done.seconds == 0
    assert [event.data["keys"] for event in done.events if event.kind == "keys"] == [key]


async def test_a_key_counts_in_the_pause_as_well():
    done = await call(announce(interruptible=True, times=2), "wait,7", prompts=TWO)
    assert (done.exit, done.why) == ("key", "key 7 interrupted")
    assert done.heard == ("house/a", "house/b")


async def test_a_pause_without_a_key_lasts_as_long_as_any_other():
    done = await call(announce(interruptible=True, times=2, pause=2.5), "wait,wait,wait", prompts=TWO)
    assert done.exit == "next"
    assert done.seconds == 7.0 + 2.5 + 7.0


async def test_before_the_answer_it_does_not_answer_even_between_repeats():
    done = await call(announce(early=True, interruptible=True, times=3), prompts=TWO)
    assert done.exit == "next"
    assert "call.answered" not in [event.kind for event in done.events]
    assert done.seconds == 23.0


async def test_answered_by_default():
    done = await call(announce(), prompts=TWO)
    assert "call.answered" in [event.kind for event in done.events]


async def test_a_prompt_without_a_sound_is_told_and_passed_over():
    done = await call(announce(), prompts={"house/b": 4.0})
    assert done.heard == ("house/b",)
    assert [event.data["prompt"] for event in done.events if event.kind == "prompt.missing"] == ["house/a"]
    assert done.exit == "next"


async def test_a_caller_who_leaves_during_the_prompt_ends_the_call():
    done = await call(announce(interruptible=True), "hangup", prompts=TWO)
    assert done.ways == ()
    assert done.events[-1].data["by"] == "caller"


def test_the_linter_doubts_keys_before_the_answer():
    assert [f.rule for f in announce(early=True, interruptible=True).lint()] == ["early-keys"]
    assert list(announce(early=True).lint()) == []
    assert list(announce(interruptible=True).lint()) == []


def test_it_names_its_prompts():
    assert [(r.id, r.path) for r in announce().references()] == [
        ("house/a", "settings.prompts[0]"),
        ("house/b", "settings.prompts[1]"),
    ]
