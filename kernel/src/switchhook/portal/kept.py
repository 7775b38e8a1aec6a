"""What is kept of the operator's words about plugins, as values, and which plugins are left out because of them.

Every command needs this, so nothing here imports the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import attrs

PAGES: Final = "web"
"""The plugin that serves the portal's pages: without it no operator gets in, so only the settings file switches it off."""
IN_FILE: Final = "switched off in the settings file"
IN_PORTAL: Final = "switched off in the portal"
UNSAFE: Final = "left out in safe mode"


@attrs.frozen
class KeptChoice:
    """What is kept about one plugin. ``trouble`` says why secrets of it cannot be opened."""

    switched_off: bool = False
    values: Mapping[str, object] = attrs.field(factory=dict, repr=lambda values: repr(sorted(values)))
    """Plain values by the names of settings; there may be secrets in it."""
    trouble: str = ""


@attrs.frozen
class Kept:
    """What is kept about all plugins, by name, and how often portals were asked to start again by then."""

    choices: Mapping[str, KeptChoice] = attrs.field(factory=dict)
    restarts: int = 0

    def of(self, plugin: str) -> KeptChoice:
        """What is kept about a plugin, which may be nothing."""
        return self.choices.get(plugin, KeptChoice())


def left_out(
    names: Iterable[str], *, disabled: Collection[str], required: Collection[str], kept: Kept, safe: bool
) -> Mapping[str, str]:
    """The plugins that are not to be loaded, with the reason. What the settings file says stands above the portal's word."""
    out: dict[str, str] = {}
    for name in names:
        if name in disabled:
            out[name] = IN_FILE
        elif name in required or name == PAGES:
            continue
        elif kept.of(name).switched_off:
            out[name] = IN_PORTAL
        elif safe:
            out[name] = UNSAFE
    return out
