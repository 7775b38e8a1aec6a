"""What workers know of the calls the portal placed."""

from __future__ import annotations

import attrs

from ..calls.call import Call
from ..errors import AsteriskError
from ..flows.flow import LiveFlow
from ..placing import rows
from ..placing.kinds import PlacedKinds
from ..store.engine import Store
from ..store.records import call_of


@attrs.frozen
class PlacedOrders:
    """Finds what serves a call the portal placed."""

    store: Store
    kinds: PlacedKinds

    async def find(self, call: str) -> tuple[Call, LiveFlow]:
        """See :class:`switchhook.switchboard.placed.Ordered`."""
        async with self.store.read() as conn:
            found = await rows.of_call(conn, call)
        if found is None:
            raise AsteriskError("nobody ordered this call", call=call)
        order, row = found
        return call_of(row), self.kinds.live(order)
