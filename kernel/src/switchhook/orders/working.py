"""Carries out what is due: each order until it is done, and none holds up another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NoReturn

import attrs
import structlog
from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from ..dispatch.faults import cancelled_from_outside, shown
from ..errors import SwitchhookError
from ..store import tables_orders
from ..store.engine import Store
from ..store.leased_work import LeasedWork
from .order import Job, Order, OrderHopeless, OrderLater

AT_ONCE: Final = 20
OF_A_KIND: Final = 10
"""Orders of one kind carried out at a time: what waits long holds up no other kind."""
EVERY: Final = 0.5
"""Seconds between two looks at a book in which nothing is due."""
SLACK: Final = timedelta(seconds=30)
"""How much longer than a try may last nobody else takes it up."""
LONGEST_PAUSE: Final = 3600.0
_TABLE: Final = tables_orders.work_order
_SOME: Final = select(_TABLE.c.id).where(_TABLE.c.state == "open", _TABLE.c.due <= bindparam("now")).limit(1)

log = structlog.get_logger(__name__)

Bell = Callable[[AsyncConnection, Order, str], Awaitable[None]]
"""Told in the same transaction of an order that was given up, and why."""
Fault = Callable[[Order, BaseException], None]
"""Told of an error that is no sentence of ours: a plugin's fault."""


@attrs.define
class Working:
    """Works for all tenants. Several processes may do so at once: an order is leased to one of them."""

    store: Store
    clock: Clock
    jobs: Mapping[str, Job]
    carry_out: Callable[[Job, Order], Awaitable[None]]
    bell: Bell
    fault: Fault = lambda order, error: None
    work: LeasedWork[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Of one kind some at a time, so that what waits long holds up no other kind."""
        self.work = LeasedWork(self._take, self._one, lambda row: str(row["kind"]), "orders", EVERY)

    async def run(self) -> NoReturn:
        """See :meth:`~switchhook.store.leased_work.LeasedWork.run`."""
        await self.work.run()

    async def all_due(self) -> int:
        """See :meth:`~switchhook.store.leased_work.LeasedWork.all_due`."""
        return await self.work.all_due()

    async def _take(self, lease: str) -> Sequence[RowMapping]:
        """Lease the oldest that are due, of the kinds somebody carries out and has room for."""
        busy = self.work.busy
        free = AT_ONCE - busy.total()
        room = {kind: OF_A_KIND - busy[kind] for kind in self.jobs if busy[kind] < OF_A_KIND}
        if free <= 0 or not room:
            return []
        now = self.clock.now()
        open_now = (
            _TABLE.c.state == "open",
            _TABLE.c.due <= now,
            _TABLE.c.kind.in_(room),
            or_(_TABLE.c.leased.is_(None), _TABLE.c.leased <= now),
        )
        async with self.store.read() as conn:  # most looks find nothing, and need neither a long question nor a writer
            if (await conn.execute(_SOME, {"now": now})).first() is None:
                return []
            ids = (await conn.execute(_oldest(open_now, room, free))).scalars().all()
        if not ids:
            return []
        longest = timedelta(seconds=max(self.jobs[kind].deadline for kind in room))
        mine = select(_TABLE.c.id).where(_TABLE.c.id.in_(ids), *open_now).with_for_update(skip_locked=True)
        taking = (
            update(_TABLE)
            .where(_TABLE.c.id.in_(mine), *open_now)
            .values(lease=lease, leased=now + longest + SLACK, tries=_TABLE.c.tries + 1)
            .returning(_TABLE)
        )
        async with self.store.write() as conn:
            rows = (await conn.execute(taking)).mappings().all()
        return sorted(rows, key=lambda row: (row["due"], row["id"]))

    async def _one(self, row: RowMapping, lease: str) -> None:
        order, job = _order(row), self.jobs[row["kind"]]
        values = await self._tried(job, order)
        mine = (_TABLE.c.id == order.id, _TABLE.c.lease == lease)
        async with self.store.write() as conn:
            noted = await conn.execute(update(_TABLE).where(*mine).values({**values, "lease": "", "leased": None}))
            if noted.rowcount and values.get("state") == "dead":
                await self.bell(conn, order, str(values["why"]))

    async def _tried(self, job: Job, order: Order) -> dict[str, object]:
        """What is kept of an order after a try."""
        try:
            async with asyncio.timeout(job.deadline):
                await self.carry_out(job, order)
        except OrderLater as later:
            return {"due": later.due, "why": str(later), "tries": order.tries - 1}
        except OrderHopeless as hopeless:
            return self._dead(str(hopeless))
        except TimeoutError:
            return self._again(job, order, f"it was not done within {job.deadline:g} s")
        except SwitchhookError as error:
            return self._again(job, order, str(error))
        except asyncio.CancelledError:
            if cancelled_from_outside():
                raise
            return self._again(job, order, "it ended as if it was cancelled")
        except (Exception, SystemExit) as error:  # whatever a plugin raises, the other orders go on
            self.fault(order, error)
            return self._again(job, order, f"{type(error).__name__}: {shown(error, str)}")
        return {"state": "done", "ended": self.clock.now(), "why": ""}

    def _again(self, job: Job, order: Order, why: str) -> dict[str, object]:
        now = self.clock.now()
        if now - order.created >= job.give_up:
            return self._dead(why)
        return {"due": now + timedelta(seconds=pause(job.first_pause, order.tries)), "why": why[:500]}

    def _dead(self, why: str) -> dict[str, object]:
        return {"state": "dead", "ended": self.clock.now(), "why": why[:500]}


def _oldest(open_now: Sequence[ColumnElement[bool]], room: Mapping[str, int], free: int) -> Select[tuple[int]]:
    """Those that are due longest: as many of each kind as it has room for, and as many as are ``free``."""
    place = func.row_number().over(partition_by=_TABLE.c.kind, order_by=(_TABLE.c.due, _TABLE.c.id)).label("place")
    queues = select(_TABLE.c.id, _TABLE.c.kind, _TABLE.c.due, place).where(*open_now).subquery()
    fits = queues.c.place <= case(room, value=queues.c.kind)
    return select(queues.c.id).where(fits).order_by(queues.c.due, queues.c.id).limit(free)


def pause(first: float, tries: int) -> float:
    """Seconds until the next try: ``first`` after the first, twice as long after each, an hour at most."""
    return float(min(first * 2 ** min(tries - 1, 20), LONGEST_PAUSE))


def _order(row: RowMapping) -> Order:
    known: dict[str, Any] = {name: row[name] for name in ("id", "tenant", "kind", "payload", "due", "created", "tries")}
    return Order(**known, once=row["once"])
