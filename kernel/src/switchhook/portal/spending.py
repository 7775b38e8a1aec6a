"""The money for calls of a portal with these settings."""

from __future__ import annotations

from ..alerts.inbox import Alerts
from ..clock import Clock
from ..config import Settings
from ..outbound.limit import Ceiling, SpendLimit
from ..outbound.spending import Spending
from ..store.audit import Audit
from ..store.engine import Store
from .keys import installation_key


def spending_of(settings: Settings, store: Store, clock: Clock) -> Spending:
    """Where it is reserved and charged; the settings say what holds for tenants without a limit of their own."""
    said = settings.spending
    usual = SpendLimit(
        name="usual",
        per_day=said.per_day,
        per_month=said.per_month,
        at_once=said.at_once,
        numbers_per_hour=said.numbers_per_hour,
        new_country_calls=said.new_country_calls,
    )
    audit = Audit(installation_key(settings.data_dir, "audit"))
    return Spending(store, clock, audit, Alerts(store, clock), Ceiling.of([usual]))
