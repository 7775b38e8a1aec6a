"""Takes the orders of calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from ..calls.call import Call
from ..orders.book import Orders


@attrs.frozen
class CallDesk:
    """Writes them down at once; see :class:`switchhook.calls.session.Desk`."""

    orders: Orders

    async def order(
        self, call: Call, kind: str, payload: Mapping[str, object], due: datetime | None, once: str
    ) -> None:
        """See :meth:`switchhook.calls.session.Desk.order`."""
        await self.orders.give(call.tenant, kind, payload, due=due, once=once)
