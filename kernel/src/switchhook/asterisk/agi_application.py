"""panoramisk's FastAGI application with everything unusable in its release 1.4 taken out."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from panoramisk import fast_agi

from switchhook.errors import AsteriskError

if TYPE_CHECKING:
    from .agi_connection import AgiConnection

#: Takes a call until it hands it back by returning.
AgiHandler = Callable[["AgiConnection"], Awaitable[None]]


class GuardedApplication(fast_agi.Application):  # type: ignore[misc] # panoramisk 1.4 has no types
    """Routes by path, coroutine functions only, made inside the running event loop.

    1.4's ``handler`` freezes the event loop when a peer connects and leaves,
    and swallows cancellation; its routes include the query and its way for
    plain functions is gone from Python 3.11. The server therefore feeds
    connections by a protocol of its own and asks only for the endpoint.
    """

    def __init__(self) -> None:
        super().__init__(loop=asyncio.get_running_loop())

    def add_route(self, path: str, endpoint: AgiHandler) -> None:
        """Let ``endpoint`` serve ``path`` (without slashes around it).

        Raises AsteriskError when it is no coroutine function or the path is taken.
        """
        call = type(endpoint).__call__ if not inspect.isroutine(endpoint) else endpoint
        if not (inspect.iscoroutinefunction(endpoint) or inspect.iscoroutinefunction(call)):
            raise AsteriskError("an AGI route must be a coroutine function", path=path)
        if path in self._route:
            raise AsteriskError("an AGI route of this path exists already", path=path)
        self._route[path] = endpoint

    def endpoint(self, path: str) -> AgiHandler | None:
        """Who serves ``path``, or None."""
        found: AgiHandler | None = self._route.get(path)
        return found

    async def handler(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Not a way in: raises AsteriskError."""
        writer.close()
        raise AsteriskError("panoramisk's own stream handler is not used")
