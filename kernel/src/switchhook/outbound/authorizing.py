"""The kernel's own decision about each outbound leg, with what is kept of the tenant at that moment."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import attrs

from ..calls.call import Call
from ..calls.port import DialPlan
from ..calls.surroundings import LegRefused
from .judging import Facts, limited, outside, refusals, shown
from .spending import Spending


class Known(Protocol):
    """Where the facts come from."""

    async def of(self, tenant: str, at: datetime, numbers: tuple[str, ...], shown: str) -> Facts:
        """What is kept of a tenant at a moment about these numbers and the one that is to be shown."""


@attrs.frozen
class Outbound:
    """Decides by the facts that are known. Every way out passes it: see ``HookedGate``."""

    known: Known
    spending: Spending | None = None
    """Where money for legs is reserved; None where nobody is really dialled."""

    async def why_not(self, tenant: str, plan: DialPlan, at: datetime) -> str:
        """Every reason for which a leg may not be dialled at a moment; empty, and it may."""
        facts = await self._facts(tenant, plan, at)
        return "; ".join(refusals(plan, facts, at.date())) if facts is not None else ""

    async def authorize(self, call: Call, plan: DialPlan) -> DialPlan:
        """The leg as it may be dialled, with the longest talk permitted; raises ``LegRefused`` with every reason.

        Phones of the house and emergency numbers are always dialled, and nothing is looked up for them.
        """
        facts, day = await self._facts(call.tenant, plan, call.arrived), call.arrived.date()
        if facts is None:
            return plan
        if why := list(refusals(plan, facts, day)):
            raise LegRefused("; ".join(why))
        return limited(shown(plan, call), facts, day)

    async def reserve(self, call: Call, plan: DialPlan, leg: int) -> DialPlan:
        """The leg with the longest talk there is money for, which is reserved; raises ``LegRefused`` where there is none.

        To be asked last of all: what is reserved is kept until it is known how the leg ended.
        """
        facts = await self._facts(call.tenant, plan, call.arrived) if self.spending is not None else None
        if self.spending is None or facts is None:
            return plan
        return await self.spending.reserve(call, plan, leg, facts)

    async def _facts(self, tenant: str, plan: DialPlan, at: datetime) -> Facts | None:
        numbers = outside(plan)
        return await self.known.of(tenant, at, numbers, plan.caller_id) if numbers else None
