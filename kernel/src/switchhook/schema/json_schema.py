"""Declared fields as JSON Schema 2020-12, for the API's description and for programs that check before they send.

What :func:`~switchhook.schema.read_settings` accepts is valid, and what it
refuses for its type or its bounds is not, with these exceptions, because
JSON Schema cannot say more: JSON knows no difference between ``1`` and
``1.0``, which no whole number may be written as; ``format: date`` is no more
than a hint; no text may hold NUL or half of a surrogate pair; and whether a
reference leads somewhere is seen when it is kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import attrs

from ..money import Money
from .reading import LARGEST, plain_value, taken
from .setting import Kind, Label, Setting, settings_of
from .shape import expected, form_of

Language = Literal["de", "en"]
Schema = dict[str, Any]
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_MONEY: Final = r"\s*-?\d{1,12}([.,]\d{1,6})? [A-Z]{3}\s*"
_OUTSIDE: Final = ("title", "description", "writeOnly", "x-switchhook-to")


def json_schema(
    declared: type[Any], language: Language = "en", *, answer: bool = False, partial: bool = False, freely: bool = False
) -> Schema:
    """The schema of an object with the declared fields, labels and help in one of the two languages.

    That is the schema of what may be given. As an ``answer`` every field is
    there but for secrets, which are only ever written. A ``partial`` object
    may leave every field away. ``freely`` leaves phone numbers to be written
    as people do, where they are made canonical before they are read.
    """
    fields = {name: one for name, one in settings_of(declared).items() if not (answer and one[0].secret)}
    properties = {
        name: _field(meta, field.default, language, answer=answer, freely=freely)
        for name, (meta, field) in fields.items()
    }
    needed = [name for name, (_, field) in fields.items() if answer or field.default is attrs.NOTHING]
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema if partial or not needed else {**schema, "required": needed}


def _field(meta: Setting, default: object, language: Language, *, answer: bool, freely: bool) -> Schema:
    schema = _KINDS[meta.kind](meta)
    if meta.kind == "rows" and meta.row is not None:
        schema = {"type": "array", "items": json_schema(meta.row, language, answer=answer, freely=freely)}
    if meta.kind == "number" and freely:
        schema = {"type": "string", "maxLength": 80}
    schema["title"] = _in(language, meta.label)
    if said := _description(meta, language):
        schema["description"] = said
    if meta.to:
        schema["x-switchhook-to"] = meta.to
    if meta.secret:
        schema["writeOnly"] = True
    return _with_default(schema, meta, default)


def _with_default(schema: Schema, meta: Setting, default: object) -> Schema:
    """A default may be written out though its kind refuses it from others, such as no prompt at all."""
    if default is attrs.NOTHING or isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return schema
    plain = plain_value(default)
    if meta.secret:
        plain = plain or ""
    if not taken(meta, default if isinstance(default, Money) else plain):
        said: Schema = {name: schema.pop(name) for name in _OUTSIDE if name in schema}
        schema = {"anyOf": [schema, {"const": plain}], **said}
    return schema if meta.secret else {**schema, "default": plain}


def _description(meta: Setting, language: Language) -> str:
    """What is told of a field: its help, and in English what it takes."""
    said = [_in(language, meta.help)] if meta.help else []
    if language == "en":
        what = expected(meta)
        said.append(what[:1].upper() + what[1:] + (f" (kind {meta.to})" if meta.to else "") + ".")
    elif meta.to:
        said.append(f"Verweis auf {meta.to}.")
    elif meta.shape is not None:
        said.append(meta.shape.de[:1].upper() + meta.shape.de[1:] + ".")
    return " ".join(said)


def _in(language: Language, label: Label) -> str:
    return label.de if language == "de" else label.en


def _whole(pattern: str) -> str:
    """A pattern that is found only where all of a text has this shape, in Python as in ECMA 262."""
    return f"^(?:{pattern})$(?!\\n)"


def _text(meta: Setting) -> Schema:
    return {"type": "string"} | ({"pattern": _whole(meta.pattern)} if meta.pattern else {})


def _number(meta: Setting) -> Schema:
    schema: Schema = {"type": "integer" if meta.kind == "integer" else "number"}
    low = -LARGEST if meta.minimum is None else meta.minimum
    high = LARGEST if meta.maximum is None else meta.maximum
    return {**schema, "minimum": low, "maximum": high}


def _shaped(meta: Setting) -> Schema:
    return {"type": "string", "pattern": _whole(form_of(meta).pattern), "maxLength": 80}


def _list(item: Callable[[Setting], Schema], of: Kind) -> Callable[[Setting], Schema]:
    def schema(meta: Setting) -> Schema:
        made: Schema = {"type": "array", "items": item(attrs.evolve(meta, kind=of))}
        if meta.minimum is not None:
            made["minItems"] = max(0, math.ceil(meta.minimum))
        return made | ({"uniqueItems": True} if meta.kind == "keys" else {})

    return schema


_KINDS: Final[Mapping[str, Callable[[Setting], Schema]]] = {
    "text": _text,
    "integer": _number,
    "seconds": _number,
    "boolean": lambda _: {"type": "boolean"},
    "choice": lambda meta: {"enum": list(meta.choices)},
    "prompt": _shaped,
    "prompts": _list(_shaped, "prompt"),
    "keys": _list(_shaped, "keys"),
    "words": _list(_text, "text"),
    "target": _shaped,
    "targets": _list(_shaped, "target"),
    "number": _shaped,
    "time": _shaped,
    "date": lambda _: {"type": "string", "format": "date"},
    "money": lambda _: {"type": "string", "pattern": _whole(_MONEY)},
    "reference": _shaped,
    "references": _list(_shaped, "reference"),
    "rows": lambda _: {"type": "array"},
}
