"""Every event goes to the journal at once and to plugins off the call's path."""

from __future__ import annotations

import asyncio
from typing import Final

import attrs
import structlog

from ..calls.call import Call
from ..calls.event import Event
from ..calls.session import Recorder
from ..dispatch.dispatcher import Dispatcher

BACKLOG: Final = 10_000
log = structlog.get_logger(__name__)


@attrs.define
class Feed:
    """A recorder before the journal that lets plugins see events, in order.

    Plugins that are slower than the calls miss the newest events, the journal
    none: what they miss is counted and logged.
    """

    _journal: Recorder
    _hooks: Dispatcher
    dropped: int = attrs.field(default=0, init=False)
    _waiting: asyncio.Queue[tuple[Call, Event]] = attrs.field(factory=lambda: asyncio.Queue(BACKLOG), init=False)

    def record(self, call: Call, event: Event) -> None:
        """See :meth:`switchhook.calls.session.Recorder.record`."""
        self._journal.record(call, event)
        if not self._hooks.has("event_recorded"):
            return
        try:
            self._waiting.put_nowait((call, event))
        except asyncio.QueueFull:
            self.dropped += 1
            if self.dropped % 1000 == 1:
                log.warning("plugins do not keep up with events", dropped=self.dropped)

    async def run(self) -> None:
        """Tell plugins of events until cancelled."""
        while True:
            call, event = await self._waiting.get()
            await self._hooks.notify("event_recorded", call=call, event=event)
