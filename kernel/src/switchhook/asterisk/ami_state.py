"""How patient the manager connection is, and how it is."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import attrs

#: How a connection stands; ``lost`` also means not found at all, ``refused`` that the login was.
AmiPhase = Literal["connecting", "connected", "lost", "refused", "stopped"]


@attrs.frozen
class AmiTiming:
    """How patient the connection is, all in seconds.

    A connection that says nothing is given up after at most ``ping_every`` and
    ``ping_misses`` times ``ping_deadline``: 8 s. ``boot`` bounds the wait for a
    starting Asterisk, ``listener`` what one listener may take after a connect
    or a loss. The n-th attempt to connect waits ``backoff_first`` times two to
    the power of n, at most ``backoff_last``, less up to half by chance.
    """

    connect: float = 5.0
    login: float = 5.0
    boot: float = 60.0
    ping_every: float = 4.0
    ping_deadline: float = 2.0
    ping_misses: int = 2
    sweep_every: float = 60.0
    listener: float = 20.0
    backoff_first: float = 1.0
    backoff_last: float = 30.0

    def backoff(self, attempt: int, chance: float) -> float:
        """Seconds to wait before attempt number ``attempt`` (0 is the first); ``chance`` is from 0 to 1."""
        whole = min(self.backoff_last, self.backoff_first * 2.0 ** min(attempt, 16))
        return max(self.backoff_first, whole * (0.5 + chance / 2))


@attrs.frozen
class AmiState:
    """Whether Asterisk can be reached, why not, and since when."""

    phase: AmiPhase
    reason: str
    since: datetime
