"""The menu's entries of what is kept: one for each kind."""

from __future__ import annotations

from collections.abc import Sequence

from switchhook import MenuEntry, Resource
from switchhook.administration import Kinds


def entries(kinds: Kinds[Resource]) -> Sequence[MenuEntry]:
    """An entry for each kind, for those who may see it."""
    found = []
    for kind in kinds:
        declared = kinds.get(kind)
        if declared is not None:
            found.append(
                MenuEntry(declared.plural, f"/r/{kind}", f"{kind}.view", declared.icon or "list", declared.order)
            )
    return found
