"""Lets people and plugins know of alerts, once an hour at most for each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

import attrs
from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..store import tables_post
from .alert import Alert
from .inbox import Alerts, alert_of

EVERY: Final = 2.0
"""Seconds between two looks at what is to be told."""
AGAIN: Final = timedelta(hours=1)
BATCH: Final = 20
_ALERT: Final = tables_post.alert

Writing = Callable[[AsyncConnection, Alert], Awaitable[None]]


@attrs.frozen
class Telling:
    """``write`` writes to people in the transaction that marks an alert as told, ``announce`` comes after it."""

    alerts: Alerts
    write: Writing
    announce: Callable[[Alert], Awaitable[None]]

    async def once(self) -> int:
        """Tell what is new, and what happened again an hour after it was told; gives how many alerts."""
        now = self.alerts.clock.now()
        again = and_(_ALERT.c.state == "open", _ALERT.c.last > _ALERT.c.told, _ALERT.c.told <= now - AGAIN)
        due = and_(_ALERT.c.state != "closed", or_(_ALERT.c.told.is_(None), again))
        some = select(_ALERT.c.id).where(due).order_by(_ALERT.c.id).limit(BATCH).with_for_update(skip_locked=True)
        marking = update(_ALERT).where(_ALERT.c.id.in_(some), due).values(told=now).returning(_ALERT)
        async with self.alerts.store.write() as conn:
            told: Sequence[Alert] = [alert_of(row) for row in (await conn.execute(marking)).mappings()]
            for alert in told:
                await self.write(conn, alert)
        for alert in told:
            await self.announce(alert)
        return len(told)
