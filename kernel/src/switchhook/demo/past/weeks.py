"""Gives a demonstration its last weeks, once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import select

from ...asterisk.live import LiveCalls
from ...clock import Clock, SetClock
from ...config import Settings
from ...portal.administration import administration_of
from ...portal.order_office import OrderOffice
from ...portal.worker import Worker
from ...speech.engines import choose_engine
from ...store import tables
from ...store.engine import Store
from ..site import TENANT
from .calls import DAYS, past_calls
from .changes import make_changes
from .replay import ORIGIN, Replay
from .sayings import spoken


async def live_through(
    settings: Settings, store: Store, worker: Worker, clock: Clock, say: Callable[[str], None], *, days: int = DAYS
) -> int:
    """Have the calls and changes of the last four weeks, or of so many days; gives how many calls there were, 0 where it has them already."""
    of_the_past = select(tables.call.c.id).where(tables.call.c.tenant == TENANT, tables.call.c.origin == ORIGIN)
    async with store.read() as conn:
        if (await conn.execute(of_the_past.limit(1))).first() is not None:
            return 0
    say("living through the last four weeks: made-up calls, messages and changes")
    now = clock.now()
    then = SetClock(now)
    administration = administration_of(settings, store, then, worker.plugged, LiveCalls(then))
    sayings = await asyncio.to_thread(spoken, choose_engine())
    calls = past_calls(now, days)
    orders = await OrderOffice(administration).working()
    await make_changes(administration, then, now)
    await Replay(worker, administration, then, orders, sayings).run(calls)
    return len(calls)
