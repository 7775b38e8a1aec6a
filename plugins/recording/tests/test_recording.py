"""The module ``recording``: who is asked what, which ways it takes, and what is recorded then."""

from __future__ import annotations

import pytest

from switchhook.testing import assert_module_conforms, call
from switchhook_recording.recording import RecordTalks


def test_it_conforms() -> None:
    assert_module_conforms(RecordTalks, unreached=["failed"])


def kinds(done) -> list[str]:
    return [event.kind for event in done.events if event.kind.startswith(("consent", "recording"))]


@pytest.mark.parametrize(
    ("mode", "keys", "way", "heard"),
    [
        ("announce_and_key", "1", "on", ["stock/record-ask"]),
        ("announce_and_key", "2", "refused", ["stock/record-ask"]),
        ("announce_and_key", "7", "refused", ["stock/record-ask"]),
        ("announce_and_key", "wait,1", "on", ["stock/record-ask"] * 2),
        ("announce_and_key", "wait,wait", "refused", ["stock/record-ask"] * 2),
        ("announce_and_stay", "", "on", ["stock/record-announce"]),
        ("agent_only", "", "on", []),
    ],
)
async def test_only_what_the_mode_asks_for_is_a_consent(mode, keys, way, heard) -> None:
    done = await call(RecordTalks(retention="years", consent=mode), keys)
    assert (done.exit, list(done.heard)) == (way, heard)


async def test_a_caller_who_hangs_up_in_the_question_agreed_to_nothing() -> None:
    done = await call(RecordTalks(retention="years"), "hangup")
    assert (done.exit, kinds(done)) == ("", [])


async def test_a_question_without_a_sound_is_no_question() -> None:
    done = await call(RecordTalks(retention="years"), "1", prompts={})
    assert (done.exit, kinds(done)) == ("failed", ["recording.refused"])


@pytest.mark.parametrize("setting", ["accept", "refuse"])
def test_one_key_for_both_is_an_error(setting: str) -> None:
    other = "2" if setting == "accept" else "1"
    (found,) = RecordTalks(retention="years", **{setting: other}).lint()
    assert (found.rule, found.severity) == ("recording-keys", "error")


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"consent": "announce_and_stay"}, "recording-staying"),
        ({"consent": "agent_only", "announcement": "mine"}, "recording-agent"),
    ],
)
def test_modes_that_may_not_do_what_somebody_thinks_are_warned_of(given, rule) -> None:
    assert [found.rule for found in RecordTalks(retention="years", **given).lint()] == [rule]
