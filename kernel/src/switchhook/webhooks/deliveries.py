"""What was, is and will be delivered, and how an event gets into the queue."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import attrs
from sqlalchemy import func, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor, Forbidden
from ..clock import Clock
from ..errors import NotFound
from ..store import tables, tables_post
from ..store.engine import Store
from ..store.upsert import once
from .events import ALL, PING, Told
from .webhook import KIND

_KEPT, _DELIVERY = tables.kept, tables_post.webhook_delivery
DeliveryState = Literal["queued", "delivered", "deferred", "dead"]
OPEN: Final = ("queued", "deferred")


@attrs.frozen
class Delivery:
    """One event for one webhook. ``status`` is that of the last answer, 0 without one; ``answer`` what it said, or why not."""

    id: int
    tenant: str
    webhook: str
    event_id: str
    event: str
    state: DeliveryState
    tries: int
    status: int
    answer: str
    created: datetime
    due: datetime
    tried: datetime | None
    body: str = attrs.field(repr=False)


@attrs.frozen
class DeliveryPage:
    """A part of the delivery log, newest first. ``after`` is the cursor of the next part, 0 at the end."""

    deliveries: Sequence[Delivery]
    after: int = 0


@attrs.frozen
class Subscription:
    """Which events an active webhook wants."""

    tenant: str
    webhook: str
    events: frozenset[str]

    def wants(self, event: str) -> bool:
        """Whether it is to be told of an event."""
        return event in self.events or ALL in self.events


async def subscriptions(conn: AsyncConnection, tenant: str = "") -> Sequence[Subscription]:
    """Those of all active webhooks, or of one tenant's."""
    query = select(_KEPT.c.tenant, _KEPT.c.id, _KEPT.c.document).where(_KEPT.c.kind == KIND, _KEPT.c.deleted.is_(None))
    query = query.where(_KEPT.c.tenant == tenant) if tenant else query
    return [
        Subscription(row.tenant, row.id, frozenset(row.document.get("events", ())))
        for row in await conn.execute(query)
        if row.document.get("active")
    ]


async def enqueue(conn: AsyncConnection, wanted: Iterable[tuple[Subscription, Told]], now: datetime) -> None:
    """Let webhooks be told, in the caller's transaction; what is queued for a webhook already is not queued again."""
    rows = [_row(one.tenant, one.webhook, told, now) for one, told in wanted]
    if rows:
        await conn.execute(once(conn.dialect.name, _DELIVERY), rows)


async def tell(conn: AsyncConnection, told: Told, now: datetime) -> None:
    """Let every webhook of the tenant know that wants it, in the caller's transaction."""
    found = await subscriptions(conn, told.tenant)
    await enqueue(conn, [(one, told) for one in found if one.wants(told.event)], now)


async def backlog(conn: AsyncConnection) -> Mapping[tuple[str, str], int]:
    """How many events wait for each webhook that has any waiting."""
    query = select(_DELIVERY.c.tenant, _DELIVERY.c.webhook, func.count()).where(_DELIVERY.c.state.in_(OPEN))
    return {
        (row[0], row[1]): row[2] for row in await conn.execute(query.group_by(_DELIVERY.c.tenant, _DELIVERY.c.webhook))
    }


@attrs.frozen
class Webhooks:
    """The deliveries of all tenants; the webhooks themselves are resources of the kind ``webhook``."""

    store: Store
    clock: Clock

    def of(self, tenant: str, actor: Actor) -> Deliveries:
        """A tenant's deliveries as ``actor`` may see them."""
        return Deliveries(self, tenant, actor)


@attrs.frozen
class Deliveries:
    """One tenant's delivery log. What belongs to another tenant is ``NotFound``, what the actor may not do ``Forbidden``."""

    webhooks: Webhooks
    tenant: str
    actor: Actor

    async def page(
        self, webhook: str = "", *, state: DeliveryState | None = None, after: int = 0, limit: int = 50
    ) -> DeliveryPage:
        """The deliveries, newest first, of one webhook and of one state if wished."""
        self._everything("webhook.view")
        query = select(_DELIVERY).where(_DELIVERY.c.tenant == self.tenant).order_by(_DELIVERY.c.id.desc())
        for column, wanted in ((_DELIVERY.c.webhook, webhook), (_DELIVERY.c.state, state)):
            query = query.where(column == wanted) if wanted else query
        query = query.where(_DELIVERY.c.id < after) if after else query
        async with self.webhooks.store.read() as conn:
            rows = (await conn.execute(query.limit(limit + 1))).mappings()
            found = [delivery_of(row) for row in rows]
        return DeliveryPage(found[:limit], found[limit - 1].id if len(found) > limit else 0)

    async def delivery(self, id: int) -> Delivery:  # noqa: A002 - the domain's own word
        """One delivery; raises ``NotFound``."""
        self._everything("webhook.view")
        async with self.webhooks.store.read() as conn:
            return self._there((await conn.execute(select(_DELIVERY).where(*self._mine(id)))).mappings().first(), id)

    async def redeliver(self, id: int) -> Delivery:  # noqa: A002
        """Send an event once more, with the same id, whatever became of it; raises ``NotFound``."""
        self._everything("webhook.change")
        now = self.webhooks.clock.now()
        again = {"state": "queued", "since": now, "due": now, "lease": "", "leased": None}
        async with self.webhooks.store.write() as conn:
            changed = update(_DELIVERY).where(*self._mine(id)).values(again).returning(_DELIVERY)
            return self._there((await conn.execute(changed)).mappings().first(), id)

    async def ping(self, webhook: str) -> Delivery:
        """Queue a test event for one webhook; raises ``NotFound``."""
        self._everything("webhook.change")
        now = self.webhooks.clock.now()
        told = Told(self.tenant, PING, f"ping/{secrets.token_hex(8)}", now, {"by": self.actor.name})
        async with self.webhooks.store.write() as conn:
            there = select(_KEPT.c.id).where(
                _KEPT.c.tenant == self.tenant, _KEPT.c.kind == KIND, _KEPT.c.id == webhook, _KEPT.c.deleted.is_(None)
            )
            if (await conn.execute(there)).first() is None:
                raise NotFound(f"there is no webhook {webhook!r}", id=webhook)
            adding = _DELIVERY.insert().values(_row(self.tenant, webhook, told, now)).returning(_DELIVERY)
            return delivery_of((await conn.execute(adding)).mappings().one())

    def _everything(self, right: str) -> None:
        if not self.actor.need(right).everything:
            raise Forbidden(f"this needs the right {right} over everything", right=right, actor=self.actor.name)

    def _mine(self, id: int) -> tuple[Any, ...]:  # noqa: A002
        return _DELIVERY.c.tenant == self.tenant, _DELIVERY.c.id == id

    def _there(self, row: RowMapping | None, id: int) -> Delivery:  # noqa: A002
        if row is None:
            raise NotFound(f"there is no delivery {id}", id=id)
        return delivery_of(row)


def delivery_of(row: RowMapping) -> Delivery:
    """A delivery from its row."""
    return Delivery(**{field.name: row[field.name] for field in attrs.fields(Delivery)})


def _row(tenant: str, webhook: str, told: Told, now: datetime) -> dict[str, object]:
    row: dict[str, object] = {"tenant": tenant, "webhook": webhook, "event_id": told.id, "event": told.event}
    return row | {"body": told.body, "state": "queued", "created": now, "since": now, "due": now}
