"""The description of the API (OpenAPI 3.1), made from the operations themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from switchhook import Label
from switchhook.administration import Language, json_schema

from ..kinds_of_errors import kind_of
from .examples import IN_PATHS, example
from .operation import Operation
from .problems import MEDIA, problem_shape
from .repeating import REPLAYED
from .shapes import Components

BASE: Final = "/api/v1"
_PATH_PART: Final = {"type": "string", "minLength": 1}
_ALWAYS: Final = ("bad_request", "not_signed_in", "forbidden", "not_acceptable", "throttled", "store_away")
"""Errors that every operation may end with; ``forbidden`` also says that a password has expired."""


def codes(operation: Operation) -> Sequence[str]:
    """The codes of the errors an operation may end with."""
    found = [*_ALWAYS, *operation.may]
    if operation.names:
        found.append("not_found")
    if operation.body is not None:
        found += ["too_large", "media_type", "settings"]
    if operation.versioned:
        found += ["no_precondition", "precondition"]
    if operation.repeatable:
        found += ["repeated_differently", "repeated_meanwhile"]
    return found


def document(operations: Iterable[Operation], version: str, language: Language, cookie: str) -> dict[str, Any]:
    """The whole description, in one language; ``cookie`` is the name of a session's."""
    components = Components(language)
    paths: dict[str, dict[str, Any]] = {}
    tags: dict[str, None] = {}
    for one in operations:
        tags[one.tag] = None
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, components)
    problem_shape(components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Switchhook",
            "version": version,
            "description": _in(language, _ABOUT),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": BASE}],
        "security": [{"token": []}, {"session": []}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.schemas.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": cookie},
            },
        },
    }


def _operation(one: Operation, components: Components) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": one.id,
        "tags": [one.tag],
        "summary": _in(components.language, one.summary),
        "description": _described(one, components.language),
        "parameters": [*_path_parts(one), *_query(one, components.language), *_headers(one, components.language)],
        "responses": {str(one.status): _answered(one, components), **_problems(one, components)},
    }
    if one.body is not None:
        schema, told = one.body.shape(components), one.body.example
        said = {"schema": schema, "example": told or example(schema, components.schemas, asked=True)}
        made["requestBody"] = {"required": True, "content": dict.fromkeys(one.body.media, said)}
    return made


def _described(one: Operation, language: Language) -> str:
    return _right(one, language) + (f"\n\n{_in(language, one.about)}" if one.about else "")


def _right(one: Operation, language: Language) -> str:
    if one.above:
        return _in(language, Label("Nur für den Betreiber.", "For the operator alone."))
    if not one.right:
        return _in(language, Label("Für alle Angemeldeten.", "For everybody who is signed in."))
    return _in(language, Label(f"Braucht das Recht `{one.right}`.", f"Needs the right `{one.right}`."))


def _path_parts(one: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PATH_PART, "example": IN_PATHS.get(name, "1")}
        for name in one.names
    ]


def _query(one: Operation, language: Language) -> list[dict[str, Any]]:
    schema = json_schema(one.query, language)
    found = [
        {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": held}
        for name, held in schema["properties"].items()
    ]
    examples = example({"type": "object", "properties": schema["properties"]}, {})
    found = [{**told, "example": examples[told["name"]]} if told["required"] else told for told in found]
    for name, meta in one.filters.items():
        held = {"type": "string", "title": _in(language, meta.label)}
        found.append({"name": f"where.{name}", "in": "query", "required": False, "schema": held})
    return found


def _headers(one: Operation, language: Language) -> list[dict[str, Any]]:
    found = []
    if one.versioned:
        found.append(("If-Match", True, {"type": "string", "pattern": '^"(0|[1-9][0-9]{0,8})"$'}, _IF_MATCH))
    if one.repeatable:
        found.append(("Idempotency-Key", False, {"type": "string", "pattern": "^[!-~]{1,80}$"}, _ONCE))
    return [
        {"name": name, "in": "header", "required": needed, "schema": schema, "description": _in(language, said)}
        for name, needed, schema, said in found
    ]


def _answered(one: Operation, components: Components) -> dict[str, Any]:
    made: dict[str, Any] = {"description": _in(components.language, one.summary)}
    headers: dict[str, Any] = {}
    if one.etag:
        headers["ETag"] = {"schema": {"type": "string"}, "required": True}
    if one.repeatable:
        headers[REPLAYED] = {"schema": {"const": "true"}, "description": _in(components.language, _REPLAYED)}
    if headers:
        made["headers"] = headers
    if one.status != 204:
        schema = one.shape(components)
        told = one.example or example(schema, components.schemas)
        made["content"] = {one.media: {"schema": schema, "example": told}}
    return made


def _problems(one: Operation, components: Components) -> Mapping[str, Any]:
    found: dict[int, list[str]] = {}
    for code in codes(one):
        found.setdefault(kind_of(code).status, []).append(code)
    schema = problem_shape(components)
    return {
        str(status): {
            "description": ", ".join(f"{_in(components.language, kind_of(code).title)} (`{code}`)" for code in said),
            "content": {MEDIA: {"schema": schema}},
        }
        for status, said in sorted(found.items())
    }


def _in(language: Language, label: Label) -> str:
    return label.de if language == "de" else label.en


_IF_MATCH: Final = Label("Die Version, die geändert wird: der ETag.", "The version that is changed: its ETag.")
_REPLAYED: Final = Label(
    "Diese Anfrage kam schon einmal; das ist die Antwort von damals.",
    "This request came before; this is what it was answered.",
)
_ONCE: Final = Label(
    "Derselbe Schlüssel mit derselben Anfrage wirkt nur einmal und wird 24 Stunden lang gleich beantwortet.",
    "The same key with the same request takes effect once only, and is answered the same for 24 hours.",
)
_ABOUT: Final = Label(
    "Alles, was die Seiten können, mit denselben Rechten. Ändern und Löschen brauchen If-Match; "
    "Fehler sind problem+json mit einem festen code.",
    "Everything the pages do, with the same rights. Changes and deletions need If-Match; "
    "errors are problem+json with a stable code.",
)
