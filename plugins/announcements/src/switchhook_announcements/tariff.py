"""What generating an announcement costs: some are free for each tenant, each further one has a price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs

from switchhook import Label, Money, PriceChanged, Rate

if TYPE_CHECKING:
    from switchhook.administration import TenantRate


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


SPEECH: Final = "announcements.speech"


def rate_of(free: int, price: Money) -> Rate:
    """The rate as the operator's settings say; single tenants may have another."""
    return Rate(
        SPEECH, Label("Ansage aus Text", "Announcement spoken from a text"), Label("je Ansage", "each"), free, price
    )


def quote_of(rate: TenantRate, generated: int) -> Quote:
    """What the next one costs a tenant."""
    price = rate.price if generated >= rate.free else Money(0, rate.price.currency)
    return Quote(generated, rate.free, price)


def together(quotes: Sequence[Quote]) -> Quote:
    """What several cost together; nothing for none."""
    if not quotes:
        return Quote(0, 0, Money(0, "EUR"))
    prices = [one.price for one in quotes]
    return attrs.evolve(quotes[0], price=Money(sum(one.micro for one in prices), prices[0].currency))
