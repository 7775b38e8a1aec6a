"""Takes events out of the queue and delivers them; a receiver that is slow or gone holds up nobody but itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NoReturn

import attrs
import structlog
from sqlalchemy import func, or_, select, tuple_, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import SwitchhookError
from ..resources.service import Keeping
from ..store import tables_post
from ..store.leased_work import LeasedWork
from .deliveries import OPEN, Delivery, delivery_of
from .target import Resolve, TargetRefused, system_resolve, target_of
from .webhook import KIND, Webhook

AT_ONCE: Final = 20
EACH: Final = 2
"""Deliveries to one webhook at a time: a dead one holds up its own queue alone."""
EVERY: Final = 1.0
GIVE_UP: Final = timedelta(hours=24)
FIRST_PAUSE: Final = 10.0
LONGEST_PAUSE: Final = 3600.0
LEASE: Final = timedelta(seconds=120)
_DELIVERY: Final = tables_post.webhook_delivery

log = structlog.get_logger(__name__)

Bell = Callable[[AsyncConnection, Delivery], Awaitable[None]]
"""Told in the same transaction of a delivery that was given up."""


@attrs.frozen
class Result:
    """What became of one try; ``hopeless`` when no other try can help."""

    status: int
    answer: str
    taken: bool = False
    hopeless: bool = False


@attrs.define
class Delivering:
    """Delivers for all tenants. Several processes may do so at once: a delivery is leased to one of them."""

    _keeping: Keeping
    _bell: Bell
    _allow_private: bool = False
    _resolve: Resolve = system_resolve
    work: LeasedWork[tuple[str, str]] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """To one webhook a few at a time, so that a dead one holds up its own queue alone."""
        self.work = LeasedWork(self._take, self._one, lambda row: (row["tenant"], row["webhook"]), "webhooks", EVERY)

    async def run(self) -> NoReturn:
        """See :meth:`~switchhook.store.leased_work.LeasedWork.run`."""
        await self.work.run()

    async def all_due(self) -> int:
        """See :meth:`~switchhook.store.leased_work.LeasedWork.all_due`."""
        return await self.work.all_due()

    async def _take(self, lease: str) -> Sequence[RowMapping]:
        """Lease the oldest that are due, a few of each webhook."""
        busy = self.work.busy
        free = AT_ONCE - busy.total()
        if free <= 0:
            return []
        now = self._keeping.clock.now()
        due = [_DELIVERY.c.state.in_(OPEN), _DELIVERY.c.due <= now]
        due.append(or_(_DELIVERY.c.leased.is_(None), _DELIVERY.c.leased <= now))
        if full := [key for key, many in busy.items() if many >= EACH]:
            due.append(tuple_(_DELIVERY.c.tenant, _DELIVERY.c.webhook).not_in(full))
        place = func.row_number().over(
            partition_by=(_DELIVERY.c.tenant, _DELIVERY.c.webhook), order_by=(_DELIVERY.c.due, _DELIVERY.c.id)
        )
        queue = select(_DELIVERY.c.id, place.label("place")).where(*due).subquery()
        some = select(queue.c.id).where(queue.c.place <= EACH).order_by(queue.c.id).limit(free)
        taking = update(_DELIVERY).where(_DELIVERY.c.id.in_(some), *due).values(lease=lease, leased=now + LEASE)
        async with self._keeping.store.write() as conn:
            rows: Sequence[RowMapping] = (await conn.execute(taking.returning(_DELIVERY))).mappings().all()
        return rows

    async def _one(self, row: RowMapping, lease: str) -> None:
        result = await self._try(row)
        now = self._keeping.clock.now()
        values = after_try(result, row["since"], row["tries"] + 1, now)
        mine = (_DELIVERY.c.id == row["id"], _DELIVERY.c.lease == lease)
        async with self._keeping.store.write() as conn:
            noted = await conn.execute(update(_DELIVERY).where(*mine).values(values).returning(_DELIVERY))
            kept = noted.mappings().first()
            if kept is not None and kept["state"] == "dead":
                await self._bell(conn, delivery_of(kept))

    async def _try(self, row: RowMapping) -> Result:
        import aiohttp

        from .wire import SIGNATURE, deliver, signature

        try:
            webhook = await self._webhook(row["tenant"], row["webhook"])
            if webhook is None:
                return Result(0, "the webhook is not active any more", hopeless=True)
            target = await target_of(webhook.url, self._resolve, allow_private=self._allow_private)
            at = int(self._keeping.clock.now().timestamp())
            headers = {
                SIGNATURE: signature(webhook.secret, at, row["body"]),
                "X-Switchhook-Event": row["event"],
                "X-Switchhook-Id": row["event_id"],
                "X-Switchhook-Try": str(row["tries"] + 1),
            }
            answer = await deliver(target, row["body"], headers)
        except TargetRefused as refused:
            return Result(0, str(refused), hopeless=True)
        except (SwitchhookError, OSError, aiohttp.ClientError, ValueError) as error:
            return Result(0, (str(error) or type(error).__name__)[:300])
        return Result(answer.status, _told(answer.status, answer.text), answer.taken)

    async def _webhook(self, tenant: str, id: str) -> Webhook | None:  # noqa: A002
        async with self._keeping.store.read() as conn:
            record = await self._keeping.rows.find(conn, tenant, KIND, id)
        if record is None or record.deleted is not None or not isinstance(record.value, Webhook):
            return None
        return record.value if record.value.active else None


def after_try(result: Result, since: datetime, tries: int, now: datetime) -> Mapping[str, object]:
    """What is kept of a delivery after a try."""
    state = "delivered" if result.taken else "deferred"
    if not result.taken and (result.hopeless or now - since >= GIVE_UP):
        state = "dead"
    kept: dict[str, object] = {"state": state, "status": result.status, "answer": result.answer, "tries": tries}
    return kept | {"tried": now, "due": now + timedelta(seconds=pause(tries)), "lease": "", "leased": None}


def pause(tries: int) -> float:
    """Seconds until the next try: ten after the first, twice as long after each, an hour at most."""
    return float(min(FIRST_PAUSE * 2 ** min(tries - 1, 12), LONGEST_PAUSE))


def _told(status: int, text: str) -> str:
    clean = "".join(c if c.isprintable() else " " for c in text).strip()
    return clean or ("redirects are not followed" if 300 <= status < 400 else "")
