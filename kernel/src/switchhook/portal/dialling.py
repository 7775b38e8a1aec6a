"""Whether a call that is to be placed may be, asked before it is ordered."""

from __future__ import annotations

import attrs

from ..calls.port import DialPlan
from ..clock import Clock
from ..outbound.authorizing import Outbound
from ..outbound.kept import KeptFacts
from ..store.engine import Store


@attrs.frozen
class Dialling:
    """What tenants permit at this moment. When a call is placed it is asked again, and guards of plugins as well."""

    store: Store
    clock: Clock

    async def why_not(self, tenant: str, plan: DialPlan) -> str:
        """Every reason for which a tenant's permissions forbid a leg; empty, and they do not."""
        return await Outbound(KeptFacts(self.store)).why_not(tenant, plan, self.clock.now())
