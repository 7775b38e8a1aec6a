"""What a tenant pays beside its calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import attrs

from switchhook import Label, Money, setting
from switchhook.administration import Charge, TenantCharges, TenantRate, write_charges

from ..operation import CSV, Answer, Asked, Operation
from ..reading import declared_body
from .common import PageQuery, a_page, list_of, page_of

_ALL = "/tenants/{tenant}/charges"
_RATES = "/tenants/{tenant}/rates"


@attrs.frozen
class ChargeQuery(PageQuery):
    """Which charges."""

    month: str = setting("text", "Monat, etwa 2026-03", "Month such as 2026-03", default="")


@attrs.frozen
class ChargeTableQuery:
    """Which charges."""

    month: str = setting("text", "Monat, etwa 2026-03", "Month such as 2026-03", default="")


@attrs.frozen
class ChargeLine:
    """A charge; ``micro`` are millionths of the currency, ``price`` is the same for people."""

    id: int
    key: str
    rate: str
    cause: str
    text: str
    price: str
    micro: int
    currency: str
    begins: date
    ends: date
    author: str
    made: datetime


@attrs.frozen
class RateLine:
    """What something costs the tenant. ``own`` says that this was agreed for it alone."""

    rate: str
    label: str
    unit: str
    free: int
    price: str
    own: bool
    version: int


@attrs.frozen
class RateAsked:
    """What something is to cost the tenant from now on."""

    free: int = setting("integer", "Kostenlos", "Free of charge", minimum=0, maximum=1_000_000_000)
    price: Money = setting("money", "Preis jeder weiteren", "Price of each further one")


def operations() -> Sequence[Operation]:
    """Charges and rates."""
    return [
        Operation(
            id="charges.list",
            method="GET",
            path=_ALL,
            tag="charges",
            summary=Label("Kosten", "Charges"),
            run=_list,
            right="charge.view",
            query=ChargeQuery,
            answer=page_of(ChargeLine),
            may=("list",),
        ),
        Operation(
            id="charges.table",
            method="GET",
            path=f"{_ALL}/table",
            tag="charges",
            summary=Label("Kosten als Tabelle (CSV)", "Charges as a table (CSV)"),
            run=_table,
            right="charge.view",
            query=ChargeTableQuery,
            media=CSV,
            example="id,begins,ends,rate,cause,text,amount,currency,author,made\n",
            may=("list",),
        ),
        Operation(
            id="rates.list",
            method="GET",
            path=_RATES,
            tag="charges",
            summary=Label("Was etwas kostet", "What things cost"),
            run=_rates,
            right="charge.view",
            answer=list_of(RateLine),
        ),
        Operation(
            id="rates.change",
            method="PUT",
            path=f"{_RATES}/{{rate}}",
            tag="charges",
            summary=Label("Preis für einen Mandanten festlegen", "Set a price for a tenant"),
            run=_change,
            above=True,
            body=declared_body(RateAsked, "RateAsked"),
            answer=RateLine,
            versioned=True,
            etag=True,
        ),
    ]


def _charges(asked: Asked) -> TenantCharges:
    return asked.administration.charges.of(asked.tenant, asked.actor)


async def _list(asked: Asked) -> Answer:
    wanted: ChargeQuery = asked.query
    page = await _charges(asked).page(wanted.month, after=wanted.after, limit=wanted.limit)
    return Answer(value=a_page([_line(one, asked.language) for one in page.charges], page.after))


async def _table(asked: Asked) -> Answer:
    return Answer(value=write_charges(await _charges(asked).all(asked.query.month), asked.language))


async def _rates(asked: Asked) -> Answer:
    return Answer(value={"items": [_rate(one, asked.language) for one in await _charges(asked).rates()]})


async def _change(asked: Asked) -> Answer:
    wish: RateAsked = asked.body
    changed = await _charges(asked).set_rate(asked.path["rate"], asked.version, wish.free, wish.price)
    return Answer(value=_rate(changed, asked.language), version=changed.version)


def _line(one: Charge, language: str) -> ChargeLine:
    return ChargeLine(
        one.id,
        one.key,
        one.rate,
        one.cause,
        one.said.de if language == "de" else one.said.en,
        str(one.price),
        one.price.micro,
        one.price.currency,
        one.begins,
        one.ends,
        one.author,
        one.made,
    )


def _rate(one: TenantRate, language: str) -> RateLine:
    label, unit = (said.de if language == "de" else said.en for said in (one.rate.label, one.rate.unit))
    return RateLine(one.rate.name, label, unit, one.free, str(one.price), one.own, one.version)
