"""The pages that people read, and what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FRONT = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "kernel/README.md")
PAGES = [
    *(ROOT / name for name in FRONT),
    *sorted(ROOT.glob("plugins/*/README.md")),
    *sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts),
]
FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


@attrs.frozen
class Block:
    """A fenced block: where it stands, its language and its text."""

    page: Path
    language: str
    text: str

    def __str__(self) -> str:
        first = self.text.strip().partition("\n")[0]
        return f"{name(self.page)}: {first[:50]}"


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def blocks(*languages: str) -> list[Block]:
    return [
        Block(page, found[1], found[2])
        for page in PAGES
        for found in FENCE.finditer(page.read_text(encoding="utf-8"))
        if found[1] in languages
    ]


def code_in(page: Path) -> Iterator[str]:
    """Everything a page writes as code inside its text."""
    for found in CODE.finditer(prose(page)):
        yield found[1]


def reference(page: str) -> str:
    return (DOCS / "reference" / f"{page}.md").read_text(encoding="utf-8")


def rows(page: str) -> dict[str, str]:
    """The table rows of a reference page by the code in their first cells."""
    found: dict[str, str] = {}
    for line in reference(page).splitlines():
        if line.startswith("| `"):
            first, _, rest = line.removeprefix("| ").partition(" | ")
            found |= dict.fromkeys(CODE.findall(first), rest)
    return found
