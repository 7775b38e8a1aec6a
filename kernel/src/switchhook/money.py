"""An amount of money, exact."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Self

import attrs

MICRO: Final = 1_000_000
_MONEY: Final = re.compile(r"(-?\d{1,12})(?:[.,](\d{1,6}))? ([A-Z]{3})")


@attrs.frozen
class Money:
    """``micro`` millionths of a unit of ``currency`` (ISO 4217): a price a minute needs more than two digits."""

    micro: int
    currency: str

    @classmethod
    def read(cls, text: str) -> Self:
        """``0.0125 EUR`` or ``12 EUR``; raises ``ValueError`` for anything else and for more than six digits."""
        found = _MONEY.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no amount such as 12.50 EUR")
        amount = Decimal(f"{found[1]}.{found[2] or '0'}")
        return cls(int(amount * MICRO), found[3])

    def __str__(self) -> str:
        whole, rest = divmod(abs(self.micro), MICRO)
        digits = f"{rest:06d}".rstrip("0").ljust(2, "0")
        return f"{'-' if self.micro < 0 else ''}{whole}.{digits} {self.currency}"
