"""Bytes from the socket: first the environment block, then reply lines. Bounded in size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, cast

from .agi_connection import AgiConnection

#: The longest reply line in bytes.
MAX_LINE: Final = 65536
_BLANK: Final = b"\n\n"


class AgiProtocol(asyncio.Protocol):
    """One socket that Asterisk, or somebody, has opened.

    ``on_block`` gets the environment block and gives the connection that all
    further lines go to, or None to have nothing more to do with the peer.
    ``on_made`` and ``on_lost`` tell that the socket opened and closed. A peer
    whose block is not there after ``block_bytes`` bytes or ``block_seconds``
    seconds is closed.
    """

    def __init__(
        self,
        on_made: Callable[[AgiProtocol], bool],
        on_block: Callable[[AgiProtocol, bytes], AgiConnection | None],
        on_lost: Callable[[AgiProtocol], None],
        *,
        block_bytes: int,
        block_seconds: float,
    ) -> None:
        self._on_made = on_made
        self._on_block = on_block
        self._on_lost = on_lost
        self._block_bytes = block_bytes
        self._block_seconds = block_seconds
        self._buffer = b""
        self._timer: asyncio.TimerHandle | None = None
        self.connection: AgiConnection | None = None
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's transports are no subclass
        if not self._on_made(self):
            self.transport.abort()
            return
        self._timer = asyncio.get_running_loop().call_later(self._block_seconds, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self.connection is not None:
            self._lines_received(self.connection, data)
        elif self._timer is not None:
            self._block_received(data)

    def eof_received(self) -> None:
        """See asyncio.Protocol; the transport closes itself."""
        if self.connection is not None:
            self.connection.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._stop_timer()
        if self.connection is not None:
            self.connection.connection_lost()
        self._on_lost(self)

    def _block_received(self, data: bytes) -> None:
        seen = max(len(self._buffer) - 1, 0)
        self._buffer += data
        end = self._buffer.find(_BLANK, seen)
        if end > self._block_bytes or (end < 0 and len(self._buffer) > self._block_bytes):
            self._stop_timer()
            self.transport.abort()
        elif end >= 0:
            self._stop_timer()
            block, rest = self._buffer[:end], self._buffer[end + 2 :]
            self._buffer = b""
            self.connection = self._on_block(self, block)
            if self.connection is None:
                self.transport.close()
            elif rest:
                self._lines_received(self.connection, rest)

    def _lines_received(self, connection: AgiConnection, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
            self._buffer = b""
        *lines, rest = data.split(b"\n")
        for line in lines:
            connection.line_received(line.decode("utf-8", "replace"))
        if len(rest) > MAX_LINE:
            connection.line_too_long()
        else:
            self._buffer = rest

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
