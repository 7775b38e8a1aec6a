"""Each story of the issues has a test that names it: whoever asks how something is shown to work finds it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
FOLDERS: Final = ("tests", "kernel/tests", "web/tests", "plugins")
STORIES: Final = (
    *("S03", "S04", "S05", "S08", "S09", "S10", "S11", "S13", "S16", "S17"),
    *("S19", "S25", "S26", "S27", "S28", "S29", "S30", "S31", "S32", "S33", "S34", "S35", "S36", "S37", "S38", "S39"),
    *("S40", "S43", "S73", "S76", "S79"),
    *("S44", "S45", "S46", "S47", "S48", "S49", "S51", "S52", "S70", "S71", "S72", "S74", "S77", "S78", "S81", "S82"),
)
_ID: Final = re.compile(r"\bS\d\d\b")
_IN_NAME: Final = re.compile(r"(?<=_)s\d\d(?=_|$)")
_DOCUMENTED: Final = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def named(text: str) -> Iterator[str]:
    """The stories that docstrings of a module of tests name, and the names of its tests."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, _DOCUMENTED):
            yield from _ID.findall(ast.get_docstring(node) or "")
            yield from _IN_NAME.findall(getattr(node, "name", ""))


@pytest.fixture(scope="module")
def known() -> set[str]:
    files = (file for folder in FOLDERS for file in (ROOT / folder).rglob("test_*.py"))
    texts = (file.read_text(encoding="utf-8") for file in files if file != Path(__file__))
    return {story.upper() for text in texts if _ID.search(text) or _IN_NAME.search(text) for story in named(text)}


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_named_by_a_test(known, story):
    assert story in known
