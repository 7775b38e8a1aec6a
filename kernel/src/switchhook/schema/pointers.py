"""What declared fields refer to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from .setting import RIGHT, settings_of

PROMPT: Final = "prompt"
"""What a prompt a field names leads to: no row, but what brings it must know that it is used."""


@attrs.frozen
class Pointer:
    """A reference from a field: where it stands, and to what it leads."""

    path: str
    to_kind: str
    to_id: str


def pointers(value: attrs.AttrsInstance, path: str = "") -> Iterator[Pointer]:
    """Everything the declared fields refer to, rows included."""
    for name, (meta, _) in settings_of(type(value)).items():
        held = getattr(value, name)
        at = f"{path}{name}"
        if meta.to == RIGHT:
            continue  # a word plugins bring, which stays when they go
        to = PROMPT if meta.kind in (PROMPT, "prompts") else meta.to
        if meta.kind in ("reference", PROMPT) and held:
            yield Pointer(at, to, held)
        elif meta.kind in ("references", "prompts"):
            yield from (Pointer(f"{at}[{i}]", to, one) for i, one in enumerate(held))
        elif meta.kind == "rows":
            for i, row in enumerate(held):
                yield from pointers(row, f"{at}[{i}].")
