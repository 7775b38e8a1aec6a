from __future__ import annotations

import pytest

from switchhook.testing import assert_module_conforms, call
from switchhook_ivr.music import Music


def music(**settings) -> Music:
    return Music(**{"prompts": ("house/a", "house/b"), "longest": 7, **settings})


def test_it_keeps_its_contract():
    assert_module_conforms(Music, settings={"keys": [[], ["1"], ["1", "*"]], "longest": [1, 20, 60]}, examples=60)


async def test_it_plays_in_turn_until_time_is_up():
    done = await call(music())
    assert (done.exit, done.heard) == ("next", ("house/a", "house/b", "house/a", "house/b"))
    assert done.seconds == 8


@pytest.mark.parametrize(
    ("keys", "way", "heard"),
    [("1", "key:1", 1), ("5,1", "key:1", 2), ("wait,1", "key:1", 2), ("", "next", 4)],
)
async def test_one_of_its_keys_ends_it_and_any_other_leads_to_the_next(keys, way, heard):
    done = await call(music(keys=("1",)), keys)
    assert (done.exit, len(done.heard)) == (way, heard)


async def test_without_any_sound_it_waits_in_silence_and_goes_on():
    done = await call(music(), prompts=["other"])
    assert (done.exit, done.seconds, done.faults) == ("next", 7, ())
    done = await call(music(), prompts=["house/b"])
    assert done.heard == ("house/b",) * 4


async def test_it_ends_with_the_caller():
    assert (await call(music(keys=("1",)), "wait,hangup")).ways == ()


def test_keys_of_more_than_one_are_refused():
    assert [finding.severity for finding in music(keys=("1", "12")).lint()] == ["error"]
