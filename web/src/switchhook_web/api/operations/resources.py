"""The resources of a tenant: for each kind that is installed the same operations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal, cast

import attrs

from switchhook import Label, Resource
from switchhook.administration import (
    Administration,
    Entry,
    Listing,
    Record,
    Resources,
    columns_of,
    replace,
    settings_of,
    shown,
)

from ..openapi import BASE
from ..operation import Answer, Asked, Operation
from ..reading import declared_body
from .common import NumberedQuery, PageQuery, a_page, changes, page_of
from .resource_shapes import (
    Instead,
    Kept,
    ListQuery,
    UseList,
    at_fields,
    fields_body,
    kept,
    new_body,
    page_shape,
    record_shape,
)

_AT = "/tenants/{tenant}/resources"


def operations(administration: Administration) -> Sequence[Operation]:
    """The operations of every kind."""
    kinds = administration.keeping.kinds
    trash = Operation(
        id="trash.list",
        method="GET",
        path="/tenants/{tenant}/trash",
        tag="trash",
        summary=Label("Papierkorb", "What lies in the trash"),
        run=_trash,
        query=PageQuery,
        answer=page_of(Kept),
        may=("list",),
    )
    return [trash, *(one for kind in kinds for one in _of_kind(cast(type[Resource], kinds.get(kind))))]


def _of_kind(declared: type[Resource]) -> list[Operation]:
    kind, one, many = declared.kind, f"{_AT}/{declared.kind}/{{id}}", f"{_AT}/{declared.kind}"
    fields = {name: meta for name, (meta, _) in settings_of(declared).items()}
    record = partial(record_shape, declared)

    def operation(name: str, summary: tuple[str, str], **more: Any) -> Operation:
        title = Label(f"{summary[0]}: {declared.label.de}", f"{summary[1]}: {declared.label.en}")
        above = declared.by_operator and more["right"] != view
        return Operation(id=f"{kind}.{name}", tag=kind, summary=title, above=above, **more)

    view, change, delete = f"{kind}.view", f"{kind}.change", f"{kind}.delete"
    refused = ("change_refused",)
    return [
        operation(
            "list",
            ("Liste", "List"),
            method="GET",
            path=many,
            run=partial(_list, kind),
            right=view,
            query=ListQuery,
            filters={name: fields[name] for name in columns_of(fields) if name in fields},
            answer=partial(page_shape, declared),
            may=("list",),
        ),
        operation(
            "create",
            ("Anlegen", "Create"),
            method="POST",
            path=many,
            run=partial(_create, kind),
            right=change,
            body=new_body(declared),
            answer=record,
            status=201,
            etag=True,
            may=("id_taken", *refused),
        ),
        operation(
            "get",
            ("Lesen", "Get"),
            method="GET",
            path=one,
            run=partial(_get, kind),
            right=view,
            answer=record,
            etag=True,
        ),
        operation(
            "put",
            ("Ersetzen", "Replace the fields"),
            method="PUT",
            path=one,
            run=partial(_put, kind),
            right=change,
            body=fields_body(declared),
            answer=record,
            etag=True,
            versioned=True,
            may=refused,
        ),
        operation(
            "patch",
            ("Ändern", "Change some fields"),
            method="PATCH",
            path=one,
            run=partial(_patch, kind),
            right=change,
            body=fields_body(declared, partly=True),
            answer=record,
            etag=True,
            versioned=True,
            may=refused,
        ),
        operation(
            "delete",
            ("In den Papierkorb", "Put into the trash"),
            method="DELETE",
            path=one,
            run=partial(_delete, kind),
            right=delete,
            answer=record,
            etag=True,
            versioned=True,
            may=("in_use", *refused),
        ),
        operation(
            "restore",
            ("Wiederherstellen", "Bring back from the trash"),
            method="POST",
            path=f"{one}/restore",
            run=partial(_restore, kind),
            right=delete,
            answer=record,
            etag=True,
            may=("settings", *refused),
        ),
        operation(
            "uses",
            ("Verwendungen", "Where it is used"),
            method="GET",
            path=f"{one}/uses",
            run=partial(_uses, kind),
            right=view,
            answer=UseList,
        ),
        operation(
            "replace",
            ("Überall ersetzen", "Replace everywhere"),
            method="POST",
            path=f"{one}/replace",
            run=partial(_replace, kind),
            right=view,
            body=declared_body(Instead, "Instead"),
            answer=UseList,
            may=("in_use", "stale", *refused),
        ),
        operation(
            "history",
            ("Verlauf", "History"),
            method="GET",
            path=f"{one}/history",
            run=partial(_history, kind),
            right=view,
            query=NumberedQuery,
            answer=page_of(Entry, "integer"),
        ),
    ]


# -- what they do ---------------------------------------------------------------------------------


def of(asked: Asked) -> Resources:
    """The resources of the tenant, as the one who asks may see them."""
    return asked.administration.keeping.of(asked.tenant, asked.actor)


def _told(record: Record) -> Answer:
    return Answer(value=kept(record), version=record.version)


async def _list(kind: str, asked: Asked) -> Answer:
    wanted: ListQuery = asked.query
    listing = Listing(
        search=wanted.search,
        where=asked.filters,
        order=wanted.order.removeprefix("-"),
        descending=wanted.order.startswith("-"),
        after=wanted.after,
        limit=wanted.limit,
        state=cast(Literal["kept", "deleted"], wanted.state),
    )
    page = await of(asked).page(kind, listing)
    return Answer(value={"items": [kept(one) for one in page.records], "next": page.after or None})


async def _trash(asked: Asked) -> Answer:
    page = await of(asked).trash(asked.query.after, asked.query.limit)
    return Answer(value=a_page([kept(one) for one in page.records], page.after))


async def _create(kind: str, asked: Asked) -> Answer:
    id, values = asked.body  # noqa: A001 - the domain's own word
    with at_fields(kind):
        record = await of(asked).create(kind, values, id=id)
    at = f"{BASE}/tenants/{asked.tenant}/resources/{kind}/{record.id}"
    return attrs.evolve(_told(record), location=at)


async def _get(kind: str, asked: Asked) -> Answer:
    return _told(await of(asked).get(kind, asked.path["id"]))


async def _put(kind: str, asked: Asked) -> Answer:
    with at_fields(kind):
        return _told(await of(asked).change(kind, asked.path["id"], asked.version, asked.body))


async def _patch(kind: str, asked: Asked) -> Answer:
    """The fields that are there, changed by those given (RFC 7396): null is the default again."""
    before = await of(asked).get(kind, asked.path["id"])
    merged = {**shown(before.value), **asked.body}
    given = {name: value for name, value in merged.items() if name not in asked.body or value is not None}
    with at_fields(kind):
        return _told(await of(asked).change(kind, before.id, asked.version, given))


async def _delete(kind: str, asked: Asked) -> Answer:
    return _told(await of(asked).delete(kind, asked.path["id"], asked.version))


async def _restore(kind: str, asked: Asked) -> Answer:
    return _told(await of(asked).restore(kind, asked.path["id"]))


async def _uses(kind: str, asked: Asked) -> Answer:
    return Answer(value=UseList(await of(asked).uses(kind, asked.path["id"])))


async def _replace(kind: str, asked: Asked) -> Answer:
    return Answer(value=UseList(await replace(of(asked), kind, asked.path["id"], asked.body.instead)))


async def _history(kind: str, asked: Asked) -> Answer:
    return Answer(value=await changes(asked, partial(of(asked).history, kind, asked.path["id"])))
