"""Nothing here starts a shell, which would read what people and callers wrote as commands (SEC06)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHELLS = {"create_subprocess_shell", "subprocess_shell", "system", "popen", "getoutput", "getstatusoutput", "spawnlp"}


def shells(text: str) -> Iterator[int]:
    """The lines that would start one."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name) if name in SHELLS:
                yield node.lineno
            case ast.Call(func=func, keywords=given) if ast.unparse(func) != "render":  # a page has a shell of its own
                yield from (one.value.lineno for one in given if one.arg == "shell" and not _is_off(one.value))


def _is_off(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def test_no_source_starts_a_shell() -> None:
    sources = [one for folder in ("kernel", "web", "plugins/*") for one in ROOT.glob(f"{folder}/src/**/*.py")]
    assert len(sources) > 300
    found = [f"{one.relative_to(ROOT)}:{no}" for one in sources for no in shells(one.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "await asyncio.create_subprocess_shell(line)",
        "subprocess.run(line, shell=True)",
        "subprocess.run(line, shell=how)",
        "from os import system",
        "os.popen(line)",
    ],
)
def test_each_way_to_one_is_seen(text: str) -> None:
    assert list(shells(text)) == [1]
