"""The numbers that callers suppress in tests, and the search that finds them nowhere (S52, I06, I15).

Whoever suppresses a number in a test takes it from here and never shows it. When a lab's directory goes, database,
logs, spool, exports, mails, configuration and the names of all files are searched for each of them.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SUPPRESSED: Final = ("+4917698765432", "+4917612345678", "+4915798760001")
OUTSIDE: Final = frozenset({"carrier"})
"""The network's own part of a lab: it knows who calls."""


def traces(home: Path) -> list[str]:
    """Where in a directory a suppressed number is, in whatever way it may be written; sound itself is not looked into."""
    return sorted(
        f"{path.relative_to(home)} holds {number}"
        for path in home.rglob("*")
        if not OUTSIDE & set(path.relative_to(home).parts)
        for number in SUPPRESSED
        if _is_in(number.removeprefix("+49").encode(), path)
    )


def _is_in(digits: bytes, path: Path) -> bool:
    return any(text.find(digits) >= 0 for text in _texts(path))


def _texts(path: Path) -> Iterator[bytes | mmap.mmap]:
    yield path.name.encode()
    if path.is_symlink():
        yield str(path.readlink()).encode()
    elif path.is_file() and path.suffix != ".wav" and path.stat().st_size:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            yield held
