"""Links lead somewhere, and what a page names exists."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from pages import DOCS, PAGES, ROOT, code_in, name, prose
from switchhook_daytime.plugin import Opening

from switchhook.config import load
from switchhook.portal.plugin_settings import declared_settings, variable

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
KEYS = re.compile(r"(store|agi|ami|asterisk|trunk|portal|plugins)\.([a-z_]+)")
DOTTED = re.compile(r"switchhook(_[a-z]+)?(\.\w+)+")
PLACE = re.compile(r"(kernel|plugins|tests|docs)/[\w./-]*")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{target} leads to nothing"
        assert not anchor or anchor in anchors(file), f"{target}: there is no such heading"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


_OF_THE_TESTS = {
    word
    for file in ROOT.glob("tests/**/*.py")
    for word in re.findall(r"environ(?:\.get\(|\[)\"(SWITCHHOOK_TEST_[A-Z]+)", file.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_environment_variables_exist(page: Path) -> None:
    of_the_tutorial = {variable("daytime", key) for key in declared_settings(Opening)}
    known = {*load._overrides(), *load.ENVIRONMENT, *of_the_tutorial, *_OF_THE_TESTS}
    for word in re.findall(r"\bSWITCHHOOK_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8")):
        assert word in known


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_settings_exist(page: Path) -> None:
    known = {f"{section}.{key}" for section, key, _ in load._overrides().values()}
    for code in code_in(page):
        if (found := KEYS.fullmatch(code)) is not None and found[2] not in ("rc", "py", "md"):
            assert code in known


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_names_exist(page: Path) -> None:
    for code in code_in(page):
        if DOTTED.fullmatch(code) and not code.endswith((".db", ".toml", ".csv", ".service")):
            resolve(code)


def resolve(dotted: str) -> object:
    parts = dotted.split(".")
    for at in range(len(parts), 0, -1):
        try:
            thing: object = importlib.import_module(".".join(parts[:at]))
        except ModuleNotFoundError:
            continue
        for part in parts[at:]:
            thing = member(thing, part)
        return thing
    raise AssertionError(f"there is no {dotted}")


def member(thing: object, part: str) -> object:
    fields = {field.name for field in getattr(thing, "__attrs_attrs__", ())}
    return part if part in fields else getattr(thing, part)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_places_in_the_repository_exist(page: Path) -> None:
    for code in code_in(page):
        if PLACE.fullmatch(code) and page != DOCS / "how-to" / "back-up.md":
            assert (ROOT / code).exists(), f"{code} does not exist"


def test_every_page_is_reached_from_the_index() -> None:
    listed = {DOCS / "index.md"}
    for index in (DOCS / "index.md", DOCS / "decisions" / "index.md"):
        for entry in re.findall(r"^([a-z0-9/-]+)$", index.read_text(encoding="utf-8"), re.MULTILINE):
            listed.add(index.parent / f"{entry}.md")
    assert {page for page in PAGES if page.is_relative_to(DOCS)} == listed
