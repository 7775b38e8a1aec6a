"""What generating an announcement costs: some are free, each further one has a price."""

from __future__ import annotations

from typing import Final

import attrs

from switchhook import Money, SwitchhookError


class PriceChanged(SwitchhookError):
    """The price was not agreed to, or is another by now."""

    code = "price_changed"


@attrs.frozen
class Quote:
    """``generated`` so far, of which ``free`` cost nothing, and what the next one costs."""

    generated: int
    free: int
    price: Money

    @property
    def left(self) -> int:
        """How many more are free."""
        return max(0, self.free - self.generated)

    def must_be(self, agreed: str) -> None:
        """Raise ``PriceChanged`` unless this price was agreed to; what is free needs no word."""
        if self.price.micro and agreed != str(self.price):
            raise PriceChanged(
                f"generating this announcement costs {self.price}; agree to that price first", price=str(self.price)
            )


PRICE: Final = Money(490_000, "EUR")


@attrs.frozen
class Tariff:
    """How many are free for each tenant, and the price of one after these."""

    free: int = 10
    price: Money = PRICE

    def quote(self, generated: int) -> Quote:
        """What the next one costs."""
        price = self.price if generated >= self.free else Money(0, self.price.currency)
        return Quote(generated, self.free, price)
