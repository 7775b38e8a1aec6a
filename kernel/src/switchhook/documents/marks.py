"""Where the parts of a text stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import attrs


@attrs.frozen(order=True)
class Mark:
    """A place in a text; line and column count from 1."""

    line: int
    column: int


TOP: Final = Mark(1, 1)


@attrs.frozen
class Span:
    """Where a value stands, as character offsets; ``key`` and ``key_end`` are those of its key, or -1.

    ``column`` counts from 0 and is where the keys of a mapping stand. The end
    of a block is the end of its last value, so that comments after it are not
    part of it.
    """

    start: int
    end: int
    key: int
    key_end: int
    column: int
    style: Literal["scalar", "flow", "block"]


@attrs.frozen
class MarkedProblem:
    """Something wrong at a place of the text."""

    mark: Mark
    path: str
    message: str


@attrs.frozen
class MarkedText:
    """The plain value of a YAML text, the places of its parts by path, and every problem of form.

    ``value`` holds dicts with text keys, lists, texts, numbers, truths and
    ``None``; it is ``None`` as well when the text could not be parsed.
    """

    value: object
    marks: Mapping[str, Mark]
    problems: tuple[MarkedProblem, ...]
    spans: Mapping[str, Span] = attrs.field(factory=dict)

    def locate(self, path: str) -> Mark:
        """The place of ``path`` such as ``points.menu.settings.keys[1]``, or of the nearest part around it."""
        while path:
            if path in self.marks:
                return self.marks[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return TOP


@attrs.frozen
class FileProblem:
    """One thing wrong with a file; line and column count from 1, ``path`` is such as ``points.menu.exits``."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        """One line in the form compilers use, which editors turn into a link."""
        where = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {where}{self.message}"
