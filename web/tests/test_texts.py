"""Every text of templates and code has its German, with the same places to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2.defaults import DEFAULT_FILTERS

import switchhook_web
from switchhook_web.texts import catalogue

HERE = Path(switchhook_web.__file__).parent
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
PLACES = re.compile(r"%\(\w+\)[sd]")


def texts() -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Where a text stands, and the text, with its plural if it has one."""
    for file, line, message, _, _ in extract_from_dir(HERE, METHODS, OPTIONS):
        found = (message,) if isinstance(message, str) else tuple(part for part in message if part)
        yield file, line, found


def test_no_text_is_missing_in_german():
    german = catalogue("de")
    missing = sorted({f"{file}:{line}: {text[0]!r}" for file, line, text in texts() if text[0] not in german})
    assert missing == [], "write them into web/src/switchhook_web/locale/de/<area>.po"
    single = [text for _, _, text in texts() if len(text) == 2 and len(german[text[0]]) != 2]
    assert single == []


def test_no_text_has_two_meanings_in_german():
    """Catalogues of several areas are put together, where the last one would win without a word."""
    said: dict[str, set[str]] = {}
    for file in sorted((HERE / "locale" / "de").glob("*.po")):
        with file.open("rb") as opened:
            for message in read_po(opened):
                if message.id:
                    said.setdefault(str(message.id), set()).add(str(message.string))
    assert {text: meanings for text, meanings in said.items() if len(meanings) > 1} == {}


def test_german_fills_in_the_same_places():
    for english, german in catalogue("de").items():
        said = (german,) if isinstance(german, str) else german
        assert {place for text in said for place in PLACES.findall(text)} <= set(PLACES.findall(english)) | {
            "%(num)d"
        }, english


def test_no_german_text_is_left_over():
    used = {text[0] for _, _, text in texts()}
    assert sorted(set(catalogue("de")) - used) == []


async def test_jinjas_own_filters_mean_what_everybody_knows(portal):
    filters = portal.app.jinja_env.filters
    assert {name for name, kept in DEFAULT_FILTERS.items() if filters[name] is not kept} == set()
    assert filters["lasting"](75) == "1:15"
