"""What Asterisk's ``h`` extension tells of calls whose caller left during a leg."""

from __future__ import annotations

import asyncio
from typing import Final

import attrs

from ..asterisk.agi_request import AgiRequest
from ..asterisk.port import Farewell, seconds_between

PATIENCE: Final = 1.0
"""Seconds to wait for a farewell; it follows the hang-up within milliseconds or, with this worker gone, never."""


@attrs.define
class Farewells:
    """Brings a call's session and its farewell together, whichever comes first."""

    _waiting: dict[str, asyncio.Future[Farewell]] = attrs.field(factory=dict)

    def expect(self, call: str) -> None:
        """From now on a farewell of this call is kept for whoever waits."""
        self._waiting[call] = asyncio.get_running_loop().create_future()

    def forget(self, call: str) -> None:
        """The call's session is over."""
        self._waiting.pop(call, None)

    def said(self, request: AgiRequest) -> None:
        """Take a farewell: arguments are when the leg was answered, if it was, and the present moment."""
        waiting = self._waiting.get(request.uniqueid)
        answered, now = (*request.args, "", "")[:2]
        if waiting is not None and not waiting.done():
            waiting.set_result(Farewell(bool(answered), seconds_between(answered, now)))

    async def wait(self, call: str) -> Farewell | None:
        """The farewell of a call, or None when none comes in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._waiting[call]
        except TimeoutError:
            return None
