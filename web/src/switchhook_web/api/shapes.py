"""Values of attrs classes as JSON, and the JSON Schema of them: both from the same annotations."""

from __future__ import annotations

import collections.abc
import enum
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, Literal

import attrs

from switchhook import Label, Money, Problem, Resource
from switchhook.administration import FlowUse, Language, Schema, TriedLeg, TriedStep, json_schema, shown

_LISTS: Final = (list, tuple, set, frozenset, collections.abc.Sequence, collections.abc.Set, collections.abc.Collection)
_MAPS: Final = (dict, collections.abc.Mapping)
_PLAIN: Final[Mapping[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    Money: {"type": "string"},
    Label: {"type": "string"},
    object: {},
    Any: {},
    Resource: {"type": "object"},
}

_NAMES: Final[Mapping[type, str]] = {
    FlowUse: "FlowUse",
    Problem: "FieldProblem",
    TriedLeg: "TriedLeg",
    TriedStep: "TriedStep",
}
"""The names of types whose own names others have as well."""


@attrs.frozen
class Components:
    """The named schemas of one document, gathered while its operations are described, in one language."""

    language: Language = "en"
    schemas: dict[str, Schema] = attrs.field(factory=dict)
    types: dict[str, type | None] = attrs.field(factory=dict)

    def of(self, hint: Any) -> Schema:
        """The schema of values of a type."""
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        if isinstance(hint, type) and attrs.has(hint):
            return self._known(hint)
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            return {"enum": [one.value for one in hint]}
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (typing.Union, types.UnionType):
            return {"anyOf": [self.of(one) for one in arguments]}
        if origin in _LISTS:
            return {"type": "array", "items": self.of(arguments[0])}
        if origin in _MAPS:
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        raise TypeError(f"{hint!r} has no JSON Schema yet")

    def _known(self, hint: type) -> Schema:
        """A type by its name, a plugin's with that of its package before it: two of one name would describe each other."""
        package = hint.__module__.partition(".")[0]
        own = "" if package in ("switchhook", "switchhook_web") else package.removeprefix("switchhook_").title()
        name = _NAMES.get(hint, f"{own.replace('_', '')}{hint.__name__}")
        return self.named(name, lambda: self._object(hint), hint)

    def declared(self, declared: type, name: str = "", *, answer: bool = False, partial: bool = False) -> Schema:
        """The schema of an object of declared fields, by reference if it has a ``name``."""

        def make() -> Schema:
            return json_schema(declared, self.language, answer=answer, partial=partial, freely=not answer)

        return self.named(name, make) if name else make()

    def named(self, name: str, make: Callable[[], Schema], of: type | None = None) -> Schema:
        """A reference to a schema that is made when it is first asked for; ``TypeError`` where another type has it."""
        if self.types.setdefault(name, of) is not of:
            raise TypeError(f"{of!r} and {self.types[name]!r} are both called {name}; give one a name of its own")
        if name not in self.schemas:
            self.schemas[name] = {}  # it may lead to itself
            self.schemas[name] = make()
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, declared: type) -> Schema:
        fields = {name: self.of(hint) for name, hint in told(declared).items()}
        return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def told(declared: Any) -> Mapping[str, Any]:
    """The fields of an attrs class that are told to people, and their types: what no ``repr`` shows, nobody sees."""
    hints = typing.get_type_hints(declared)
    return {field.name: hints[field.name] for field in attrs.fields(declared) if field.repr}


def plain(value: Any, language: Language = "en") -> Any:
    """A value as JSON holds it; of a resource every field but its secrets."""
    if value is None or isinstance(value, str | int | float | bool):
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, Resource):
        return shown(value)
    for sort, written in _WRITTEN.items():
        if isinstance(value, sort):
            return written(value)
    if isinstance(value, Label):
        return value.de if language == "de" else value.en
    return _parts(value, language)


_WRITTEN: Final[Mapping[Any, Callable[[Any], Any]]] = {
    enum.Enum: lambda one: one.value,
    date: lambda one: one.isoformat(),
    Money: str,
}


def _parts(value: Any, language: Language) -> Any:
    if attrs.has(type(value)):
        return {name: plain(getattr(value, name), language) for name in told(type(value))}
    if isinstance(value, Mapping):
        return {str(name): plain(held, language) for name, held in value.items()}
    if isinstance(value, collections.abc.Set):
        return sorted((plain(one, language) for one in value), key=repr)
    if isinstance(value, collections.abc.Iterable):
        return [plain(one, language) for one in value]
    raise TypeError(f"{type(value).__name__} has no form in JSON yet")
