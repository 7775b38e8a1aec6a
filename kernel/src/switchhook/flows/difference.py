"""What changed between two versions of a flow, point by point, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs

from .flow import Flow
from .writing import plain_flow


@attrs.frozen
class Change:
    """One value that was added, removed or changed; ``path`` is such as ``points.menu.settings.keys``."""

    kind: Literal["added", "removed", "changed"]
    path: str
    before: object = None
    after: object = None

    def __str__(self) -> str:
        """The change in words."""
        match self.kind:
            case "added":
                return f"{self.path}: added {_shown(self.after)}"
            case "removed":
                return f"{self.path}: removed {_shown(self.before)}"
        return f"{self.path}: {_shown(self.before)} became {_shown(self.after)}"


def difference(before: Flow, after: Flow) -> list[Change]:
    """The changes that lead from one version to the other; empty for equal flows. Order plays no part."""
    return list(_compared("", plain_flow(before), plain_flow(after)))


def _compared(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        here = f"{path}.{key}" if path else key
        if key not in after:
            yield Change("removed", here, before=before[key])
        elif key not in before:
            yield Change("added", here, after=after[key])
        elif isinstance(before[key], dict) and isinstance(after[key], dict):
            yield from _compared(here, before[key], after[key])
        elif before[key] != after[key]:
            yield Change("changed", here, before[key], after[key])


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return f"{value['module']!r}" if "module" in value else ", ".join(f"{k}: {_shown(v)}" for k, v in value.items())
    return repr(value)
