"""Lets a tenant's people know that a PIN is locked."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from ..alerts.inbox import Alerts
from ..schema import Label
from ..store.tables_pins import pin_attempt
from ..store.tables_post import alert
from .book import take_turn

RULE: Final = "pin.locked"
_A: Final = pin_attempt.c


def key_of(purpose: str, subject: str) -> str:
    """The key of the alert about the PIN of a subject."""
    return f"{purpose}/{subject}"


async def tell_of_locks(alerts: Alerts) -> None:
    """Raise an alert for each lock, once, whoever looks and whatever became of the alert.

    It is told of afterwards and not where attempts are judged, so that the one
    that locks takes no longer than any other.
    """
    now = alerts.clock.now()
    query = (
        select(_A.tenant, _A.purpose, _A.subject, func.max(_A.at))
        .where(_A.counts)
        .group_by(_A.tenant, _A.purpose, _A.subject)
        .having(func.max(_A.until) > now)
    )
    async with alerts.store.read() as conn:
        locks = (await conn.execute(query)).all()
    for tenant, purpose, subject, since in locks:
        key = key_of(purpose, subject)
        mine = (alert.c.tenant == tenant, alert.c.rule == RULE, alert.c.key == key, alert.c.last >= since)
        async with alerts.store.write() as conn:
            await take_turn(conn, tenant)
            if (await conn.execute(select(alert.c.id).where(*mine).limit(1))).first() is None:
                await alerts.raise_(tenant, RULE, key, _text(purpose, subject), link="/pins", conn=conn)


def _text(purpose: str, subject: str) -> Label:
    return Label(
        f"Eine PIN ist nach zu vielen falschen Eingaben gesperrt: {subject} ({purpose})",
        f"A PIN is locked after too many wrong ones: {subject} ({purpose})",
    )
