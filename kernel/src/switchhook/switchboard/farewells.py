"""What Asterisk's ``h`` extension tells of calls whose caller left during a leg."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import attrs

from ..asterisk.agi_request import AgiRequest
from ..asterisk.legs import seconds_between
from ..asterisk.port import Farewell

PATIENCE: Final = 1.0
"""Seconds to wait for a farewell; it follows the hang-up within milliseconds or, with this worker gone, never."""

WaitForFarewell = Callable[[], Awaitable[Farewell | None]]
"""Gives the farewell of a call, or None when none comes in time."""


@attrs.define
class Farewells:
    """Brings a call's sessions and its farewell together, whichever comes first."""

    _waiting: dict[str, list[asyncio.Future[Farewell]]] = attrs.field(factory=dict)

    @contextmanager
    def expected(self, call: str) -> Iterator[WaitForFarewell]:
        """Within the block a farewell of this call is kept for whoever waits by what it gives.

        A call can have two sessions here at the same time: one whose call was
        taken away and that does not know it yet, and the next.
        """
        waiting: asyncio.Future[Farewell] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(call, []).append(waiting)
        try:
            yield partial(_wait, waiting)
        finally:
            self._waiting[call].remove(waiting)
            if not self._waiting[call]:
                del self._waiting[call]

    def said(self, request: AgiRequest) -> None:
        """Take a farewell: arguments are when the leg was answered, if it was, the present moment, and by which channel."""
        answered, now, channel = (*request.args, "", "", "")[:3]
        for waiting in self._waiting.get(request.uniqueid, ()):
            if not waiting.done():
                waiting.set_result(Farewell(bool(answered), seconds_between(answered, now), channel))


async def _wait(waiting: asyncio.Future[Farewell]) -> Farewell | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await waiting
    except TimeoutError:
        return None
