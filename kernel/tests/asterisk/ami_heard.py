"""A listener that remembers, and a client connected to the fake peer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import attrs

from switchhook.asterisk.ami_client import AmiClient
from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.ami_listener import AmiListener, Asterisk
from switchhook.asterisk.ami_state import AmiTiming

from .ami_peer import DEADLINE

#: Reconnects at once, and otherwise so patient that no slow machine matters.
CALM = AmiTiming(
    connect=DEADLINE, login=DEADLINE, boot=DEADLINE, ping_every=600, ping_deadline=DEADLINE, backoff_first=0.01
)


@attrs.define(eq=False)
class Heard(AmiListener):
    events: list[AmiEvent] = attrs.field(factory=list)
    marks: list[str] = attrs.field(factory=list)
    gate: asyncio.Event = attrs.field(factory=asyncio.Event)
    _changed: asyncio.Event = attrs.field(factory=asyncio.Event)

    def __attrs_post_init__(self) -> None:
        self.gate.set()

    def names(self) -> list[str]:
        return [event.name for event in self.events if event.name != "FullyBooted"]

    def received(self, event: AmiEvent) -> None:
        self.events.append(event)
        self._changed.set()

    async def connected(self, asterisk: Asterisk) -> None:
        await self._mark("connected")

    async def missed(self, asterisk: Asterisk, events: int) -> None:
        await self._mark(f"missed {events}")

    async def sweep(self, asterisk: Asterisk) -> None:
        await self._mark("sweep")

    async def lost(self, reason: str) -> None:
        await self._mark(f"lost: {reason}")

    async def refused(self, reason: str) -> None:
        await self._mark(f"refused: {reason}")

    async def _mark(self, mark: str) -> None:
        self.marks.append(mark)
        self._changed.set()
        await self.gate.wait()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def running(client: AmiClient) -> AsyncIterator[AmiClient]:
    """Run the client and stop it again; whatever its run raises is raised here."""
    task = asyncio.create_task(client.run())
    try:
        yield client
    finally:
        client.stop()
        async with asyncio.timeout(DEADLINE):
            await task


def client_for(port: int, *listeners: AmiListener, **settings: object) -> AmiClient:
    chosen = {"user": "switchhook", "secret": "secret", "timing": CALM, **settings}
    return AmiClient("127.0.0.1", port, listeners=listeners, **chosen)  # type: ignore[arg-type]


@asynccontextmanager
async def connected(port: int, *listeners: AmiListener, **settings: object) -> AsyncIterator[AmiClient]:
    """A client that is connected and fully booted."""
    async with running(client_for(port, *listeners, **settings)) as client:
        await client.ready(DEADLINE)
        yield client
