"""The resources of a tenant: for each kind that is installed the same operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Literal, cast

import attrs

from switchhook import Label, Resource, setting
from switchhook.administration import (
    Administration,
    Entry,
    Listing,
    Record,
    Resources,
    Schema,
    SettingsRefused,
    Use,
    columns_of,
    near_match,
    replace,
    secrets_of,
    settings_of,
    shown,
)
from switchhook.administration import Problem as FieldProblem

from ..openapi import BASE
from ..operation import JSON, MERGE, Answer, Asked, Body, Operation
from ..reading import an_object, declared_body
from ..shapes import Components
from .common import PageQuery, a_page, page_of

_AT = "/tenants/{tenant}/resources"


@attrs.frozen
class ListQuery:
    """How a list is cut, searched and ordered."""

    limit: int = setting("integer", "Zeilen", "Rows", default=50, minimum=1, maximum=200)
    after: str = setting("text", "Ab Zeiger", "After cursor", default="")
    search: str = setting("text", "Suche", "Search", default="")
    order: str = setting(
        "text", "Sortierung, absteigend mit -", "Column to sort by, descending with -", default="title"
    )
    state: str = setting("choice", "Zustand", "State", default="kept", choices=("kept", "deleted"))


@attrs.frozen
class Instead:
    """What takes the place of another record."""

    instead: str = setting("text", "Ersatz", "The id that takes its place")


@attrs.frozen
class UseList:
    """Where something is used."""

    items: Sequence[Use]


@attrs.frozen
class History:
    """What was changed, newest first."""

    items: Sequence[Entry]


@attrs.frozen
class Kept:
    """A record as the API tells it: ``secrets`` names those secrets that are set."""

    kind: str
    id: str
    version: int
    title: str
    author: str
    created: datetime
    changed: datetime
    deleted: datetime | None
    fields: Mapping[str, Any]
    secrets: Sequence[str]


def kept(record: Record) -> Kept:
    """A record, without its secrets."""
    return Kept(
        record.kind,
        record.id,
        record.version,
        record.title,
        record.author,
        record.created,
        record.changed,
        record.deleted,
        shown(record.value),
        [name for name in secrets_of(type(record.value)) if getattr(record.value, name)],
    )


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
    record = partial(_record_shape, declared)

    def operation(name: str, summary: tuple[str, str], **more: Any) -> Operation:
        title = Label(f"{summary[0]}: {declared.label.de}", f"{summary[1]}: {declared.label.en}")
        return Operation(id=f"{kind}.{name}", tag=kind, summary=title, **more)

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
            answer=partial(_page_shape, declared),
            may=("list",),
        ),
        operation(
            "create",
            ("Anlegen", "Create"),
            method="POST",
            path=many,
            run=partial(_create, kind),
            right=change,
            body=_new_body(declared),
            answer=record,
            status=201,
            etag=True,
            repeatable=True,
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
            body=_fields_body(declared),
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
            body=_fields_body(declared, partly=True),
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
            answer=History,
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
        record = await of(asked).create(kind, values, id=id, once=asked.once)
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
    return Answer(value=History(await of(asked).history(kind, asked.path["id"])))


# -- what they take and give ----------------------------------------------------------------------


@contextmanager
def at_fields(kind: str) -> Iterator[None]:
    """Problems of fields are told at their place in the body."""
    try:
        yield
    except SettingsRefused as refused:
        raise SettingsRefused([attrs.evolve(one, path=_moved(one.path, kind)) for one in refused.problems]) from refused


def _moved(path: str, kind: str) -> str:
    return f"fields.{path.removeprefix(f'{kind}.')}" if path.startswith(f"{kind}.") else path


def _record_shape(declared: type[Resource], components: Components) -> Schema:
    name = "".join(part.title() for part in declared.kind.replace("_", "-").split("-"))

    def make() -> Schema:
        schema: Schema = components.of(Kept)
        whole = dict(components.schemas[schema["$ref"].rpartition("/")[2]])
        fields = components.declared(declared, f"{name}Fields", answer=True)
        properties = {**whole["properties"], "kind": {"const": declared.kind}, "fields": fields}
        return {**whole, "title": declared.kind, "properties": properties}

    return components.named(name, make)


def _page_shape(declared: type[Resource], components: Components) -> Schema:
    record = _record_shape(declared, components)
    properties = {"items": {"type": "array", "items": record}, "next": {"type": ["string", "null"]}}
    return {"type": "object", "properties": properties, "required": ["items", "next"], "additionalProperties": False}


def _fields_body(declared: type[Resource], *, partly: bool = False) -> Body:
    def shape(components: Components) -> Schema:
        fields = components.declared(declared, partial=partly)
        return _object({"fields": fields}, ["fields"])

    return Body((JSON, MERGE) if partly else (JSON,), shape, lambda value: _envelope(value)["fields"])


def _new_body(declared: type[Resource]) -> Body:
    def shape(components: Components) -> Schema:
        id_shape = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,39}$"}
        return _object({"id": id_shape, "fields": components.declared(declared)}, ["fields"])

    def read(value: Any) -> tuple[str, Mapping[str, object]]:
        whole = _envelope(value, "id")
        return whole.get("id", ""), whole["fields"]

    return Body((JSON,), shape, read)


def _object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _envelope(value: Any, *more: str) -> dict[str, Any]:
    """A body with ``fields``; nothing else may be set from outside."""
    whole = dict(an_object(value))
    known = ("fields", *more)
    problems = [
        FieldProblem(name, f"is not taken here{near_match(name, known)}") for name in whole if name not in known
    ]
    if not isinstance(whole.get("fields"), Mapping):
        problems.append(FieldProblem("fields", "is missing; it holds the fields as an object"))
    problems += [FieldProblem(name, "must be a text") for name in more if not isinstance(whole.get(name, ""), str)]
    if problems:
        raise SettingsRefused(problems)
    return whole
