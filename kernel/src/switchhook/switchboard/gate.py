"""The one gate every outbound leg passes: plugins change the plan, guards refuse it."""

from __future__ import annotations

import attrs

from ..calls.call import Call
from ..calls.port import DialPlan
from ..calls.session import LegRefused
from ..dispatch.dispatcher import Dispatcher


@attrs.frozen
class HookedGate:
    """Asks the hooks ``leg_proposed`` and ``leg_allowed``."""

    _hooks: Dispatcher

    async def check(self, call: Call, plan: DialPlan) -> DialPlan:
        """See :meth:`switchhook.calls.session.Gate.check`."""
        plan = await self._hooks.fold("leg_proposed", plan, call=call)
        refusal = await self._hooks.veto("leg_allowed", call=call, plan=plan)
        if refusal is not None:
            raise LegRefused(refusal.why, plugin=refusal.plugin)
        return plan
