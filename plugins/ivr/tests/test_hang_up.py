from __future__ import annotations

import pytest

from switchhook.testing import assert_module_conforms, call
from switchhook_ivr.hang_up import CAUSES, HangUp

FLOW = """\
flow: end
label: End
start: bye
last_resort: bye
points:
  bye:
    module: hang-up
    label: Bye
    settings: {cause: busy, prompt: house/bye}
"""


def test_it_keeps_its_contract():
    assert_module_conforms(HangUp, examples=60)


@pytest.mark.parametrize("cause", CAUSES)
async def test_it_ends_the_call_with_its_cause_and_nothing_is_heard(cause):
    done = await call(HangUp(cause=cause))
    assert (done.cause, done.heard, done.ways) == (CAUSES[cause], (), ())
    assert "call.answered" not in [event.kind for event in done.events]


async def test_a_prompt_answers_unless_it_is_early_and_the_tone_is_for_those_who_were_answered():
    done = await call(HangUp(prompt="house/bye", tone=True, cause="busy"))
    assert (done.heard, done.cause) == (("house/bye", *["stock/busy-tone"] * 6), 17)
    done = await call(HangUp(prompt="house/bye", tone=True, early=True))
    assert done.heard == ("house/bye",)
    assert "call.answered" not in [event.kind for event in done.events]


async def test_a_flow_may_end_in_it_without_an_exit():
    done = await call(FLOW)
    assert (done.heard, done.cause, done.faults) == (("house/bye",), 17, ())
