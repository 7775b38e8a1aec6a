"""From docstrings to Markdown, and tables."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

_ROLE: Final = re.compile(r":[a-z]+:`~?([^`]+)`")


def doc(thing: object) -> str:
    """The docstring of ``thing`` as Markdown."""
    return text(inspect.getdoc(thing) or "")


def text(docstring: str) -> str:
    """A docstring as Markdown: double backticks and roles become code."""
    return _ROLE.sub(lambda found: f"`{found[1]}`", docstring).replace("``", "`")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; line ends and bars in cells are made harmless."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(cell: str) -> str:
    return " ".join(cell.split()).replace("|", "\\|")


class _Words(str):
    """An annotation that shows as it was written."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def written(function: Callable[..., object]) -> str:
    """A function's signature as its source has it, without ``self``; defaults that are sentinels show as ``...``."""
    found = inspect.signature(function)
    kept = [_shown(one) for one in found.parameters.values() if one.name != "self"]
    gives = _Words(found.return_annotation) if isinstance(found.return_annotation, str) else found.return_annotation
    return str(found.replace(parameters=kept, return_annotation=gives))


def _shown(parameter: inspect.Parameter) -> inspect.Parameter:
    if isinstance(parameter.annotation, str):
        parameter = parameter.replace(annotation=_Words(parameter.annotation))
    plain = isinstance(parameter.default, str | int | float | tuple | type(None))
    return parameter if plain or parameter.default is parameter.empty else parameter.replace(default=_Words("..."))
