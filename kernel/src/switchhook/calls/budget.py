"""Budgets: how much money legs may cost together, beside what their tenant may spend."""

from __future__ import annotations

import re
from typing import Final, Literal, Self

import attrs

from ..money import MICRO

Period = Literal["day", "month", "always"]
PERIODS: Final = ("day", "month", "always")
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}(\.[a-z0-9][a-z0-9_-]{0,79}){1,4}")
_AMOUNT: Final = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,6}))?")


@attrs.frozen
class Budget:
    """Money that all legs of a tenant with this budget may cost together in a period.

    ``name`` begins with the plugin's and goes on with words of its own, such
    as ``callthrough.user.anna``. ``limit`` are millionths of the currency of
    the tenant's price list. A day and a month are those of that list's time
    zone. ``at_once`` is how many legs with it may be on at the same time, 0
    any number. Raises ``ValueError`` for values of another shape.
    """

    name: str
    limit: int
    period: Period = "day"
    at_once: int = 0

    def __attrs_post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"a budget has a name such as callthrough.user.anna, not {self.name!r}")
        if isinstance(self.limit, bool) or not isinstance(self.limit, int) or not 0 <= self.limit <= 10**15:
            raise ValueError(f"a budget is a whole number of millionths from 0 on, not {self.limit!r}")
        if self.period not in PERIODS:
            raise ValueError(f"a budget is for a day, a month or always, not for {self.period!r}")

        if isinstance(self.at_once, bool) or not isinstance(self.at_once, int) or self.at_once < 0:
            raise ValueError(f"a budget is for 1 leg at once or more, or 0 for any number, not {self.at_once!r}")

    @classmethod
    def of(cls, name: str, amount: str, period: Period = "day", *, at_once: int = 0) -> Self:
        """A budget of an amount as people write it, such as ``12.50``; raises ``ValueError``."""
        found = _AMOUNT.fullmatch(amount)
        if found is None:
            raise ValueError(f"a budget is an amount such as 12.50, not {amount!r}")
        return cls(name, int(found[1]) * MICRO + int((found[2] or "").ljust(6, "0")), period, at_once)
