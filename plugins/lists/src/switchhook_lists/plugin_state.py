"""What the plugin holds in each process."""

from __future__ import annotations

import attrs

from .knowing import Known


@attrs.define(eq=False)
class Lists:
    """One instance a process; modules ask their session for it."""

    known: Known = attrs.field(factory=Known, init=False)
