"""Keeps every call: takes events without waiting and writes them in batches off the call's path."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Final, NoReturn, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ..calls.call import Call
from ..calls.event import Event
from ..calls.outcome import Outcome
from ..clock import Clock
from ..dispatch.faults import Fault
from .engine import Store, StoreAway
from .journal_batch import Ended, Happened, Item, Lost, save

CAPACITY: Final = 50_000
EVERY: Final = 0.1
"""Seconds between two transactions: what a portal that is killed has not written yet."""
BUSY: Final = 40
"""Items in one transaction from which on the next waits three times as long: each costs what fifty events cost."""
BATCH: Final = 500
LONGEST_PAUSE: Final = 1.0  # seconds between attempts while the database is away

Alert = Callable[[str], None]


class Beside(Protocol):
    """Learns of each batch in its transaction. What goes wrong there is logged, and the batch is kept without it."""

    def idle(self, items: Sequence[Item]) -> bool:
        """Whether there is nothing to do for a batch."""

    async def take(
        self, conn: AsyncConnection, items: Sequence[Item], outcomes: Mapping[tuple[str, int], Outcome]
    ) -> None:
        """Do what is to be done with a batch that was written; ``outcomes`` are those of calls it closed."""


log = structlog.get_logger(__name__)


def _log(message: str) -> None:
    log.error(message)


class Journal:
    """One writer for all calls of a process.

    What is recorded is in the database within 1 s as long as the database is
    there. While it is locked or away, up to ``capacity`` items wait in memory;
    what comes beyond that is lost, which is told through ``alert`` and kept as
    a fault. ``start`` and ``drain`` bound its life.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        alert: Alert = _log,
        capacity: int = CAPACITY,
        every: float = EVERY,
        batch: int = BATCH,
        beside: Beside | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._alert = alert
        self._beside = beside
        self._capacity, self._every, self._batch = capacity, every, batch
        self._items: deque[Item] = deque()
        self._lost = 0
        self._some, self._many, self._none = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._none.set()
        self._writer: asyncio.Task[NoReturn] | None = None

    @property
    def waiting(self) -> int:
        """How many items are not in the database yet."""
        return len(self._items)

    def start(self) -> None:
        """Begin to write."""
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="journal")

    async def written(self, deadline: float) -> bool:
        """Wait until nothing waits any more, at most ``deadline`` seconds; whether that came about."""
        self._many.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                await self._none.wait()
        return not self._items

    async def drain(self, deadline: float) -> int:
        """Write what waits, at most ``deadline`` seconds long, and stop; gives how many items were not kept."""
        await self.written(deadline)
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.wait([self._writer])
        left = len(self._items)
        if left:
            self._alert(f"{left} items of the journal could not be written before the end")
        for item in self._items:
            if isinstance(item, Ended) and not item.closed.done():
                item.closed.set_exception(StoreAway("the portal ended before the call could be closed"))
        return left

    # -- taking -----------------------------------------------------------------------------------

    def record(self, call: Call, event: Event) -> None:
        """See :meth:`switchhook.calls.surroundings.Recorder.record`."""
        self._take(Happened(call, event))

    def report(self, fault: Fault, tenant: str = "") -> None:
        """Keep a fault of a plugin; never waits."""
        self._take(Lost(fault, tenant))

    async def end(
        self, call: Call, session: int, *, at: datetime | None = None, outcome: Outcome | None = None
    ) -> Outcome | None:
        """Close a call after its last event and give its outcome once that is in the database.

        ``at`` is now if not given; the outcome follows from the call's events
        unless it is given. None when the call is not this session's to end: a
        later one has it, or it is closed already. Waits as long as the
        database is away; raises :class:`StoreAway` when the journal stops first.
        """
        closed: asyncio.Future[Outcome | None] = asyncio.get_running_loop().create_future()
        self._add(Ended(call, session, at or self._clock.now(), outcome, closed))
        return await closed

    def _take(self, item: Item) -> None:
        if len(self._items) < self._capacity:
            self._add(item)
            return
        self._lost += 1
        if self._lost == 1:
            self._alert(f"the journal is full with {self._capacity} items, from now on events are lost")

    def _add(self, item: Item) -> None:
        self._items.append(item)
        self._some.set()
        self._none.clear()
        if len(self._items) >= self._batch:
            self._many.set()

    # -- writing ----------------------------------------------------------------------------------

    async def _write(self) -> NoReturn:
        pause = self._every
        while True:
            await self._some.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._many.wait()
            items = list(islice(self._items, self._batch))
            pause = self._every * (3 if len(items) >= BUSY else 1)
            await self._keep(items)

    async def _keep(self, items: Sequence[Item]) -> None:
        lost = self._lost
        told = [_overflow(lost, self._clock.now())] if lost else []
        try:
            await self._patiently([*items, *told])
        except StoreAway:
            raise
        except Exception as error:  # noqa: BLE001, RUF100 - one bad item must not hold up all others
            log.warning("a batch of the journal was refused, its items are written one by one", error=repr(error))
            for item in [*items, *told]:
                await self._alone(item)
        self._lost -= lost
        self._done(len(items))

    def _done(self, count: int) -> None:
        for _ in range(count):
            self._items.popleft()
        if len(self._items) < self._batch:
            self._many.clear()
        if not self._items:
            self._some.clear()
            self._none.set()

    async def _alone(self, item: Item) -> None:
        try:
            await self._patiently([item])
        except Exception as error:  # noqa: BLE001, RUF100 - it is told and kept as a fault
            self._alert(f"the journal cannot keep {item!r}: {error}")
            if isinstance(item, Ended) and not item.closed.done():
                item.closed.set_exception(error)
            if not isinstance(item, Lost):
                await self._alone(_refused(item, error, self._clock.now()))

    async def _patiently(self, items: Sequence[Item]) -> None:
        """Write, and try again for as long as the database only says "not now"."""
        pause = 0.05
        while True:
            try:
                outcomes = await self._save(items)
            except StoreAway as error:
                if pause == LONGEST_PAUSE:
                    log.warning("the journal waits for the database", waiting=len(self._items), error=str(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                break
        for item in items:
            if isinstance(item, Ended) and not item.closed.done():
                item.closed.set_result(outcomes.pop((item.call.id, item.session), None))

    async def _save(self, items: Sequence[Item]) -> dict[tuple[str, int], Outcome]:
        async with self._store.write() as conn:
            outcomes = await save(conn, items, self._clock.now())
            if self._beside is not None and not self._beside.idle(items):
                await self._tell(self._beside, conn, items, outcomes)
            return outcomes

    async def _tell(
        self, beside: Beside, conn: AsyncConnection, items: Sequence[Item], outcomes: Mapping[tuple[str, int], Outcome]
    ) -> None:
        try:
            async with conn.begin_nested():
                await beside.take(conn, items, outcomes)
        except Exception:  # the journal itself must be written; a database that is away shows at the end of the block
            log.exception("what goes out beside the journal is lost for a batch", items=len(items))


def _overflow(count: int, at: datetime) -> Lost:
    message = f"{count} events were lost because the journal was full"
    return Lost(Fault("switchhook", "journal", "too_slow", message, at), "")


def _refused(item: Item, error: Exception, at: datetime) -> Lost:
    call = item.call.id if isinstance(item, Happened | Ended) else ""
    what = item.event.kind if isinstance(item, Happened) else type(item).__name__
    message = f"{what} could not be kept: {type(error).__name__}: {error}"
    return Lost(Fault("switchhook", "journal", "wrong_result", message, at, call), "")
