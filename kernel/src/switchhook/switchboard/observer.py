"""Lets plugins know of each step a call takes."""

from __future__ import annotations

import attrs

from ..calls.call import Call
from ..dispatch.dispatcher import Dispatcher
from ..dispatch.faults import Breaker
from ..flows.flow import Point
from ..flows.module import Exit


@attrs.frozen
class HookedObserver:
    """Calls the hooks ``point_entered`` and ``point_left``; a failing module is its plugin's fault."""

    _hooks: Dispatcher
    _breaker: Breaker
    _owner: dict[str, str]
    """Which plugin brings each module kind."""

    async def entered(self, call: Call, point: Point) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.entered`."""
        await self._hooks.notify("point_entered", call=call, point=point.id, module=point.module.kind)

    async def left(self, call: Call, point: Point, way: Exit) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.left`."""
        await self._hooks.notify("point_left", call=call, point=point.id, exit=way)

    def module_failed(self, call: Call, point: Point, error: Exception) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.module_failed`."""
        kind = point.module.kind
        plugin = self._owner.get(kind, "")
        self._breaker.report(plugin, f"module {kind}", "raised", repr(error), call=call.id, error=error)
