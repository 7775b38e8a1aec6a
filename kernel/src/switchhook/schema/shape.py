"""What a value of each kind looks like, for people in words and for texts as patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from .setting import RIGHT, Setting

EXPECTED: Final[dict[str, str]] = {
    "text": "a text",
    "integer": "a whole number",
    "seconds": "a number of seconds",
    "boolean": "true or false",
    "choice": "one of the choices",
    "prompt": "the id of a prompt",
    "prompts": "a list of prompt ids",
    "keys": 'a list of key sequences such as "1" or "*9"',
    "words": "a list of texts",
    "target": "a phone name or a number such as +4922112345",
    "targets": "a list of phone names or numbers",
    "number": "a phone number such as +4922112345, or an internal one",
    "time": "a time of day such as 08:30",
    "date": "a date such as 2026-12-24",
    "money": "an amount such as 12.50 EUR",
    "reference": "the id of what it refers to",
    "references": "a list of ids",
    "rows": "a list of rows",
}


def expected(meta: Setting) -> str:
    """What a setting takes, in words, such as ``a whole number that must lie between 0 and 23``."""
    if meta.choices:
        return f"one of {', '.join(map(repr, meta.choices))}"
    said = EXPECTED[meta.kind]
    if meta.shape is not None:
        said = meta.shape.en
    elif meta.pattern:
        said += f" of the shape {meta.pattern}"
    if meta.minimum is not None or meta.maximum is not None:
        said += f" that must {bounds(meta.minimum, meta.maximum)}"
    return said


PROMPT: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")
KEYS: Final = re.compile(r"[0-9*#]{1,16}")
NUMBER: Final = re.compile(r"\+[1-9][0-9]{3,14}|[0-9]{2,5}|\*[0-9]{1,15}")
TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_RIGHT_WORD: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}\.[a-z][a-z0-9_-]{0,39}")
TARGET: Final = re.compile(r"\+[1-9][0-9]{3,14}|[a-z0-9][a-z0-9_-]{0,39}")
FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "prompt": PROMPT,
    "keys": KEYS,
    "target": TARGET,
    "number": NUMBER,
    "time": TIME,
    "reference": _ID,
}
"""The shapes of texts by kind; none may be longer than 80 characters."""


def form_of(meta: Setting) -> re.Pattern[str]:
    """The shape of a text, or of each one of a list."""
    special = {"number": NUMBER, RIGHT: _RIGHT_WORD}
    return special.get(meta.to, _ID) if meta.kind == "reference" else FORMS[meta.kind]


def bounds(low: float | None, high: float | None) -> str:
    """What a number must do, one bound of which is there at least."""
    if low is None or high is None:
        return f"be at most {high:g}" if low is None else f"be at least {low:g}"
    return f"lie between {low:g} and {high:g}"
