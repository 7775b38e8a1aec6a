"""Remembers what the manager and the live view said, and waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import attrs

from switchhook.asterisk.ami_client import AmiClient
from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.ami_listener import AmiListener, Asterisk
from switchhook.asterisk.live_values import LegEnded, LiveChange

from .lab import DEADLINE


@attrs.define(eq=False)
class Watch(AmiListener):
    events: list[AmiEvent] = attrs.field(factory=list)
    changes: list[LiveChange] = attrs.field(factory=list)
    losses: list[str] = attrs.field(factory=list)
    refusals: list[str] = attrs.field(factory=list)
    connects: int = 0
    _something: asyncio.Event = attrs.field(factory=asyncio.Event)

    def received(self, event: AmiEvent) -> None:
        self.events.append(event)
        self._something.set()

    async def connected(self, asterisk: Asterisk) -> None:
        self.connects += 1
        self._something.set()

    async def refused(self, reason: str) -> None:
        self.refusals.append(reason)
        self._something.set()

    async def lost(self, reason: str) -> None:
        self.losses.append(reason)
        self._something.set()

    def changed(self, change: LiveChange) -> None:
        self.changes.append(change)
        self._something.set()

    def ended(self, ending: str) -> set[str]:
        return {change.leg.id for change in self.changes if isinstance(change, LegEnded) and change.ending == ending}

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not condition():
                self._something.clear()
                await self._something.wait()


@asynccontextmanager
async def running(client: AmiClient) -> AsyncIterator[None]:
    task = asyncio.create_task(client.run())
    try:
        yield
    finally:
        client.stop()
        await asyncio.wait_for(task, DEADLINE)
