"""What webhooks were told, and what became of it; the webhooks themselves are resources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import Label, setting
from switchhook.administration import Delivery

from ..operation import Answer, Asked, Operation
from .common import NumberedQuery, a_page, page_of
from .post import no

_AT = "/tenants/{tenant}/webhook-deliveries"


@attrs.frozen
class DeliveryQuery(NumberedQuery):
    """Which deliveries."""

    webhook: str = setting("text", "Webhook", "Webhook", default="")
    state: str = setting("choice", "Zustand", "State", default="", choices=("queued", "delivered", "deferred", "dead"))


def operations() -> Sequence[Operation]:
    """The log of deliveries."""
    return [
        _operation(
            "list",
            "Sendungen",
            "Deliveries",
            path=_AT,
            run=_list,
            right="webhook.view",
            query=DeliveryQuery,
            answer=page_of(Delivery, "integer"),
        ),
        _operation(
            "get", "Eine Sendung", "One delivery", path=f"{_AT}/{{id}}", run=_get, right="webhook.view", answer=Delivery
        ),
        _operation(
            "redeliver",
            "Erneut senden",
            "Send it once more",
            method="POST",
            path=f"{_AT}/{{id}}/redeliver",
            run=_redeliver,
            right="webhook.change",
            answer=Delivery,
        ),
        _operation(
            "ping",
            "Testereignis senden",
            "Send a test event",
            method="POST",
            path="/tenants/{tenant}/resources/webhook/{id}/ping",
            run=_ping,
            right="webhook.change",
            answer=Delivery,
            status=202,
        ),
    ]


def _operation(name: str, de: str, en: str, **more: Any) -> Operation:
    more.setdefault("method", "GET")
    return Operation(id=f"deliveries.{name}", tag="webhook", summary=Label(de, en), **more)


def _deliveries(asked: Asked) -> Any:
    return asked.administration.webhooks.of(asked.tenant, asked.actor)


async def _list(asked: Asked) -> Answer:
    wanted: DeliveryQuery = asked.query
    page = await _deliveries(asked).page(
        wanted.webhook, state=wanted.state or None, after=wanted.after, limit=wanted.limit
    )
    return Answer(value=a_page(page.deliveries, page.after))


async def _get(asked: Asked) -> Answer:
    return Answer(value=await _deliveries(asked).delivery(no(asked)))


async def _redeliver(asked: Asked) -> Answer:
    return Answer(value=await _deliveries(asked).redeliver(no(asked)))


async def _ping(asked: Asked) -> Answer:
    return Answer(value=await _deliveries(asked).ping(asked.path["id"]))
