"""What calls do, from the journal to those who want to know: in the journal's own transaction, cheap and bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs
import structlog
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT
from ..alerts.inbox import Alerts
from ..calls.outcome import Outcome
from ..clock import Clock
from ..dispatch.faults import Fault
from ..schema import Label
from ..store import tables
from ..store.journal_batch import Ended, Happened, Item, Lost
from .deliveries import Subscription, backlog, enqueue, subscriptions
from .events import Told, of_end, of_event

MOST_WAITING: Final = 10_000
"""Events that may wait for one webhook; what comes beyond is dropped and told."""
COUNT_EVERY: Final = 10.0
"""Seconds after which what waits is counted anew."""
_LOST_WAYS: Final = ("last_resort.used", "call.failed")

log = structlog.get_logger(__name__)


@attrs.define
class Outlet:
    """Beside a journal. It knows who wants what from memory; :meth:`forget` says that this has changed."""

    _clock: Clock
    _alerts: Alerts
    most_waiting: int = MOST_WAITING
    _wanted: Mapping[str, Sequence[Subscription]] | None = attrs.field(default=None, init=False)
    _waiting: Counter[tuple[str, str]] = attrs.field(factory=Counter, init=False)
    _counted: float = attrs.field(default=0.0, init=False)

    def forget(self) -> None:
        """Look again who wants what at the next batch."""
        self._wanted = None

    def idle(self, items: Sequence[Item]) -> bool:
        """Whether there is nothing to do for a batch: with no webhook and no lost call it costs nothing more than this."""
        if any(_is_alert(item) for item in items):
            return False
        return self._wanted is not None and not any(
            isinstance(item, Happened | Ended) and item.call.tenant in self._wanted for item in items
        )

    async def take(
        self, conn: AsyncConnection, items: Sequence[Item], outcomes: Mapping[tuple[str, int], Outcome]
    ) -> None:
        """Queue what a batch of the journal tells, and raise alerts for calls that found no way."""
        await self._look(conn)
        dropped: Counter[tuple[str, str]] = Counter()
        queue = list(self._rooms(_told(items, outcomes), dropped))
        await enqueue(conn, queue, self._clock.now())
        for (tenant, webhook), many in sorted(dropped.items()):
            await self._tell_dropped(conn, tenant, webhook, many)
        for item in items:
            if isinstance(item, Happened) and item.event.kind in _LOST_WAYS:
                await self._tell_lost(conn, item)
            elif isinstance(item, Lost) and item.fault.kind == "suspended":
                await self._tell_suspended(conn, item.fault)

    async def _look(self, conn: AsyncConnection) -> None:
        now = self._clock.monotonic()
        if self._wanted is None:
            found: dict[str, list[Subscription]] = {}
            for one in await subscriptions(conn):
                found.setdefault(one.tenant, []).append(one)
            self._wanted, self._counted = found, now - COUNT_EVERY
        if self._wanted and now - self._counted >= COUNT_EVERY:
            self._waiting, self._counted = Counter(await backlog(conn)), now

    def _rooms(self, told: Iterator[Told], dropped: Counter[tuple[str, str]]) -> Iterator[tuple[Subscription, Told]]:
        """Who is to be told of what, as long as there is room for it."""
        for one in told:
            for subscription in (self._wanted or {}).get(one.tenant, ()):
                if not subscription.wants(one.event):
                    continue
                key = (subscription.tenant, subscription.webhook)
                if self._waiting[key] >= self.most_waiting:
                    dropped[key] += 1
                    continue
                self._waiting[key] += 1
                yield subscription, one

    async def _tell_dropped(self, conn: AsyncConnection, tenant: str, webhook: str, many: int) -> None:
        log.warning("a webhook does not keep up, and events for it are dropped", webhook=webhook, events=many)
        text = Label(
            f"Webhook {webhook}: {self.most_waiting} Ereignisse warten, weitere gehen verloren",
            f"Webhook {webhook}: {self.most_waiting} events wait, and further ones are lost",
        )
        await self._alerts.raise_(
            tenant, "webhook.dropped", webhook, text, severity="error", link=f"/webhooks/{webhook}", conn=conn
        )

    async def _tell_suspended(self, conn: AsyncConnection, fault: Fault) -> None:
        text = Label(
            f"Das Plugin {fault.plugin} wurde nach wiederholten Fehlern ausgesetzt: {fault.message}",
            f"The plugin {fault.plugin} was suspended after repeated faults: {fault.message}",
        )
        await self._alerts.raise_(OPERATOR_TENANT, "plugin.suspended", fault.plugin, text, severity="error", conn=conn)

    async def _tell_lost(self, conn: AsyncConnection, item: Happened) -> None:
        """A call met what is not there: its customer and the operator have to know (S90)."""
        call, event = item.call, item.event
        if not call.tenant:
            return
        why = str(event.data.get("why", ""))
        text = Label(
            f"Ein Anruf auf {call.number} fand keinen Weg: {why}", f"A call to {call.number} found no way: {why}"
        )
        label = await _label(conn, call.tenant, call.number)
        for tenant in (call.tenant, OPERATOR_TENANT):
            key = f"{call.tenant}/{call.number}"
            await self._alerts.raise_(tenant, "call.lost_way", key, text, severity="error", label=label, conn=conn)


def _is_alert(item: Item) -> bool:
    if isinstance(item, Lost):
        return item.fault.kind == "suspended"
    return isinstance(item, Happened) and item.event.kind in _LOST_WAYS


async def _label(conn: AsyncConnection, tenant: str, number: str) -> str:
    """What people call the flow of a number, by which they sort their mail."""
    flow, line = tables.flow, tables.number
    query = (
        select(flow.c.label, line.c.label, line.c.flow)
        .join(flow, and_(flow.c.tenant == line.c.tenant, flow.c.id == line.c.flow))
        .where(line.c.tenant == tenant, line.c.e164 == number)
    )
    row = (await conn.execute(query)).first()
    return next((str(one) for one in row or () if one), number)


def _told(items: Sequence[Item], outcomes: Mapping[tuple[str, int], Outcome]) -> Iterator[Told]:
    for item in items:
        told = None
        if isinstance(item, Happened):
            told = of_event(item.call, item.event)
        elif isinstance(item, Ended) and (outcome := outcomes.get((item.call.id, item.session))) is not None:
            told = of_end(item.call, outcome, item.at)
        if told is not None:
            yield told
