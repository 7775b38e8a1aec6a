"""Lets plugins know of each step a call takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import attrs

from ..calls.call import Call
from ..dispatch.faults import Breaker, shown
from ..flows.flow import Point
from ..flows.module import Exit


@attrs.frozen
class HookedObserver:
    """Tells the hooks ``point_entered`` and ``point_left``; a failing module is its plugin's fault.

    ``tell`` takes a hook's name and its values. While calls are served it must
    not wait for the plugins: two of them that take their time at each point
    would take longer than Asterisk leaves a call to this worker.
    """

    _tell: Callable[..., Awaitable[None]]
    _breaker: Breaker
    _owner: dict[str, str]
    """Which plugin brings each module kind."""

    async def entered(self, call: Call, point: Point) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.entered`."""
        await self._tell("point_entered", call=call, point=point.id, module=point.module.kind)

    async def left(self, call: Call, point: Point, way: Exit) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.left`."""
        await self._tell("point_left", call=call, point=point.id, exit=way)

    def module_failed(self, call: Call, point: Point, error: Exception) -> None:
        """See :meth:`switchhook.flows.interpreter.Observer.module_failed`."""
        kind = point.module.kind
        plugin = self._owner.get(kind, "")
        # It concerns the flows that use the module. To suspend the plugin's guards for it would stop every tenant's calls.
        self._breaker.report(plugin, f"module {kind}", "raised", shown(error), call=call.id, error=error, counts=False)
