"""Stands between Asterisk and a worker and harms the bytes that pass, as a network or a dying machine would."""

from __future__ import annotations

import asyncio
import socket
import struct
from random import Random
from typing import Final, Literal, Self

Fault = Literal["none", "split", "stall", "reset", "half-open", "twice", "replies twice"]
FAULTS: Final[tuple[Fault, ...]] = ("split", "stall", "reset", "half-open", "twice", "replies twice")
MOST_UNHARMED: Final = 400
"""The fault strikes each connection after 1 to so many bytes from the worker."""


class FaultProxy:
    """Passes connections to ``port`` on to ``worker``; one of ``faults`` strikes each one that is opened meanwhile.

    ``split`` sends every byte by itself, both ways. ``stall`` stops in the middle of a line of the worker's until the
    worker closes. ``reset`` ends both sides with RST in the middle of a line. ``half-open`` carries nothing any more,
    not even the end; it begins between two lines, since half a line whose end never comes, nor its connection's,
    is more than Asterisk can bear: it waits for it with a whole core and looks at no timer. ``twice`` sends everything
    of the worker's two times, ``replies twice`` everything of Asterisk's replies.
    """

    def __init__(self, port: int, worker: int, random: Random) -> None:
        #: Chance takes one of them for each connection.
        self.faults: tuple[Fault, ...] = ("none",)
        #: How many connections a fault has struck.
        self.struck = 0
        self._port, self._worker, self._random = port, worker, random
        self._tasks: set[asyncio.Task[None]] = set()
        self._links: set[_Link] = set()

    def expose(self, *faults: Fault) -> None:
        """Have these strike the connections there are as well."""
        self.faults = faults
        for link in self._links:
            link.expose(*self._chance())

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._opened, "127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    async def _opened(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        link = _Link(self, writer, *self._chance())
        self._links.add(link)
        try:
            await link.carry(reader, self._worker)
        except (OSError, asyncio.CancelledError):
            return  # a worker that is not there, or one side that is gone: the other one notices
        finally:
            self._links.discard(link)

    def _chance(self) -> tuple[Fault, int]:
        return self._random.choice(self.faults), self._random.randint(1, MOST_UNHARMED)


class _Link:
    """One connection through the proxy."""

    def __init__(self, proxy: FaultProxy, asterisk: asyncio.StreamWriter, fault: Fault, unharmed: int) -> None:
        self._proxy, self._asterisk, self._fault, self._unharmed = proxy, asterisk, fault, unharmed
        self._struck = self._stalled = False

    def expose(self, fault: Fault, unharmed: int) -> None:
        """Be struck by this from now on, after so many bytes more."""
        if not self._struck:
            self._fault, self._unharmed = fault, unharmed

    async def carry(self, from_asterisk: asyncio.StreamReader, port: int) -> None:
        from_worker, worker = await asyncio.open_connection("127.0.0.1", port)
        try:
            for writer in (self._asterisk, worker):
                writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ways = [
                asyncio.create_task(self._commands(from_worker, worker)),
                asyncio.create_task(self._replies(from_asterisk, worker)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.wait(ways)
        finally:
            worker.close()
            self._asterisk.close()

    async def _commands(self, source: asyncio.StreamReader, worker: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            if self._fault == "half-open" and len(data) > self._unharmed:
                self._unharmed = 0
            safe, rest = data[: self._unharmed], data[self._unharmed :]
            self._unharmed -= len(safe)
            await self._send(self._asterisk, safe)
            if rest and self._fault != "none":
                self._strike()
            if rest:
                await self._harm(rest, worker)
        if self._struck and self._fault == "half-open":
            await asyncio.Event().wait()  # the end does not come through either

    async def _harm(self, data: bytes, worker: asyncio.StreamWriter) -> None:
        if self._fault == "stall":
            await self._send(self._asterisk, data.rstrip(b"\n")[: max(1, len(data) // 2)] if not self._stalled else b"")
            self._stalled = True
        elif self._fault == "reset":
            _reset(self._asterisk)
            _reset(worker)
        elif self._fault != "half-open":
            await self._send(self._asterisk, data * 2 if self._fault == "twice" else data)

    def _strike(self) -> None:
        self._proxy.struck += not self._struck
        self._struck = True

    async def _replies(self, source: asyncio.StreamReader, worker: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            if self._struck and self._fault == "half-open":
                continue
            await self._send(worker, data * 2 if self._struck and self._fault == "replies twice" else data)
        if self._struck and self._fault == "half-open":
            await asyncio.Event().wait()

    async def _send(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        pieces = [data[at : at + 1] for at in range(len(data))] if self._fault == "split" else [data] * bool(data)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            if self._fault == "split":
                await asyncio.sleep(0)  # so that each byte is a segment of its own
        if pieces and self._fault == "split":
            self._strike()


def _reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
