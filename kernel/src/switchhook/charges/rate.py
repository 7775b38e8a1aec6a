"""Rates: what one of something costs, as a plugin declares it and as the operator sets it for a tenant."""

from __future__ import annotations

import re
from typing import Final

import attrs

from ..errors import SwitchhookError
from ..money import Money
from ..schema import Label

RATE: Final = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*")


class PriceChanged(SwitchhookError):
    """The price was not agreed to, or is another by now."""

    code = "price_changed"


@attrs.frozen
class Rate:
    """Something that has a price: ``free`` of them cost nothing, each further one ``price``.

    ``name`` is a word such as ``announcements.speech``, beginning with the
    plugin's, ``label`` what it is called, ``unit`` what the price is for. Whoever brings it says from
    when on the free ones count.
    """

    name: str = attrs.field(validator=attrs.validators.matches_re(RATE))
    label: Label
    unit: Label
    free: int
    price: Money


@attrs.frozen
class TenantRate:
    """A rate as it holds for a tenant. ``own`` says that the operator set it for this tenant alone.

    ``version`` grows with each change; 0 is that of the default.
    """

    rate: Rate
    free: int
    price: Money
    own: bool = False
    version: int = 0

    @property
    def kind(self) -> str:
        """What the audit calls it."""
        return "rate"

    @property
    def id(self) -> str:
        """The rate's name."""
        return self.rate.name
