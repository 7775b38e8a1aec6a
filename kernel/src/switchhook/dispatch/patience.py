"""The time all plugins together have before a caller must hear something."""

from __future__ import annotations

from collections import Counter
from time import perf_counter

import attrs


@attrs.define
class Patience:
    """``seconds`` from now on for all implementations of several hooks together.

    Each keeps its own deadline as well. When the time is over, those that wait
    are cut off and those that answer at once still count; the one that took
    the longest is at fault, once.
    """

    seconds: float
    _began: float = attrs.field(factory=perf_counter, init=False)
    _took: Counter[tuple[str, str]] = attrs.field(factory=Counter, init=False)
    _blamed: bool = attrs.field(default=False, init=False)

    def left(self) -> float:
        """Seconds that are left, never below 0."""
        return max(0.0, self._began + self.seconds - perf_counter())

    def spent(self, plugin: str, hook: str, seconds: float) -> None:
        """Note how long an implementation took."""
        self._took[plugin, hook] += seconds  # type: ignore[assignment] # a Counter adds up seconds as well

    def blame(self) -> tuple[str, str, float] | None:
        """Plugin, hook and seconds of the implementation that took the longest; None when it was told already."""
        if self._blamed or not self._took:
            return None
        self._blamed = True
        ((plugin, hook), seconds) = self._took.most_common(1)[0]
        return plugin, hook, seconds
