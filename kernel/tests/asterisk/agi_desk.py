"""An AGI server with handlers that tests hold by the hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from switchhook.asterisk.agi_application import AgiHandler
from switchhook.asterisk.agi_connection import AgiConnection
from switchhook.asterisk.agi_server import AgiLimits, AgiServer
from switchhook.clock import Clock, SystemClock

from .agi_peer import PATIENCE, SECRET


@asynccontextmanager
async def serving(
    handler: AgiHandler,
    *,
    limits: AgiLimits | None = None,
    clock: Clock | None = None,
    allowed_peers: tuple[str, ...] = ("127.0.0.0/8",),
    faults: list[BaseException] | None = None,
) -> AsyncIterator[AgiServer]:
    """A started server; a fault nobody asked for fails the test."""
    seen: list[BaseException] = []
    server = AgiServer(
        handler,
        secret=SECRET,
        limits=limits or AgiLimits(),
        clock=clock or SystemClock(),
        allowed_peers=allowed_peers,
        on_fault=lambda fault, _: (seen if faults is None else faults).append(fault),
    )
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
    assert not seen


class Desk:
    """A handler that hands each connection to the test and ends when it is told to, or cancelled."""

    def __init__(self) -> None:
        self._connections: asyncio.Queue[AgiConnection] = asyncio.Queue()
        self.let_go = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def __call__(self, connection: AgiConnection) -> None:
        self._connections.put_nowait(connection)
        try:
            await self.let_go.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def connection(self) -> AgiConnection:
        """The next call that arrives."""
        return await asyncio.wait_for(self._connections.get(), PATIENCE)
