"""What Asterisk wrote into its logs since a moment, and which of it says why it failed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_ERROR = re.compile(r"ERROR\[\d+\](\[\S+\])? *(.*)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LINES = 3


def log_ends(directory: Path) -> dict[Path, int]:
    """Each log file of the directory with its present size in bytes."""
    return {path: path.stat().st_size for path in directory.iterdir() if path.is_file()} if directory.is_dir() else {}


def last_words(directory: Path, since: Mapping[Path, int]) -> str:
    """The last errors logged after ``since`` (see :func:`log_ends`), else the last lines of any kind, else "nothing"."""
    lines: list[str] = []
    for path in sorted(log_ends(directory)):
        with path.open("rb") as file:
            file.seek(since.get(path, 0))
            text = _COLOUR.sub("", file.read().decode(errors="replace"))
        lines += [line.strip() for line in text.splitlines() if line.strip()]
    errors = [match[2] for match in map(_ERROR.search, lines) if match]
    return " / ".join((errors or lines)[-_LINES:]) or "nothing"
