"""The stock prompts: what is said under which id, in each language. The texts are in texts/LANGUAGE.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import attrs

from ..calls.prompts import PromptRefused, check_language, check_prompt_id
from ..errors import NotFound, near_match


@attrs.frozen
class Tone:
    """A stock sound that is no speech: a sine of ``hertz`` for ``seconds``, then ``pause`` seconds of silence."""

    hertz: float
    seconds: float
    pause: float = 0.0


TONES: Final[Mapping[str, Tone]] = {
    "stock/beep": Tone(1000.0, 0.3),
    "stock/conference-joined": Tone(880.0, 0.2),
    "stock/conference-left": Tone(440.0, 0.2),
    "stock/busy-tone": Tone(425.0, 0.48, 0.48),
    "stock/dial-tone": Tone(425.0, 15.0),  # as in Germany, for as long as somebody is waited for who dials
}


def stock_languages() -> tuple[str, ...]:
    """The languages the stock prompts exist in."""
    names = (file.name for file in files(__package__).joinpath("texts").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def stock_texts(language: str) -> dict[str, str]:
    """The text of each stock prompt in a language, by its id; raises ``NotFound`` for a language without texts."""
    known = stock_languages()
    if check_language(language) not in known:
        hint = near_match(language, known)
        raise NotFound(f"there are no stock prompts in {language!r}{hint}, only in: {', '.join(known)}")
    return dict(_bundled(language))


@cache
def _bundled(language: str) -> Mapping[str, str]:
    return read_texts(files(__package__).joinpath("texts", f"{language}.toml").read_text(encoding="utf-8"))


def read_texts(source: str) -> dict[str, str]:
    """The texts in a TOML document of the catalogue's form: one table a group, one line a prompt.

    Raises ``PromptRefused`` naming the entry that is no text or no id.
    """
    texts: dict[str, str] = {}
    for group, entries in tomllib.loads(source).items():
        if not isinstance(entries, dict):
            raise PromptRefused(f"{group} stands outside a table such as [stock]")
        for key, text in entries.items():
            id = check_prompt_id(f"{group}/{key}")  # noqa: A001 - the domain's own word
            if not isinstance(text, str) or not text.strip():
                raise PromptRefused(f"the text of {id} is no text in quotes")
            texts[id] = text
    return texts
