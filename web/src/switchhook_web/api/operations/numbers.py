"""The numbers of a tenant, and the operator's pool."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import attrs

from switchhook import Label, setting
from switchhook.administration import (
    Entry,
    FreeNumber,
    NumberListing,
    NumberPool,
    NumberRecord,
    NumberSettings,
    Use,
    a_line,
    plain_settings,
)

from ..openapi import BASE
from ..operation import Answer, Asked, Operation, Shape
from ..reading import declared_body
from ..shapes import Components
from .common import NumberedQuery, PageQuery, a_page, changes, list_of, page_of, placed, values_of

_AT = "/tenants/{tenant}/numbers"
_ONE = f"{_AT}/{{number}}"
_ORDERS = tuple(f"{way}{name}" for name in ("number", "label", "type", "flow", "cost_centre") for way in ("", "-"))


@attrs.frozen
class NumberQuery(PageQuery):
    """Which numbers."""

    search: str = setting("text", "Suche", "Search", default="")
    group: str = setting("text", "Gruppe", "Group", default="")
    type: str = setting("text", "Art", "Type", default="")
    flow: str = setting("text", "Anrufablauf", "Call flow", default="")
    state: str = setting("choice", "Zustand", "State", default="", choices=("live", "not_live", "no_flow"))
    order: str = setting("choice", "Sortierung", "Order", default="number", choices=_ORDERS)


@attrs.frozen
class GroupName:
    """A group a number belongs to."""

    id: str
    name: str


@attrs.frozen
class NumberLine:
    """A number: what can be changed of it stands in ``fields``."""

    number: str
    version: int
    type: str
    state: str
    flow_label: str
    groups: Sequence[GroupName]
    last_call: datetime | None
    fields: Any


@attrs.frozen
class PoolQuery(PageQuery):
    """Which numbers of the pool; one that rests can be had by the tenant that had it alone."""

    state: str = setting("choice", "Zustand", "State", default="", choices=("free", "resting"))
    search: str = setting("text", "Suche", "Search", default="")


@attrs.frozen
class PoolAsked:
    """Numbers for the pool."""

    numbers: tuple[str, ...] = setting("words", "Rufnummern", "Numbers", minimum=1)


@attrs.frozen
class Added:
    """The numbers that are new in the pool."""

    items: Sequence[str]


@attrs.frozen
class NumberAsked:
    """A number a tenant gets, of the pool or one nobody knew."""

    number: str = setting("text", "Rufnummer", "Number", pattern=r"[^\x00-\x1f]{1,40}", shape=a_line(40, 1))
    name: str = setting("text", "Bezeichnung", "Label", default="")
    flow: str = setting("text", "Anrufablauf", "Call flow", default="")


def operations() -> Sequence[Operation]:
    """Numbers, and where they lead."""
    return [*_of_tenants(), *_of_the_operator()]


def _operation(name: str, de: str, en: str, **more: Any) -> Operation:
    more.setdefault("method", "GET")
    return Operation(id=f"numbers.{name}", tag="numbers", summary=Label(de, en), **more)


def _of_tenants() -> Sequence[Operation]:
    view: dict[str, Any] = {"right": "number.view"}
    return [
        _operation(
            "list", "Rufnummern", "Numbers", path=_AT, run=_list, query=NumberQuery, answer=_page, may=("list",), **view
        ),
        _operation("get", "Eine Rufnummer", "One number", path=_ONE, run=_get, answer=_line, etag=True, **view),
        _operation(
            "uses", "Verwendungen", "Where it is used", path=f"{_ONE}/uses", run=_uses, answer=list_of(Use), **view
        ),
        _operation(
            "history",
            "Verlauf",
            "History",
            path=f"{_ONE}/history",
            run=_history,
            query=NumberedQuery,
            answer=page_of(Entry, "integer"),
            **view,
        ),
        _operation(
            "patch",
            "Rufnummer ändern",
            "Change where a number leads",
            method="PATCH",
            path=_ONE,
            run=_patch,
            right="number.change",
            body=values_of(NumberSettings, partly=True),
            answer=_line,
            etag=True,
            versioned=True,
            may=("change_refused",),
        ),
    ]


def _of_the_operator() -> Sequence[Operation]:
    pool = "/free-numbers"
    return [
        _operation(
            "free",
            "Freie Rufnummern",
            "Free numbers",
            path=pool,
            run=_free,
            query=PoolQuery,
            answer=page_of(FreeNumber),
            above=True,
            may=("list",),
        ),
        _operation(
            "add_free",
            "Freie Rufnummern aufnehmen",
            "Put numbers into the pool",
            method="POST",
            path=pool,
            run=_add,
            body=declared_body(PoolAsked, "PoolAsked"),
            answer=Added,
            above=True,
            may=("number",),
        ),
        _operation(
            "remove_free",
            "Freie Rufnummer entfernen",
            "Take a number out of the pool",
            method="DELETE",
            path=f"{pool}/{{number}}",
            run=_remove,
            status=204,
            above=True,
        ),
        _operation(
            "end_rest",
            "Ruhezeit beenden",
            "End the rest of a number",
            method="POST",
            path=f"{pool}/{{number}}/end-rest",
            run=_end_rest,
            answer=FreeNumber,
            above=True,
        ),
        _operation(
            "assign",
            "Rufnummer vergeben",
            "Give a tenant a number",
            method="POST",
            path=_AT,
            run=_assign,
            body=declared_body(NumberAsked, "NumberAsked"),
            answer=_line,
            status=201,
            etag=True,
            above=True,
            may=("number", "conflict", "demo_limit", "number_rests", "change_refused"),
        ),
        _operation(
            "release",
            "Rufnummer zurücknehmen",
            "Take a number back into the pool",
            method="DELETE",
            path=_ONE,
            run=_release,
            status=204,
            versioned=True,
            above=True,
            may=("in_use", "change_refused"),
        ),
    ]


def _line(components: Components) -> Any:
    def make() -> Any:
        whole = dict(components.schemas[components.of(NumberLine)["$ref"].rpartition("/")[2]])
        fields = components.declared(NumberSettings, "NumberFields", answer=True)
        return {**whole, "properties": {**whole["properties"], "fields": fields}}

    return components.named("Number", make)


def _page(components: Components) -> Any:
    shape: Shape = page_of(str)
    made = shape(components)
    made["properties"]["items"] = {"type": "array", "items": _line(components)}
    return made


def _told(record: NumberRecord) -> NumberLine:
    return NumberLine(
        record.id,
        record.version,
        record.type,
        record.state,
        record.flow_label,
        [GroupName(*group) for group in record.groups],
        record.last_call,
        plain_settings(record.value, whole=True),
    )


def _answer(record: NumberRecord) -> Answer:
    return Answer(value=_told(record), version=record.version)


def _numbers(asked: Asked) -> Any:
    return asked.administration.numbers.of(asked.tenant, asked.actor)


def _pool(asked: Asked) -> Any:
    return NumberPool(asked.administration.numbers, asked.actor)


async def _list(asked: Asked) -> Answer:
    wanted = attrs.asdict(asked.query)
    order = wanted.pop("order")
    listing = NumberListing(**wanted, order=order.removeprefix("-"), descending=order.startswith("-"))
    page = await _numbers(asked).page(listing)
    return Answer(value=a_page([_told(one) for one in page.records], page.after))


async def _get(asked: Asked) -> Answer:
    return _answer(await _numbers(asked).get(asked.path["number"]))


async def _uses(asked: Asked) -> Answer:
    return Answer(value={"items": await _numbers(asked).uses(asked.path["number"])})


async def _history(asked: Asked) -> Answer:
    return Answer(value=await changes(asked, partial(_numbers(asked).history, asked.path["number"])))


async def _patch(asked: Asked) -> Answer:
    with placed("number"):
        return _answer(await _numbers(asked).change(asked.path["number"], asked.version, asked.body))


async def _free(asked: Asked) -> Answer:
    wanted: PoolQuery = asked.query
    page = await _pool(asked).page(wanted.search, state=wanted.state, after=wanted.after, limit=wanted.limit)
    return Answer(value=a_page(page.numbers, page.after))


async def _add(asked: Asked) -> Answer:
    return Answer(value=Added(await _pool(asked).add(asked.body.numbers)))


async def _remove(asked: Asked) -> Answer:
    await _pool(asked).remove(asked.path["number"])
    return Answer()


async def _end_rest(asked: Asked) -> Answer:
    return Answer(value=await _pool(asked).end_rest(asked.path["number"]))


async def _assign(asked: Asked) -> Answer:
    wanted: NumberAsked = asked.body
    with placed("number"):
        made = await _pool(asked).assign(wanted.number, asked.tenant, {"name": wanted.name, "flow": wanted.flow})
    return attrs.evolve(_answer(made), location=f"{BASE}/tenants/{asked.tenant}/numbers/{made.id}")


async def _release(asked: Asked) -> Answer:
    await _pool(asked).release(asked.tenant, asked.path["number"], asked.version)
    return Answer()
