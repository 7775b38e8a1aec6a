"""The description of the API as people read it: each operation with its fields, its errors and a request to copy."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

import attrs

from switchhook.administration import Language, Schema

from ..kinds_of_errors import kind_of
from .openapi import BASE, codes
from .operation import Operation

_DEEPEST: Final = 3
_FILES: Final[Mapping[str, str]] = {
    "application/yaml": "file.yaml",
    "text/csv": "file.csv",
    "application/pdf": "file.pdf",
}


@attrs.frozen
class Field:
    """A field of a body: ``name`` is its path, such as ``fields.lines[].number``."""

    name: str
    sort: str
    required: bool
    text: str
    schema: str = ""
    """The schema it is described by on its own, where it is not told here."""


@attrs.frozen
class Failure:
    """An error an operation may end with."""

    status: int
    code: str
    title: str


@attrs.frozen
class Told:
    """An operation as it is shown."""

    id: str
    method: str
    path: str
    summary: str
    right: str
    parameters: Sequence[Mapping[str, Any]]
    media: Sequence[str]
    asked: Sequence[Field]
    curl: str
    status: int
    answered: Sequence[Field]
    example: str
    headers: Sequence[str]
    failures: Sequence[Failure]


def told(one: Operation, document: Mapping[str, Any], url: str, language: Language) -> Told:
    """An operation of a document; ``url`` is where the portal is."""
    described = document["paths"][one.path][one.method.lower()]
    schemas = document["components"]["schemas"]
    contents = described.get("requestBody", {}).get("content", {})
    answer = described["responses"][str(one.status)]
    content = answer.get("content", {}).get(one.media, {})
    asked: Mapping[str, Any] = next(iter(contents.values()), {})
    return Told(
        id=one.id,
        method=one.method,
        path=BASE + one.path,
        summary=described["summary"],
        right=described["description"].replace("`", ""),
        parameters=described["parameters"],
        media=list(contents),
        asked=list(fields(asked.get("schema", {}), schemas)),
        curl=curl(one, described, url),
        status=one.status,
        answered=list(fields(content.get("schema", {}), schemas)),
        example=_written(content["example"]) if content else "",
        headers=list(answer.get("headers", {})),
        failures=_failures(one, language),
    )


def curl(one: Operation, described: Mapping[str, Any], url: str) -> str:
    """A request that can be copied into a shell."""
    path = BASE + one.path
    for parameter in described["parameters"]:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(parameter["example"], safe="+"))
    lines = [f"curl -X {one.method}" if one.method != "GET" else "curl", '-H "Authorization: Bearer TOKEN"']
    if one.versioned:
        lines.append("""-H 'If-Match: "1"'""")
    if one.repeatable:
        lines.append('-H "Idempotency-Key: order-4711"')
    for media, content in list(described.get("requestBody", {}).get("content", {}).items())[:1]:
        lines.append(f'-H "Content-Type: {media}"')
        sent = shlex.quote(json.dumps(content["example"], ensure_ascii=False))
        lines.append(f"-d {sent}" if media.endswith("json") else f"--data-binary @{_FILES.get(media, 'file')}")
    needed = {
        one["name"]: one["example"] for one in described["parameters"] if one["in"] == "query" and one["required"]
    }
    target = f"{url}{path}?{urlencode(needed)}" if needed else f"{url}{path}"
    return " \\\n  ".join([*lines, shlex.quote(target)])


def fields(schema: Schema, schemas: Mapping[str, Schema], before: str = "", depth: int = 0) -> Iterator[Field]:
    """The fields of an object, those of objects inside after it, as deep as people care."""
    name, found = _resolved(schema, schemas)
    if found.get("type") == "array":
        yield from fields(found["items"], schemas, f"{before}[]", depth)
        return
    needed = found.get("required", ())
    for field, held in found.get("properties", {}).items():
        at = f"{before}.{field}" if before else field
        name, inner = _resolved(held, schemas)
        item = inner.get("items", {}) if inner.get("type") == "array" else inner
        deeper = bool(_resolved(item, schemas)[1].get("properties"))
        cut = deeper and depth + 1 >= _DEEPEST
        text = held.get("description") or held.get("title") or inner.get("description", "")
        yield Field(
            at, sort_of(held, schemas), field in needed, text, (name or _resolved(item, schemas)[0]) if cut else ""
        )
        if deeper and not cut:
            yield from fields(held, schemas, at, depth + 1)


def sort_of(schema: Schema, schemas: Mapping[str, Schema]) -> str:
    """What sort of value it is, in few words."""
    _, found = _resolved(schema, schemas)
    if "const" in found:
        return json.dumps(found["const"], ensure_ascii=False)
    if "enum" in found:
        return " | ".join(json.dumps(one, ensure_ascii=False) for one in found["enum"])
    if "anyOf" in found:
        return " | ".join(dict.fromkeys(sort_of(one, schemas) for one in found["anyOf"]))
    if found.get("type") == "array":
        return f"[{sort_of(found['items'], schemas)}]"
    sort = found.get("type", "any")
    said = sort if isinstance(sort, str) else " | ".join(sort)
    return f"{said} ({found['format']})" if "format" in found else said


def _resolved(schema: Schema, schemas: Mapping[str, Schema]) -> tuple[str, Schema]:
    """The name of a schema and itself; of one that may be null what it is else."""
    if "anyOf" in schema:
        choices = [one for one in schema["anyOf"] if one.get("type") != "null"]
        if len(choices) == 1 and "$ref" in choices[0]:
            return _resolved(choices[0], schemas)
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return (name, schemas[name]) if name else ("", schema)


def _failures(one: Operation, language: Language) -> Sequence[Failure]:
    found = []
    for code in dict.fromkeys(codes(one)):
        kind = kind_of(code)
        found.append(Failure(kind.status, code, kind.title.de if language == "de" else kind.title.en))
    return sorted(found, key=lambda failure: (failure.status, failure.code))


def _written(example: Any) -> str:
    """JSON, which is YAML as well; a table as it is."""
    return example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)
