"""Every text of templates and code has its German, with the same places to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2.defaults import DEFAULT_FILTERS

import switchhook_web
from switchhook_web.texts import catalogue, read_catalogue

HERE = Path(switchhook_web.__file__).parent
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
PLACES = re.compile(r"%\(\w+\)[sd]")


PLUGINS = sorted(file.parent for file in Path(__file__).parents[2].glob("plugins/*/src/*/locale"))


def texts(folder: Path = HERE) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Where a text stands, and the text, with its plural if it has one."""
    for file, line, message, _, _ in extract_from_dir(folder, METHODS, OPTIONS):
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


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda folder: folder.name)
def test_pages_of_a_plugin_speak_german_and_say_nothing_that_is_left_over(plugin):
    own, web = read_catalogue(plugin / "locale", "de"), catalogue("de")
    said = {text[0]: text for _, _, text in texts(plugin)}
    assert sorted(set(said) - set(own) - set(web)) == [], f"write them into {plugin / 'locale/de'}"
    assert sorted(set(own) - set(said)) == []
    assert sorted(own.keys() & web.keys()) == [], "the web says these already, and its words win"
    for english, german in own.items():
        parts = (german,) if isinstance(german, str) else german
        assert len(parts) == len(said[english]), english
        assert {p for part in parts for p in PLACES.findall(part)} <= set(PLACES.findall(english)), english
