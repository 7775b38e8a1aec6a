"""What keeps the tenants' resources in a portal; workers need it, and nothing of what flows are made with."""

from __future__ import annotations

from ..clock import Clock
from ..config import Settings
from ..resources.seal import Seal
from ..resources.service import Keeping
from ..store.audit import Audit
from ..store.engine import Store
from .keys import installation_key
from .plugging import Plugged


def keeping_of(settings: Settings, store: Store, clock: Clock, plugged: Plugged) -> Keeping:
    """What keeps the tenants' resources, with the installation's keys."""
    audit = Audit(installation_key(settings.data_dir, "audit"))
    seal = Seal(installation_key(settings.data_dir, "seal"))
    return Keeping(store, clock, plugged.resources, plugged.hooks, audit, seal)
