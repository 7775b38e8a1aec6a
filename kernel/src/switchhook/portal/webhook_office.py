"""What delivers events to webhooks while the portal runs."""

from __future__ import annotations

import asyncio

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from ..schema import Label
from ..webhooks.deliveries import Delivery
from ..webhooks.delivering import Delivering
from ..webhooks.events import PING
from ..webhooks.from_audit import EVERY, FromAudit
from .administration import Administration
from .post_office import again


@attrs.frozen
class WebhookOffice:
    """Runs in the one process that also does the housekeeping; a second one would do no harm."""

    administration: Administration

    async def run(self, _: object = None) -> None:
        """Until cancelled."""
        admin = self.administration
        delivering = Delivering(admin.keeping, self.given_up, admin.settings.webhooks.allow_private)
        async with asyncio.TaskGroup() as group:
            group.create_task(again(FromAudit(admin.store, admin.clock).once, EVERY), name="changes")
            group.create_task(delivering.run(), name="webhooks")

    async def given_up(self, conn: AsyncConnection, delivery: Delivery) -> None:
        """Raise an alert for a delivery that was given up, one for each webhook."""
        if delivery.event == PING:
            return
        said = delivery.answer or str(delivery.status or "")
        text = Label(
            f"Webhook {delivery.webhook}: ein Ereignis wurde nicht zugestellt: {said}",
            f"Webhook {delivery.webhook}: an event was not delivered: {said}",
        )
        link = f"/webhooks/{delivery.webhook}"
        await self.administration.alerts.raise_(
            delivery.tenant, "webhook.given_up", delivery.webhook, text, severity="error", link=link, conn=conn
        )
