"""The menu's entries of what is kept: one for each kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from switchhook import MenuEntry, Resource
from switchhook.administration import Kinds

ELSEWHERE: Final = frozenset({"webhook", "mail-template"})
"""Kinds with pages of their own in the menu, which show more of them."""


def entries(kinds: Kinds[Resource], brought: Sequence[MenuEntry]) -> Sequence[MenuEntry]:
    """An entry for each kind that has none among those brought, for those who may see it."""
    found, taken = [], {one.path for one in brought if one.place == "tenant"}
    for kind in kinds:
        declared = kinds.get(kind)
        if declared is not None and kind not in ELSEWHERE and f"/r/{kind}" not in taken:
            found.append(
                MenuEntry(declared.plural, f"/r/{kind}", f"{kind}.view", declared.icon or "list", declared.order)
            )
    return found
