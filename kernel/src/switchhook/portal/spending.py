"""The money for calls of a portal with these settings."""

from __future__ import annotations

from ..clock import Clock
from ..config import Settings
from ..outbound.limit import Ceiling, SpendLimit
from ..outbound.spending import Spending
from ..store.engine import Store


def spending_of(settings: Settings, store: Store, clock: Clock) -> Spending:
    """Where it is reserved and charged; the settings say what holds for tenants without a limit of their own."""
    usual = SpendLimit(name="usual", per_day=settings.spending.per_day, per_month=settings.spending.per_month)
    return Spending(store, clock, Ceiling.of([usual]))
