"""Names administrators give to rows, of which exits are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from switchhook import Finding, Label, setting

NAME: Final = "[a-z0-9][a-z0-9_-]{0,23}"
SHAPE: Final = Label("ein Wort aus kleinen Buchstaben, Ziffern, - und _", "a word of small letters, digits, - and _")
VARIABLE: Final = "[a-z][a-z0-9_]{0,39}"
VARIABLE_SHAPE: Final = Label(
    "ein Variablenname aus kleinen Buchstaben, Ziffern und _", "a variable's name of small letters, digits and _"
)


def name_of_exit() -> Any:
    """The field of a row that names its exit."""
    return setting("text", "Name des Ausgangs", "Name of the exit", pattern=NAME, shape=SHAPE)


def twice(names: Iterable[str], path: str) -> Iterator[Finding]:
    """Names that two rows have: their exits could not be told apart."""
    for name, count in Counter(names).items():
        if count > 1:
            yield Finding(
                "routing-name",
                "error",
                path,
                f"two rows have the name {name!r}; give each its own",
                german=f"Zwei Zeilen heißen {name!r}; geben Sie jeder ihren eigenen Namen.",
            )
