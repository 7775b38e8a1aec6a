"""A prompt is a sound with a name: what names may look like, and what is said when there is no sound."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import attrs

from ..errors import NotFound

MAX_ID: Final = 80
OWN: Final = "own/"
"""What the ids of a tenant's own prompts begin with: the same id is another sound in another tenant."""
APOLOGY: Final = "stock/unavailable"  # what a number's fallback says when nothing else is chosen

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")
_ALLOWED: Final = "small letters, digits, '-' and '_', in parts joined by '/', each beginning with a letter or digit"


SAID: Final = "own/said/"
"""What the ids of sounds begin with that were made for a call, of a text for instance, and are in no list."""


class PromptMissing(NotFound):
    """There is no sound to play for a prompt's id in any of the languages looked at."""

    code = "prompt_missing"


class PromptRefused(PromptMissing):
    """A prompt's id, language or sound that must not be used; the message says why."""

    code = "prompt_refused"


@attrs.frozen
class Prompt:
    """A sound ready to be played: ``seconds`` long, spoken in ``language``, kept in the file ``path``.

    ``tenant`` is whose it is; what is there for everyone has none.
    """

    id: str
    language: str
    seconds: float
    path: Path
    tenant: str = ""


def check_prompt_id(text: str) -> str:
    """``text`` if it may name a prompt, such as ``welcome`` or ``stock/goodbye``.

    An id is a key of a library, never a path or a URL: it reaches Asterisk
    only as part of a file name made here, where ``&`` would join sounds,
    ``http://`` would fetch one and ``..`` would leave the library (SEC13).
    Raises ``PromptRefused``.
    """
    if len(text) > MAX_ID:
        raise PromptRefused(f"a prompt id has at most {MAX_ID} characters, this one has {len(text)}", length=len(text))
    if not _ID.fullmatch(text):
        raise PromptRefused(f"{text!r} cannot be a prompt id: allowed are {_ALLOWED}", id=text)
    return text


def check_language(text: str) -> str:
    """``text`` if it is a language tag such as ``de`` or ``en-gb``; raises ``PromptRefused``."""
    if not _LANGUAGE.fullmatch(text):
        raise PromptRefused(f"{text[:40]!r} is no language tag such as 'de' or 'en-gb'", language=text[:40])
    return text
