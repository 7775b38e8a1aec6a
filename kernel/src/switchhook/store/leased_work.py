"""Takes rows that are due under a lease and works on them beside each other; none holds up another."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from typing import Any, Final, Generic, NoReturn, TypeVar

import attrs
import structlog
from sqlalchemy.engine import RowMapping

from ..errors import SwitchhookError

K = TypeVar("K", bound=Hashable)
LAST_WORD: Final = 3.0
"""Seconds what is being done gets when the portal stops."""

log = structlog.get_logger(__name__)


@attrs.define
class LeasedWork(Generic[K]):
    """Work on rows of one table, which several processes may share.

    ``take`` leases rows under a word of this look's own, ``one`` works on a
    row and notes what became of it, ``belongs`` says what a row belongs to,
    by which :attr:`busy` counts. It looks again each ``every`` seconds, and at
    once while there is more. ``called`` names the work in the log.
    """

    take: Callable[[str], Awaitable[Sequence[RowMapping]]]
    one: Callable[[RowMapping, str], Coroutine[Any, Any, None]]
    belongs: Callable[[RowMapping], K]
    called: str
    every: float = 1.0
    running: dict[asyncio.Task[None], K] = attrs.field(factory=dict, init=False)

    @property
    def busy(self) -> Counter[K]:
        """How much is being worked on, by what it belongs to."""
        return Counter(self.running.values())

    async def run(self) -> NoReturn:
        """Until cancelled; what is being done then gets a few seconds, and is done by the next portal otherwise."""
        try:
            while True:
                try:
                    taken = await self.start()
                except SwitchhookError as error:
                    log.warning("work must wait", work=self.called, why=str(error))
                    taken = 0
                if not taken:
                    await self._a_while()
        finally:
            if self.running:
                await asyncio.wait(self.running, timeout=LAST_WORD)
            for task in self.running:
                task.cancel()

    async def all_due(self) -> int:
        """Work on what is due until nothing is; gives how many tries there were."""
        count = 0
        while taken := await self.start():
            count += taken
            await asyncio.gather(*self.running)
        return count

    async def start(self) -> int:
        """Begin what is due and not begun; gives how many."""
        lease = secrets.token_hex(8)
        rows = await self.take(lease)
        for row in rows:
            task = asyncio.create_task(self.one(row, lease), name=f"{self.called} {row['id']}")
            self.running[task] = self.belongs(row)
            task.add_done_callback(self._done)
        return len(rows)

    async def _a_while(self) -> None:
        if self.running:
            await asyncio.wait(self.running, timeout=self.every, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(self.every)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.running.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("what became of it could not be noted; it is done again", work=self.called, why=repr(error))
