"""The one gate every outbound leg passes: plugins change the plan, permissions and guards refuse it, money caps it."""

from __future__ import annotations

from typing import Final

import attrs

from ..calls.call import Call
from ..calls.port import DialPlan
from ..calls.surroundings import LegRefused
from ..dispatch.dispatcher import Dispatcher
from ..dispatch.patience import Patience
from ..outbound.authorizing import Outbound

PATIENCE: Final = 2.0
"""Seconds for all plugins together: Asterisk leaves a call to a silent worker for 3."""


@attrs.frozen
class HookedGate:
    """Asks the hook ``leg_proposed``, then the kernel's own permissions, then the hook ``leg_allowed``, and
    last for money.
    """

    _hooks: Dispatcher
    _outbound: Outbound | None = None
    """Only tests of plugins have none."""

    async def check(self, call: Call, plan: DialPlan, leg: int | None) -> DialPlan:
        """See :meth:`switchhook.calls.surroundings.Gate.check`."""
        patience = Patience(PATIENCE)
        plan = await self._hooks.fold("leg_proposed", plan, call=call, patience=patience)
        if self._outbound is not None:
            plan = await self._outbound.authorize(call, plan)
        refusal = await self._hooks.veto("leg_allowed", call=call, plan=plan, patience=patience)
        if refusal is not None:
            raise LegRefused(refusal.why, plugin=refusal.plugin)
        if self._outbound is None or leg is None:
            return plan
        return await self._outbound.reserve(call, plan, leg)
