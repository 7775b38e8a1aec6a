"""One way of a distribution, as it is counted."""

from __future__ import annotations

import attrs


@attrs.frozen
class Part:
    """One way of a distribution; ``quota`` 0 means no bound."""

    way: str
    weight: int
    quota: int = 0
