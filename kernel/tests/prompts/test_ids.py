"""A prompt id is a key, never a path or a URL (SEC13)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.calls.prompts import APOLOGY, PromptMissing, PromptRefused, check_language, check_prompt_id
from switchhook.errors import NotFound

HOSTILE = [
    "../secret",
    "stock/../../secret",
    "..",
    ".",
    "/etc/passwd",
    "//host/share",
    "a&b",
    "stock/a&stock/b",
    "http://example.invalid/a",
    "a\0b",
    "a\n",
    "a b",
    "",
    "a" * 300,
    "a" * 81,
    "A",
    "ä",
    "a//b",
    "a/",
    "/a",
    "-a",
    "a/-b",
    "_a",
    "a.wav",
    "a,b",
    "a|b",
    "${EXTEN}",
    "a\\b",
    "a;b",
    "a:b",
    "a%2fb",
    "\uff11",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(PromptRefused) as refused:
        check_prompt_id(text)
    assert "prompt id" in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("text", ["welcome", "stock/goodbye", "digits/0", "a-b_c/d-e_f/9", "a" * 80, APOLOGY])
def test_keys_are_taken_as_they_are(text: str) -> None:
    assert check_prompt_id(text) == text


@given(st.text(max_size=100))
def test_an_accepted_id_is_harmless_whatever_was_tried(text: str) -> None:
    try:
        accepted = check_prompt_id(text)
    except PromptRefused:
        return
    assert re.fullmatch(r"[a-z0-9_/-]{1,80}", accepted)
    assert all(part and part[0] not in "-_" for part in accepted.split("/"))


@pytest.mark.parametrize("text", ["", "..", "DE", "de/at", "d", "deutsch", "de-", "de\n", "de-at-x"])
def test_a_language_is_a_tag(text: str) -> None:
    with pytest.raises(PromptRefused, match="no language tag"):
        check_language(text)
    assert check_language("de-at") == "de-at"


def test_refused_is_missing_and_missing_is_not_found() -> None:
    assert issubclass(PromptRefused, PromptMissing)
    assert issubclass(PromptMissing, NotFound)
    assert (PromptMissing.code, PromptRefused.code) == ("prompt_missing", "prompt_refused")
