"""The kernel's sentences about fields in German: they are made for files and commands, and people read them in forms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

_HOLDS: Final[Mapping[str, str]] = {
    "a text": "ein Text",
    "a whole number": "eine ganze Zahl",
    "a number of seconds": "eine Anzahl von Sekunden",
    "true or false": "ja oder nein",
    "one of the choices": "eine der Möglichkeiten",
    "the id of a prompt": "die Kennung einer Ansage",
    "a list of prompt ids": "eine Liste von Ansagen",
    'a list of key sequences such as "1" or "*9"': 'eine Liste von Tastenfolgen wie "1" oder "*9"',
    "a list of texts": "eine Liste von Texten",
    "a phone name or a number such as +4922112345": "ein Telefon oder eine Rufnummer wie +4922112345",
    "a list of phone names or numbers": "eine Liste von Telefonen oder Rufnummern",
    "a phone number such as +4922112345, or an internal one": "eine Rufnummer wie +4922112345 oder eine interne",
    "a time of day such as 08:30": "eine Uhrzeit wie 08:30",
    "a date such as 2026-12-24": "ein Datum wie 2026-12-24",
    "an amount such as 12.50 EUR": "ein Betrag wie 12,50 EUR",
    "the id of what it refers to": "eine Auswahl",
    "a list of ids": "eine Auswahl",
    "a list of rows": "eine Liste von Einträgen",
}
_SENTENCES: Final[Sequence[tuple[re.Pattern[str], str]]] = [
    (re.compile(pattern, re.DOTALL), german)
    for pattern, german in (
        (r"is missing; it holds (?P<holds>.+)", "fehlt: {holds}"),
        (r"must lie between (?P<a>\S+) and (?P<b>\S+), not (?P<value>.+)", "muss zwischen {a} und {b} liegen: {value}"),
        (r"must be at least (?P<a>\S+), not (?P<value>.+)", "muss mindestens {a} sein: {value}"),
        (r"must be at most (?P<a>\S+), not (?P<value>.+)", "darf höchstens {a} sein: {value}"),
        (r"must be one of (?P<all>.+), not (?P<value>.+)", "muss eines hiervon sein: {all}; nicht {value}"),
        (r"(?P<value>.+) does not have the shape (?P<shape>.+)", "{value} hat nicht die Form {shape}"),
        (r"(?P<value>.+) is there twice", "{value} steht doppelt da"),
        (r"needs at least (?P<a>\S+)", "braucht mindestens {a}"),
        (r"there is no (?P<kind>\S+) (?P<id>'.*')", "gibt es nicht: {id} ({kind})"),
        (r"unknown setting(?P<hint>.*)", "unbekanntes Feld"),
    )
]


def in_language(sentence: str, language: str) -> str:
    """A sentence about a field; what has no German stays as it is, such as those of plugins."""
    if not language.startswith("de"):
        return sentence
    for holds, german in _HOLDS.items():
        if sentence.startswith(f"must be {holds}, not "):
            return f"verlangt ist {german}: {sentence.removeprefix(f'must be {holds}, not ')}"
    for pattern, german in _SENTENCES:
        if found := pattern.fullmatch(sentence):
            parts = found.groupdict()
            return german.format(**{**parts, "holds": _HOLDS.get(parts.get("holds", ""), parts.get("holds", ""))})
    return sentence
