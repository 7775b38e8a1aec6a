"""What is locked because of wrong PINs, and unlocking it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import attrs
from sqlalchemy import func, select, update

from ..access.actor import Actor
from ..alerts.inbox import Alerts
from ..clock import Clock
from ..errors import NotFound
from ..store.audit import Audit
from ..store.engine import Store
from ..store.tables_pins import pin_attempt
from .alarm import RULE as LOCKED
from .alarm import key_of
from .book import take_turn

RIGHT: Final = "pin.unlock"
_A: Final = pin_attempt.c


@attrs.frozen
class PinLock:
    """What nobody gets into at present: the purpose and subject of its PIN, since and until when, after how many."""

    purpose: str
    subject: str
    since: datetime
    until: datetime
    wrong: int


@attrs.frozen
class Pins:
    """The locks of all tenants."""

    store: Store
    clock: Clock
    audit: Audit

    def of(self, tenant: str, actor: Actor) -> TenantPins:
        """A tenant's locks, as ``actor`` may see and end them."""
        return TenantPins(self, tenant, actor)


@attrs.frozen
class TenantPins:
    """One tenant's locks. Needs the right ``pin.unlock``, else ``Forbidden``; what is not locked is ``NotFound``."""

    pins: Pins
    tenant: str
    actor: Actor

    async def locked(self) -> Sequence[PinLock]:
        """What is locked now, the latest first."""
        self.actor.need(RIGHT)
        mine = (_A.tenant == self.tenant, _A.counts)
        query = (
            select(_A.purpose, _A.subject, func.max(_A.at), func.max(_A.until), func.count())
            .where(*mine)
            .group_by(_A.purpose, _A.subject)
            .having(func.max(_A.until) > self.pins.clock.now())
            .order_by(func.max(_A.at).desc(), _A.purpose, _A.subject)
        )
        async with self.pins.store.read() as conn:
            return [PinLock(*row) for row in (await conn.execute(query)).all()]

    async def unlock(self, purpose: str, subject: str) -> None:
        """Forget the wrong PINs at a subject, so that it can be tried again at once; the audit tells who did.

        The alert about the lock is closed.
        """
        self.actor.need(RIGHT)
        now = self.pins.clock.now()
        mine = (_A.tenant == self.tenant, _A.purpose == purpose, _A.subject == subject, _A.counts)
        async with self.pins.store.write() as conn:
            await self.pins.audit.take_turn(conn)
            await take_turn(conn, self.tenant)
            until = (await conn.execute(select(func.max(_A.until)).where(*mine))).scalar()
            if until is None or until <= now:
                raise NotFound(f"no PIN for {purpose} {subject!r} is locked", purpose=purpose, subject=subject)
            forgiven = await conn.execute(update(pin_attempt).where(*mine).values(counts=False, until=None))
            told = {"purpose": purpose, "subject": subject, "wrong": forgiven.rowcount}
            what = (self.tenant, "pin", f"{purpose}/{subject}")
            await self.pins.audit.add(conn, now, self.actor.name, "unlock", what, told, {})
            alerts = Alerts(self.pins.store, self.pins.clock)
            await alerts.settle(self.tenant, LOCKED, key_of(purpose, subject), conn=conn)
