"""German and English: the catalogues of ``locale/de/*.po``, and the language of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Protocol

from babel.messages.pofile import read_po
from quart import g, has_request_context, request

from switchhook.administration import Settings

LANGUAGES: Final = ("de", "en")
NAMES: Final = {"de": "Deutsch", "en": "English"}
FOLDER: Final = Path(__file__).with_name("locale")
COOKIE: Final = "switchhook-language"


class Said(Protocol):
    """A text in both languages."""

    @property
    def de(self) -> str:
        """German."""

    @property
    def en(self) -> str:
        """English."""


@cache
def catalogue(language: str) -> Mapping[str, str | tuple[str, ...]]:
    """All texts of a language by their English ones; a text with a plural has a tuple."""
    texts: dict[str, str | tuple[str, ...]] = {}
    for file in sorted((FOLDER / language).glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language):
                if not message.id or message.fuzzy:
                    continue
                single = message.id if isinstance(message.id, str) else message.id[0]
                if message.string and all(message.string):
                    texts[single] = message.string if isinstance(message.string, str) else tuple(message.string)
    return texts


def language() -> str:
    """The language of whoever asks; English outside a request."""
    return getattr(g, "language", "en") if has_request_context() else "en"


def gettext(text: str, **values: object) -> str:
    """A text in the language of whoever asks, with ``%(name)s`` filled in."""
    found = catalogue(language()).get(text, text)
    said = found if isinstance(found, str) else found[0]
    return said % values if values else said


def ngettext(single: str, plural: str, n: int, **values: object) -> str:
    """A text about a number of things."""
    found = catalogue(language()).get(single)
    said = (single, plural) if found is None or isinstance(found, str) else found
    return said[0 if n == 1 else 1] % {"n": n, "num": n, **values}


def say(label: Said | str | None) -> str:
    """A label in the language of whoever asks."""
    if label is None or isinstance(label, str):
        return label or ""
    return label.de if language() == "de" else label.en


def chosen_language(settings: Settings) -> str:
    """What the person chose, else what the browser prefers, else that of the portal."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or settings.portal.language
