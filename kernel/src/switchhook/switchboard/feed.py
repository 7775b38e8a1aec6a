"""Every event goes to the journal at once; plugins are told of it, and of points, off the call's path."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import attrs
import structlog

from ..calls.call import Call
from ..calls.event import Event
from ..calls.surroundings import Recorder
from ..dispatch.dispatcher import Dispatcher

BACKLOG: Final = 10_000
log = structlog.get_logger(__name__)


@attrs.define
class Feed:
    """A recorder before the journal that tells plugins what happens, in order, without any call waiting for them.

    Plugins that are slower than the calls miss the newest, the journal
    nothing: what they miss is counted and logged.
    """

    _journal: Recorder
    _hooks: Dispatcher
    dropped: int = attrs.field(default=0, init=False)
    _waiting: asyncio.Queue[tuple[str, dict[str, object]]] = attrs.field(
        factory=lambda: asyncio.Queue(BACKLOG), init=False
    )

    def record(self, call: Call, event: Event) -> None:
        """See :meth:`switchhook.calls.surroundings.Recorder.record`."""
        self._journal.record(call, event)
        self._put("event_recorded", call=call, event=event)

    async def tell(self, hook: str, /, **values: object) -> None:
        """Have the observers of a hook told; does not wait for them."""
        self._put(hook, **values)

    def _put(self, hook: str, /, **values: object) -> None:
        if not self._hooks.has(hook):
            return
        try:
            self._waiting.put_nowait((hook, values))
        except asyncio.QueueFull:
            self.dropped += 1
            if self.dropped % 1000 == 1:
                log.warning("plugins do not keep up with events", dropped=self.dropped)

    async def run(self) -> None:
        """Tell plugins until cancelled."""
        while True:
            hook, values = await self._waiting.get()
            await self._hooks.notify(hook, **values)
            self._waiting.task_done()

    async def told(self, deadline: float) -> bool:
        """Wait until plugins know all there is to tell, at most ``deadline`` seconds; whether they do."""
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                await self._waiting.join()
        return self._waiting.empty()
