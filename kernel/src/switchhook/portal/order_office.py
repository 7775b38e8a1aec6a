"""What carries out orders while the portal runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

import attrs
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT
from ..errors import SwitchhookError
from ..orders.order import Job, Order
from ..orders.working import Working
from ..schema import Label
from .administration import Administration

UNCLAIMED: Final = "order.unclaimed"
"""The alert about orders of a kind that no plugin carries out."""
LOOK_EVERY: Final = 60.0

log = structlog.get_logger(__name__)


@attrs.frozen
class OrderOffice:
    """Runs in the one process that also does the housekeeping; a second one would do no harm."""

    administration: Administration

    async def run(self, _: object = None) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task((await self.working()).run(), name="orders")
            group.create_task(self._watch(), name="unclaimed orders")

    async def _watch(self) -> None:
        told: Mapping[str, int] = {}
        while True:
            try:
                told = await self.tell_unclaimed(told)
            except SwitchhookError as error:  # such as a database that is away
                log.warning("orders nobody carries out cannot be looked for", why=str(error))
            await asyncio.sleep(LOOK_EVERY)

    async def tell_unclaimed(self, told: Mapping[str, int]) -> Mapping[str, int]:
        """Raise an alert for each kind that waits for nobody, unless it was ``told``, and settle those that do not.

        Gives what is told now.
        """
        alerts, care = self.administration.alerts, self.administration.order_care
        found = await care.unclaimed()
        for kind in {*told, *(await care.kinds() if not told else ())} - found.keys():
            await alerts.settle(OPERATOR_TENANT, UNCLAIMED, kind)
        for kind, count in found.items():
            if told.get(kind) != count:
                text = Label(
                    f"Aufträge {kind} führt kein Plugin aus: {count} warten. Ist eines ausgeschaltet oder entfernt?",
                    f"No plugin carries out orders {kind}: {count} wait. Is one switched off, or removed?",
                )
                await alerts.raise_(OPERATOR_TENANT, UNCLAIMED, kind, text, link="/operator/orders")
        return found

    async def working(self) -> Working:
        """Works with the jobs that plugins bring."""
        admin = self.administration
        brought = {answer.value.kind: answer for answer in await admin.plugged.hooks.collect("jobs")}

        def report(order: Order, error: BaseException) -> None:
            why = f"an order {order.kind} failed: {error!r}"
            admin.plugged.breaker.report(brought[order.kind].plugin, "jobs", "raised", why, error=error, counts=False)

        async def carry_out(job: Job, order: Order) -> None:
            await job.run(admin, order)

        jobs = {kind: answer.value for kind, answer in brought.items()}
        return Working(admin.store, admin.clock, jobs, carry_out, self.given_up, report)

    async def given_up(self, conn: AsyncConnection, order: Order, why: str) -> None:
        """Raise an alert for an order that was given up, one for each kind of a tenant."""
        text = Label(
            f"Ein Auftrag {order.kind} wurde aufgegeben: {why}",
            f"An order {order.kind} was given up: {why}",
        )
        await self.administration.alerts.raise_(
            order.tenant, "order.given_up", order.kind, text, severity="error", conn=conn
        )
