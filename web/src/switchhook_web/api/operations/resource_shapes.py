"""What the operations of resources take and give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import attrs

from switchhook import Resource, setting
from switchhook.administration import Problem as FieldProblem
from switchhook.administration import (
    Record,
    Schema,
    SettingsRefused,
    Use,
    near_match,
    secrets_of,
    shown,
)

from ..operation import JSON, MERGE, Body
from ..reading import an_object
from ..shapes import Components


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


@contextmanager
def at_fields(kind: str) -> Iterator[None]:
    """Problems of fields are told at their place in the body."""
    try:
        yield
    except SettingsRefused as refused:
        raise SettingsRefused([attrs.evolve(one, path=_moved(one.path, kind)) for one in refused.problems]) from refused


def _moved(path: str, kind: str) -> str:
    return f"fields.{path.removeprefix(f'{kind}.')}" if path.startswith(f"{kind}.") else path


def record_shape(declared: type[Resource], components: Components) -> Schema:
    """A record of a kind, with its fields."""
    name = "".join(part.title() for part in declared.kind.replace("_", "-").split("-"))

    def make() -> Schema:
        schema: Schema = components.of(Kept)
        whole = dict(components.schemas[schema["$ref"].rpartition("/")[2]])
        fields = components.declared(declared, f"{name}Fields", answer=True)
        properties = {**whole["properties"], "kind": {"const": declared.kind}, "fields": fields}
        return {**whole, "title": declared.kind, "properties": properties}

    return components.named(name, make, declared)


def page_shape(declared: type[Resource], components: Components) -> Schema:
    """A part of a list of a kind."""
    record = record_shape(declared, components)
    properties = {"items": {"type": "array", "items": record}, "next": {"type": ["string", "null"]}}
    return {"type": "object", "properties": properties, "required": ["items", "next"], "additionalProperties": False}


def fields_body(declared: type[Resource], *, partly: bool = False) -> Body:
    """The fields of a record, all of them or ``partly``."""

    def shape(components: Components) -> Schema:
        fields = components.declared(declared, partial=partly)
        return _object({"fields": fields}, ["fields"])

    return Body((JSON, MERGE) if partly else (JSON,), shape, lambda value: _envelope(value)["fields"])


def new_body(declared: type[Resource]) -> Body:
    """The fields of a new record, and the id it is to have."""

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
