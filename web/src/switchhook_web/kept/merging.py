"""Two people edited the same: what each changed, put together, and the rest left to the one who saves last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from switchhook.administration import Setting, settings_of


@attrs.frozen
class Side:
    """A field where both versions differ. ``pick`` is ``mine``, ``theirs``, or empty where both changed it."""

    name: str
    setting: Setting
    base: object
    theirs: object
    mine: object
    pick: str


def compare(
    declared: type[Any], base: Mapping[str, object] | None, theirs: Mapping[str, object], mine: Mapping[str, object]
) -> Sequence[Side]:
    """The fields that differ. What only one side changed is picked already; without a base nothing is."""
    sides = []
    for name, (meta, _) in settings_of(declared).items():
        if meta.secret or theirs.get(name) == mine.get(name):
            continue
        was = base.get(name) if base is not None else None
        pick = ""
        if base is not None and name in base:
            pick = "mine" if theirs.get(name) == was else "theirs" if mine.get(name) == was else ""
        sides.append(Side(name, meta, was, theirs.get(name), mine.get(name), pick))
    return sides


def merged(
    theirs: Mapping[str, object], mine: Mapping[str, object], sides: Sequence[Side], picks: Mapping[str, str]
) -> Mapping[str, object] | None:
    """What is to be kept; None while a field waits for a choice."""
    ready = {**mine}
    for side in sides:
        pick = picks.get(side.name) or side.pick
        if pick not in ("mine", "theirs"):
            return None
        if pick == "theirs":
            ready[side.name] = theirs[side.name]
    return ready


def picked(sides: Sequence[Side], picks: Mapping[str, str]) -> Sequence[Side]:
    """The sides with what somebody picked."""
    return [attrs.evolve(one, pick=picks.get(one.name) or one.pick) for one in sides]
