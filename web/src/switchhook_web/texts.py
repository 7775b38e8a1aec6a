"""German and English: the catalogues of ``locale/de/*.po``, and the language of whoever asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Protocol, TypeVar

from babel.messages.pofile import read_po
from quart import current_app, g, has_app_context, has_request_context, request

from switchhook.administration import Language, Settings

LANGUAGES: Final = ("de", "en")
NAMES: Final = {"de": "Deutsch", "en": "English"}
FOLDER: Final = Path(__file__).with_name("locale")
COOKIE: Final = "switchhook-language"
T = TypeVar("T", bound=str)


class Said(Protocol):
    """A text in both languages."""

    @property
    def de(self) -> str:
        """German."""

    @property
    def en(self) -> str:
        """English."""


Catalogue = Mapping[str, str | tuple[str, ...]]
"""Texts of a language by their English ones; a text with a plural has a tuple."""


@cache
def catalogue(language: str) -> Catalogue:
    """All texts of the web itself in a language."""
    return read_catalogue(FOLDER, language)


def read_catalogue(folder: Path, language: str) -> Catalogue:
    """The texts of a folder's catalogues in a language, ``LANGUAGE/*.po``."""
    texts: dict[str, str | tuple[str, ...]] = {}
    for file in sorted((folder / language).glob("*.po")):
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


def _known() -> Catalogue:
    """The texts of whoever asks: the web's and those of plugins."""
    said = language()
    whole = current_app.extensions.get("texts", {}) if has_app_context() else {}
    found: Catalogue = whole.get(said) or catalogue(said)
    return found


def gettext(text: str, **values: object) -> str:
    """A text in the language of whoever asks, with ``%(name)s`` filled in."""
    found = _known().get(text, text)
    said = found if isinstance(found, str) else found[0]
    return said % values if values else said


def ngettext(single: str, plural: str, n: int, **values: object) -> str:
    """A text about a number of things."""
    found = _known().get(single)
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
    return best_language(request.headers.get("Accept-Language", ""), settings.portal.language)


def best_language(accepted: str, fallback: T) -> T | Language:
    """German or English, by ``Accept-Language``: ``de-AT`` is German."""
    best: tuple[float, T | Language] = (0.0, fallback)
    for part in accepted.split(",")[:20]:
        tag, _, rest = part.strip().partition(";")
        found = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", rest)
        weight = float(found[1]) if found else (0.0 if rest else 1.0)
        language = tag.strip().lower().partition("-")[0]
        if language in ("de", "en") and weight > best[0]:
            best = weight, "de" if language == "de" else "en"
    return best[1]
