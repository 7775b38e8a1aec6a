from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.simulator.script import Action, Party, ScriptRefused, read_parties, read_script

WORDS = {"wait": Action("wait"), "-": Action("wait"), "hangup": Action("hang_up"), "hang-up": Action("hang_up")}


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("", ()),
        (" , ,", ()),
        ("1", (Action("keys", "1"),)),
        ("12#, wait ,-,hangup", (Action("keys", "12#"), WORDS["wait"], WORDS["-"], WORDS["hangup"])),
        ("hang-up", (Action("hang_up"),)),
        ("*9#", (Action("keys", "*9#"),)),
    ],
)
def test_a_script_is_read(text, actions):
    assert read_script(text) == actions


@pytest.mark.parametrize("word", ["x", "1 2", "1;2", "wai", "HANGUP", "+49", "1" * 65, "１", "ä"])  # noqa: RUF001
def test_a_word_that_is_no_action_is_named_with_what_is_allowed(word):
    with pytest.raises(
        ScriptRefused, match=r"is no action: use keys such as 12#, wait, say:12, say:12#, or hangup"
    ) as refused:
        read_script(f"1,{word}")
    assert refused.value.data["word"] == word
    assert repr(word) in str(refused.value)


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("", ()),
        ("answered", (Party("answered", 2.0, 10.0, 16),)),
        ("answered:12.5", (Party("answered", 2.0, 12.5, 16),)),
        ("busy,rejected", (Party("busy", 2.0, 10.0, 17), Party("rejected", 2.0, 10.0, 21))),
        ("unreachable", (Party("unreachable", 0.0, 10.0, 20),)),
    ],
)
def test_parties_are_read(text, parties):
    assert read_parties(text) == parties


@pytest.mark.parametrize(
    "word",
    ["gone", "answered:", "answered:x", "answered:-1", "answered:1e9", "answered:\uff11", "busy:3", "BUSY", ":3"],
)
def test_a_word_that_is_no_party_is_named_with_what_is_allowed(word):
    with pytest.raises(ScriptRefused, match="is no way for a leg to go: use one of answered, busy"):
        read_parties(word)


ACTIONS = st.one_of(
    st.sampled_from([Action("wait"), Action("hang_up")]),
    st.text("0123456789*#", min_size=1, max_size=64).map(lambda keys: Action("keys", keys)),
)


@given(st.lists(ACTIONS))
def test_every_script_can_be_written(actions):
    text = ",".join({"wait": "wait", "hang_up": "hangup"}.get(action.kind, action.keys) for action in actions)
    assert read_script(text) == tuple(actions)


@given(st.text(max_size=30), st.sampled_from([read_script, read_parties]))
def test_any_other_text_is_refused_in_words(text, read):
    with contextlib.suppress(ScriptRefused):
        assert isinstance(read(text), tuple)
