"""Where attempts with PINs are counted, for all calls, callers and workers alike (SEC22, SEC23)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..calls.pins import PinAttempt, PinLimits, PinVerdict
from ..clock import Clock
from ..store.engine import Store
from ..store.tables_pins import pin_attempt, pin_turn
from ..store.upsert import once

DAY: Final = timedelta(days=1)
KEPT: Final = timedelta(days=2)
NOBODYS: Final = 2**62
"""An id no attempt comes to: what is forgiven from it on is nothing, by the same statement."""
_A: Final = pin_attempt.c


@attrs.frozen
class StoredPins:
    """The attempts of all tenants; see :class:`switchhook.calls.pins.PinBook`.

    Right, wrong and locked attempts take the same way: the same questions to
    the database and one row. Only the caller's own wrong attempts at a subject
    are forgiven by a right one, so that nobody who guesses is helped by others.
    """

    store: Store
    clock: Clock

    async def judge(self, attempt: PinAttempt, *, right: bool) -> PinVerdict:
        """See :meth:`switchhook.calls.pins.PinBook.judge`."""
        async with self.store.write() as conn:
            return await self._judge(conn, attempt, right=right)

    async def _judge(self, conn: AsyncConnection, attempt: PinAttempt, *, right: bool) -> PinVerdict:
        call, now = attempt.call, self.clock.now()
        await take_turn(conn, call.tenant)
        same = (_A.tenant == call.tenant, _A.call == call.id, _A.step == attempt.step)
        before: PinVerdict | None = (await conn.execute(select(_A.verdict).where(*same))).scalar()
        if before is not None:
            return before
        ends, full = await self._standing(conn, attempt, now)
        verdict: PinVerdict = "locked" if full else "ok" if right else "wrong"
        row = {
            "tenant": call.tenant,
            "purpose": attempt.purpose,
            "subject": attempt.subject,
            "caller": call.caller.key,
            "call": call.id,
            "step": attempt.step,
            "at": now,
            "verdict": verdict,
            "counts": verdict == "wrong",
            "until": ends if verdict == "wrong" else None,
        }
        await conn.execute(insert(pin_attempt).values(row))
        mine = (*_of_subject(attempt), _A.counts, _A.caller == call.caller.key, _A.at > now - DAY)
        own = (*mine, _A.call == call.id) if not call.caller.key else mine
        least = 0 if verdict == "ok" else NOBODYS
        await conn.execute(update(pin_attempt).where(*own, _A.id >= least).values(counts=False, until=None))
        return verdict

    async def _standing(
        self, conn: AsyncConnection, attempt: PinAttempt, now: datetime
    ) -> tuple[datetime | None, bool]:
        """When the lock would end that one more wrong attempt makes, if it makes one; and whether it is locked now."""
        call, limits = attempt.call, attempt.limits
        of_subject = await _moments(conn, (*_of_subject(attempt), _A.at > now - DAY))
        hour = timedelta(seconds=limits.caller_seconds)
        of_caller = await _moments(conn, (_A.tenant == call.tenant, _A.caller == call.caller.key, _A.at > now - hour))
        of_call = await _moments(conn, (_A.tenant == call.tenant, _A.call == call.id))
        full = (
            lock_of(of_subject, limits, now) is not None
            or len(of_caller) >= limits.per_caller
            or len(of_call) >= limits.per_call
        )
        return lock_of([now, *of_subject], limits, now), full


def lock_of(wrong: Sequence[datetime], limits: PinLimits, now: datetime) -> datetime | None:
    """When a subject's lock ends, after the wrong attempts of a day, newest first; None when it is not locked."""
    ends = []
    for most, window in ((limits.per_subject, timedelta(seconds=limits.subject_seconds)), (limits.per_day, DAY)):
        if len(wrong) >= most and wrong[most - 1] > now - window:
            ends.append(wrong[most - 1] + window)
    return max(ends, default=None)


async def take_turn(conn: AsyncConnection, tenant: str) -> None:
    """Let no other transaction judge an attempt of a tenant until this one ends."""
    await conn.execute(once(conn.dialect.name, pin_turn).values(tenant=tenant))
    await conn.execute(select(pin_turn).where(pin_turn.c.tenant == tenant).with_for_update())


async def forget_attempts(store: Store, now: datetime) -> None:
    """Forget attempts that count no more."""
    async with store.write() as conn:
        await conn.execute(delete(pin_attempt).where(_A.at < now - KEPT))


def _of_subject(attempt: PinAttempt) -> tuple[ColumnElement[bool], ...]:
    return _A.tenant == attempt.call.tenant, _A.purpose == attempt.purpose, _A.subject == attempt.subject


async def _moments(conn: AsyncConnection, which: Sequence[ColumnElement[bool]]) -> list[datetime]:
    query = select(_A.at).where(*which, _A.counts).order_by(_A.at.desc(), _A.id.desc())
    rows: Sequence[Any] = (await conn.execute(query)).scalars().all()
    return list(rows)
