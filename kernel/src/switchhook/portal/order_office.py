"""What carries out orders while the portal runs."""

from __future__ import annotations

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from ..orders.order import Job, Order
from ..orders.working import Working
from ..schema import Label
from .administration import Administration


@attrs.frozen
class OrderOffice:
    """Runs in the one process that also does the housekeeping; a second one would do no harm."""

    administration: Administration

    async def run(self, _: object = None) -> None:
        """Until cancelled."""
        await (await self.working()).run()

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
