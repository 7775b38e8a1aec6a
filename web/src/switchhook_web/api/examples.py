"""Examples of what the API takes and gives, made from its schemas, so that none can be out of date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from switchhook.administration import Schema

NAMED: Final[Mapping[str, Any]] = {
    "account": "kim",
    "actor": "kim",
    "address": "192.0.2.7",
    "agent": "curl/8.5",
    "at": "2026-12-24T18:00:00+01:00",
    "author": "kim",
    "body": "Hello {name}, open {link}",
    "code": "123456",
    "codes": "abcde-fghij-kmnpq",
    "country": "DE",
    "currency": "EUR",
    "current": "the present password",
    "email": "kim@acme.example",
    "expires": "2027-12-31T00:00:00+00:00",
    "file": "hotline.yaml",
    "flow": "hotline",
    "id": "sales",
    "label": "Hotline",
    "language": "de",
    "message": "New opening hours",
    "name": "Sales",
    "new": "another good password",
    "note": "called back at the number in the contract",
    "number": "+4922112345",
    "numbers": "+4922112345",
    "password": "the present password",
    "per_call": "0.05",
    "per_minute": "0.069",
    "prefix": "+4915",
    "right": "number.view",
    "secret": "a-long-secret-of-your-own",
    "subject": "Welcome, {name}",
    "superadmin_email": "kim@acme.example",
    "superadmin_name": "Kim Albrecht",
    "template": "password_reset",
    "tenant": "acme",
    "text": "flow: hotline\n",
    "token": "TOKEN",
    "url": "https://hooks.example.org/switchhook",
    "username": "kim",
}
"""What stands for a text in a field of this name, where its pattern lets it."""
IN_PATHS: Final[Mapping[str, str]] = {
    "tenant": "acme",
    "number": "+4922112345",
    "id": "sales",
    "flow": "hotline",
    "template": "announcement",
    "language": "de",
    "module": "announcement",
    "name": "ivr",
}
"""What stands in the addresses of examples; all else there is counted."""
FILE_EXAMPLE: Final = {"number-group": {"sales": {"name": "Sales", "numbers": ["+4922112345"]}}}
TABLE_EXAMPLE: Final = "id,name\nsales,Sales\n"
FLOW_EXAMPLE: Final = {
    "flow": "hotline",
    "label": "Hotline",
    "language": "de",
    "start": "hello",
    "points": {"hello": {"module": "announcement", "settings": {"prompts": ["hello"]}, "exits": {"next": "hang-up"}}},
}
DRAWING_EXAMPLE: Final = {
    "id": "hotline",
    "label": "Hotline",
    "language": "de",
    "start": "hello",
    "points": [
        {"id": "hello", "module": "announcement", "settings": {"prompts": ["hello"]}, "exits": {"next": "hang-up"}}
    ],
}
_OTHERS: Final = (
    "text",
    "sales",
    "+4922112345",
    "08:30",
    "2026-12-24",
    "12.50 EUR",
    "flow.view",
    "1",
    "471193",
    "a-b-c-d-e-f-g-h-i",
)
_FORMATS: Final = {"date-time": "2026-12-24T18:00:00+00:00", "date": "2026-12-24", "binary": "the bytes of a file"}
_DEEPEST: Final = 8


def example(schema: Schema, schemas: Mapping[str, Schema], *, asked: bool = False) -> Any:
    """A value that fits a schema; one that is ``asked`` for leaves away what need not be said."""
    return _value(schema, schemas, "", asked, 0)


def _value(schema: Schema, schemas: Mapping[str, Schema], name: str, asked: bool, depth: int) -> Any:
    if "$ref" in schema:
        return _value(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, asked, depth + 1)
    if "examples" in schema:
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return next((one for one in schema["enum"] if one not in ("", None)), schema["enum"][0])
    if "anyOf" in schema:
        choices = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return _value(choices[0] if depth < _DEEPEST else schema["anyOf"][-1], schemas, name, asked, depth)
    sort = schema.get("type", "object")
    return _MAKERS[_first(sort)](schema, schemas, name, asked, depth)


def _first(sort: str | Sequence[str]) -> str:
    return sort if isinstance(sort, str) else next(one for one in sort if one != "null")


def _object(schema: Schema, schemas: Mapping[str, Schema], name: str, asked: bool, depth: int) -> Any:
    fields = schema.get("properties", {})
    needed = schema.get("required", ())
    told = [one for one in fields if one in needed or not asked] or list(fields)[:1]
    return {one: _value(fields[one], schemas, one, asked, depth + 1) for one in told}


def _array(schema: Schema, schemas: Mapping[str, Schema], name: str, asked: bool, depth: int) -> Any:
    if depth > _DEEPEST and not schema.get("minItems"):
        return []
    one = _value(schema["items"], schemas, name, asked, depth + 1)
    return [one] * max(1, schema.get("minItems", 1))


def _text(schema: Schema, schemas: Mapping[str, Schema], name: str, asked: bool, depth: int) -> Any:
    if "format" in schema:
        return _FORMATS[schema["format"]]
    pattern = schema.get("pattern", "")
    candidates = [str(NAMED[name])] if name in NAMED else []
    fitting = [one for one in (*candidates, *_OTHERS) if re.search(pattern, one)]
    # A plugin's pattern may fit nothing known here: its field is told all the same, and the description stays whole.
    return fitting[0] if fitting else name


def _number(schema: Schema, schemas: Mapping[str, Schema], name: str, asked: bool, depth: int) -> Any:
    return min(max(schema.get("minimum", 1), 1), schema.get("maximum", 1))


_MAKERS: Final[Mapping[str, Any]] = {
    "object": _object,
    "array": _array,
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": lambda *_: True,
    "null": lambda *_: None,
}
