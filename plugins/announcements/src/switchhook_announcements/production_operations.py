"""Produced announcements in the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import attrs

from switchhook import Label, Money, setting
from switchhook_web.extending import ANY, Answer, Asked, Body, Operation, declared_body, list_of

from .library_of import of
from .production import Production, ProductionAsked, State
from .productions import Productions
from .taking import MOST_BYTES

_ALL: Final = "/tenants/{tenant}/produced-announcements"
_ONE: Final = f"{_ALL}/{{production}}"


@attrs.frozen
class ProductionLine:
    """A produced announcement; ``announcement`` is where it was delivered to, ``note`` what the operator said last."""

    id: str
    title: str
    text: str
    wishes: str
    language: str
    state: State
    price: str
    note: str
    announcement: str
    author: str
    version: int
    made: datetime
    changed: datetime


@attrs.frozen
class ProductionPrice:
    """What it costs."""

    price: Money = setting("money", "Preis", "Price")
    note: str = setting("text", "Bemerkung", "Note", default="")


@attrs.frozen
class ProductionAgreed:
    """The price that is agreed to."""

    agreed: str = setting("text", "Vereinbarter Preis", "Agreed price")


@attrs.frozen
class ProductionNote:
    """Why not."""

    note: str = setting("text", "Bemerkung", "Note", default="")


async def _theirs(asked: Asked) -> Productions:
    return Productions(await of(asked.administration), asked.tenant, asked.actor)


def _told(one: Production) -> Answer:
    values = {field.name: getattr(one, field.name) for field in attrs.fields(ProductionLine)}
    return Answer(value=ProductionLine(**{**values, "price": str(one.price)}), version=one.version)


async def _list(asked: Asked) -> Answer:
    return Answer(value={"items": [_told(one).value for one in await (await _theirs(asked)).all()]})


async def _ask(asked: Asked) -> Answer:
    return _told(await (await _theirs(asked)).ask(attrs.asdict(asked.body)))


async def _quote(asked: Asked) -> Answer:
    wish: ProductionPrice = asked.body
    return _told(await (await _theirs(asked)).quote(asked.path["production"], asked.version, wish.price, wish.note))


async def _accept(asked: Asked) -> Answer:
    return _told(await (await _theirs(asked)).accept(asked.path["production"], asked.version, asked.body.agreed))


async def _refuse(asked: Asked) -> Answer:
    return _told(await (await _theirs(asked)).refuse(asked.path["production"], asked.version, asked.body.note))


async def _withdraw(asked: Asked) -> Answer:
    return _told(await (await _theirs(asked)).withdraw(asked.path["production"], asked.version))


async def _deliver(asked: Asked) -> Answer:
    theirs = await _theirs(asked)
    await theirs.deliver(asked.path["production"], asked.version, asked.body)
    return _told(await theirs.get(asked.path["production"]))


def _operation(name: str, de: str, en: str, run: Any, **more: Any) -> Operation:
    more = {
        "method": "POST",
        "right": "announcement.change",
        "path": f"{_ONE}/{name}",
        "answer": ProductionLine,
        **more,
    }
    return Operation(id=f"announcements.productions.{name}", tag="announcement", summary=Label(de, en), run=run, **more)


_MOVE: Final[dict[str, Any]] = {"versioned": True, "etag": True, "may": ("production_state", "price_changed")}
_OPERATOR: Final[dict[str, Any]] = {**_MOVE, "right": "", "above": True}
_FILE: Final = Body((ANY,), lambda _: {"type": "string", "format": "binary"}, partial(bytes), MOST_BYTES)
PRODUCTION_OPERATIONS: Final[Sequence[Operation]] = (
    _operation(
        "list",
        "Produzierte Ansagen",
        "Produced announcements",
        _list,
        method="GET",
        path=_ALL,
        right="announcement.view",
        answer=list_of(ProductionLine),
    ),
    _operation(
        "ask",
        "Ansage produzieren lassen",
        "Ask for a produced announcement",
        _ask,
        path=_ALL,
        body=declared_body(ProductionAsked, "ProductionAsked"),
    ),
    _operation(
        "quote",
        "Preis einer Produktion nennen",
        "Name the price of a production",
        _quote,
        body=declared_body(ProductionPrice, "ProductionPrice"),
        **_OPERATOR,
    ),
    _operation(
        "accept",
        "Produktion beauftragen",
        "Order a production",
        _accept,
        body=declared_body(ProductionAgreed, "ProductionAgreed"),
        **_MOVE,
    ),
    _operation(
        "refuse",
        "Produktion ablehnen",
        "Refuse a production",
        _refuse,
        body=declared_body(ProductionNote, "ProductionNote"),
        **_OPERATOR,
    ),
    _operation("withdraw", "Produktion zurückziehen", "Withdraw a production", _withdraw, **_MOVE),
    _operation(
        "deliver",
        "Produktion liefern",
        "Deliver a production",
        _deliver,
        body=_FILE,
        **{**_OPERATOR, "may": ("production_state", "sound_refused", "storage_full")},
    ),
)
