"""Whatever people can read of what the kernel and the first plugins say has German."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import Final

import pytest
from harvested import harvest, plain
from hypothesis import given, settings
from hypothesis import strategies as st

from switchhook import Label
from switchhook_web.sentences import kernels, names_of, with_plugins

ROOT: Final = Path(__file__).parents[2]
PLUGINS: Final = (
    "announcements",
    "callthrough",
    "conference",
    "forward",
    "hours",
    "ivr",
    "mailbox",
    "recording",
    "routing",
)
SOURCES: Final = ("kernel/src/switchhook", *(f"plugins/{name}/src" for name in PLUGINS), "web/src/switchhook_web")
INTERNAL: Final = {
    "kernel/src/switchhook/asterisk/": "what is said to Asterisk is the operator's business, at the command line and in the log",
    "kernel/src/switchhook/cli/": "commands are English",
    "kernel/src/switchhook/config/": "settings files are read at the start",
    "kernel/src/switchhook/demo/": "a command",
    "kernel/src/switchhook/prompts/build.py": "a command",
    "kernel/src/switchhook/prompts/catalogue.py": "a command",
    "kernel/src/switchhook/speech/": "a command",
    "kernel/src/switchhook/testing": "for authors of plugins",
    "kernel/src/switchhook/portal/plugging.py": "stops the start",
    "kernel/src/switchhook/portal/plugin_settings.py": "stops the start",
    "kernel/src/switchhook/people/rights.py": "stops the start",
    "kernel/src/switchhook/schema/kinds.py": "stops the start, or is a fault of a plugin",
    "kernel/src/switchhook/store/engine.py": "stops the start",
    "kernel/src/switchhook/store/migrations.py": "stops the start",
    "kernel/src/switchhook/switchboard/arrival.py": "said to Asterisk",
    "web/src/switchhook_web/api/": "the API is English, with codes",
    "web/src/switchhook_web/access.py": "stops the start",
    "web/src/switchhook_web/asset_files.py": "stops the start",
}
"""Files whose sentences reach nobody who reads pages, and why; those that do all the same have German."""
NEVER_SHOWN: Final = {
    "hook {} is of kind {}, not {}": "a mistake in the kernel itself",
    "{} {} is brought by both {} and {}; disable one of them": "stops the start",
    "plugins {} and {} both bring the mail template {}; disable one of them": "stops the start",
    "plugins {} and {} both bring the placed call {}; disable one of them": "stops the start",
    "has no wording": "a fault of a plugin",
}
PARTS: Final = frozenset({
    "tenant {} {}",
    "the tenant {}",
    "tries the portal and may have {}; the operator lifts this limit ({}) by making the tenant active",
    '; write "{}" in quotes',
    "{} is no id; {}",
    "{} is no id for a point{}",
    "ids hold a-z, 0-9, - and _, begin with a letter or digit and have at most 40 characters",
    "; {} means the end of the call",
    "; the plugin {} brings it and is not loaded",
    "; no plugin with modules is loaded",
    "name the {}s it is for",
    "; known are {}",
    " and {} more",
    "{}.change",
    "; there are {}",
    "redirected the call, which is not followed",
    "no answer",
    "declined by key",
    "not reachable",
    "call rejected",
    "the network failed",
    "{}, the longest talk allowed",
    "{} entered, at least {} needed",
    "{} entered",
    "1 digit",
    "{} digits",
})  # fmt: skip
"""Parts of sentences that have German as a whole."""
BROUGHT: Final = [(name, one) for name in PLUGINS for one in import_module(f"switchhook_{name}.sentences").SENTENCES]
KNOWN: Final = [*kernels(), *(label for _, label in BROUGHT)]


@cache
def made() -> list[tuple[str, str]]:
    """Where a sentence is made, and its template."""
    files = sorted(file for source in SOURCES for file in (ROOT / source).rglob("*.py"))
    read = [file for file in files if not str(file.relative_to(ROOT)).startswith(tuple(INTERNAL))]
    return [(f"{one.file}:{one.line}", one.template) for one in harvest(read, ROOT)]


def test_no_sentence_is_missing_in_german():
    known = [plain(one) for label in KNOWN for one in (label.en, label.en.replace("{hint:hint}", ""))]
    general = [
        re.compile(re.escape(one).replace(r"\{\}", r"(\{\}|\w+)"))
        for one in known
        if re.match(r"there is|your right|{} {} [a-z]+ ", one)
    ]
    missing = [
        f"{where}: {template}"
        for where, template in made()
        if template not in known
        and template not in PARTS
        and template not in NEVER_SHOWN
        and not any(one.fullmatch(template) for one in general)
    ]
    assert missing == [], "write them into web/src/switchhook_web/locale/de/sentences/, or into the plugin"


def test_what_needs_no_german_is_still_said():
    templates = {template for _, template in made()}
    assert {one for one in [*PARTS, *NEVER_SHOWN] if one not in templates} == set()
    assert [one for one in INTERNAL if not list(ROOT.glob(f"{one}*"))] == []


def test_many_sentences_are_found():
    assert len(made()) > 300
    assert ("kernel/src/switchhook/people/attempts.py:55", "too many attempts; try again in {} s") in made()


# -- there and back -------------------------------------------------------------------------------------------

SENTENCES: Final = with_plugins(BROUGHT)
WORDS: Final = st.text(st.characters(categories=["L", "N"], include_characters="+-_/@"), min_size=1, max_size=12)
"""Ids, numbers, addresses: what stands in sentences without quotes has no marks that part sentences."""
OTHERS: Final = st.sampled_from(sorted({word for label in KNOWN for word in re.findall(r"[\w-]+", plain(label.en))}))
"""Words of the templates; without quotes some make a sentence that has a template of its own."""
ANYTHING: Final = st.one_of(
    st.text(max_size=30), OTHERS, st.sampled_from(["'", '"', "{x}", "{}", "a\nb", "it's", "\\"])
)


def places(template: str) -> Iterator[tuple[str, str]]:
    """The names and kinds of a template's places."""
    for _, name, kind, conversion in Formatter().parse(template):
        if name:
            yield name, conversion or kind or ""


def filled(template: str, values: dict[str, str]) -> str:
    """A template with values; those that are quoted come as Python shows them."""
    return "".join(text + (values[name] if name else "") for text, name, *_ in Formatter().parse(template))


def there_and_back(label: Label, texts: dict[str, str]) -> None:
    """A sentence made of a template's English is that of its German, with the same values."""
    kinds = dict(places(label.en))
    values = {name: repr(text) if kinds[name] == "r" else text for name, text in texts.items()}
    values |= {name: "" for name, kind in kinds.items() if kind == "hint"}
    german = {name: translated(text, kinds[name]) for name, text in values.items()}
    assert SENTENCES.german(filled(label.en, values)) == filled(label.de, german), label.en


@pytest.mark.parametrize("text", ["12", "a{b}'c\"", "is", "busy", "prüfen"])
def test_each_sentence_comes_back_in_german(text):
    for label in KNOWN:
        there_and_back(label, dict.fromkeys(dict(places(label.en)), text))


@st.composite
def sentence(draw):
    """A template and values for it."""
    label = draw(st.sampled_from(KNOWN))
    kinds = dict(places(label.en))
    return label, {name: draw(ANYTHING if kind == "r" else WORDS) for name, kind in kinds.items()}


@given(sentence())
@settings(max_examples=400, deadline=None, database=None, derandomize=True)
def test_values_are_the_same_there_and_back(made_of):
    there_and_back(*made_of)


def translated(value: str, kind: str) -> str:
    return SENTENCES.german(value) if kind in ("said", "name", "list") else value


def test_the_catalogue_says_everything_once():
    english = [label.en for label in KNOWN]
    assert sorted(one for one in set(english) if english.count(one) > 1) == []
    said_otherwise = {"end", "mend"}  # the linter's German has words of its own for them
    assert [label.en for label in KNOWN if names_of(label.en) - names_of(label.de) - said_otherwise] == []
