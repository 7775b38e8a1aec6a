"""Orders that need the operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from switchhook import Label
from switchhook.administration import OperatedOrders, WaitingOrder

from ..operation import Answer, Asked, Operation
from .common import NumberedQuery, a_page, page_of

_ONE = "/orders/{id}"


def operations() -> Sequence[Operation]:
    """Seeing them, having them tried again, and discarding them."""
    return [
        _operation(
            "waiting",
            "Aufträge, die nicht ausgeführt wurden",
            "Orders that were not carried out",
            path="/orders",
            run=_waiting,
            query=NumberedQuery,
            answer=page_of(WaitingOrder, "integer"),
        ),
        _operation(
            "again", "Auftrag erneut versuchen", "Try an order again", path=f"{_ONE}/again", method="POST", run=_again
        ),
        _operation("drop", "Auftrag verwerfen", "Discard an order", path=_ONE, method="DELETE", run=_drop),
    ]


def _operation(name: str, de: str, en: str, **more: Any) -> Operation:
    more = {"method": "GET", **({} if name == "waiting" else {"status": 204}), **more}
    return Operation(id=f"orders.{name}", tag="orders", summary=Label(de, en), above=True, **more)


def _orders(asked: Asked) -> OperatedOrders:
    return asked.administration.order_care.of(asked.actor)


def _id(asked: Asked) -> int:
    """The order's number; 0, which none has, for what is no number."""
    text = asked.path["id"]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


async def _waiting(asked: Asked) -> Answer:
    page = await _orders(asked).page(after=asked.query.after, limit=asked.query.limit)
    return Answer(value=a_page(page.orders, page.after))


async def _again(asked: Asked) -> Answer:
    await _orders(asked).again(_id(asked))
    return Answer()


async def _drop(asked: Asked) -> Answer:
    await _orders(asked).drop(_id(asked))
    return Answer()
