"""Events between the socket and whoever wants them: bounded, in order, and honest about what it lost."""

from __future__ import annotations

import asyncio
from typing import Literal

import attrs

from .ami_event import AmiEvent


@attrs.frozen
class Mark:
    """Something that happened between two events: their order is part of what it means.

    ``events`` counts what was dropped (kind ``missed``), ``reason`` says why (kinds ``lost`` and ``refused``).
    """

    kind: Literal["connected", "missed", "sweep", "lost", "refused"]
    reason: str = ""
    events: int = 0


@attrs.define(eq=False)
class EventQueue:
    """Keeps at most ``limit`` events. One more is dropped and counted, and so are all until the gap was noticed.

    The older events stay; where the first dropped one would have stood there
    is a ``missed`` mark, by which the reader knows that it must ask for the
    whole state again. Marks always fit: there are few of them.
    """

    limit: int
    #: Events dropped since the start.
    dropped: int = attrs.field(default=0, init=False)
    _items: asyncio.Queue[AmiEvent | Mark] = attrs.field(factory=asyncio.Queue, init=False)
    _gap: int = attrs.field(default=0, init=False)
    _sweeping: bool = attrs.field(default=False, init=False)

    def put(self, event: AmiEvent) -> None:
        """Add an event at the end, or drop it when there is no room."""
        if not self._gap and self._items.qsize() < self.limit:
            self._items.put_nowait(event)
            return
        if not self._gap:
            self._items.put_nowait(Mark("missed"))
        self._gap += 1
        self.dropped += 1

    def mark(self, mark: Mark) -> None:
        """Add a mark at the end; of two ``sweep`` marks one is enough."""
        if mark.kind == "sweep":
            if self._sweeping:
                return
            self._sweeping = True
        self._items.put_nowait(mark)

    async def get(self) -> AmiEvent | Mark:
        """Give the oldest, waiting for one as long as it takes; taking a ``missed`` mark opens the queue again."""
        item = await self._items.get()
        if isinstance(item, AmiEvent):
            return item
        if item.kind == "sweep":
            self._sweeping = False
        if item.kind == "missed":
            item, self._gap = attrs.evolve(item, events=self._gap), 0
        return item
