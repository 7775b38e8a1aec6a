"""The public names: a page for people and a snapshot in which a break is a visible difference."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Iterator
from typing import cast

import attrs

import switchhook
from switchhook import consent as consents
from switchhook import hookspecs
from switchhook import testing as kit
from switchhook.dispatch.spec import specs_in

from . import hooks
from .markdown import doc, written


def names() -> str:
    """A section for each public name of ``switchhook``."""
    return "\n\n".join(_section(name, getattr(switchhook, name)) for name in switchhook.__all__)


def testing() -> str:
    """A section for each public name of ``switchhook.testing``."""
    return "\n\n".join(_section(name, getattr(kit, name)) for name in kit.__all__)


def consent() -> str:
    """A section for each public name of ``switchhook.consent``."""
    return "\n\n".join(_section(name, getattr(consents, name)) for name in consents.__all__)


def snapshot() -> str:
    """One line for each public name, field and method, and for each hook."""
    lines = ["# Written by docs/generate.py. A line that changes or goes is a break for plugins."]
    for package in (switchhook, kit, consents):
        for name in package.__all__:
            thing = getattr(package, name)
            lines += [f"{package.__name__}.{name}{shape(name, thing)}"]
            lines += [f"{package.__name__}.{name}.{member}" for member in _members(thing)]
    specs = specs_in(hookspecs)
    lines += [f"hook {hooks.signature(name)} [{hooks.facts(spec)}]" for name, spec in specs.items()]
    return "\n".join(lines) + "\n"


def shape(name: str, thing: object) -> str:
    """What follows a name: a signature, the fields of a value, or the members of an enumeration."""
    if isinstance(thing, enum.EnumType):
        return f": {', '.join(str(member.value) for member in cast(type[enum.Enum], thing))}"
    if isinstance(thing, type) and attrs.has(thing):
        shown = [_field(field) for field in attrs.fields(thing) if not field.name.startswith("_")]
        return f"({', '.join(shown)})"
    if isinstance(thing, type):
        return written(vars(thing)["__init__"]) if "__init__" in vars(thing) else ""
    return written(thing) if inspect.isroutine(thing) else ""


def _section(name: str, thing: object) -> str:
    parts = [f"### `{name}`", f"```python\n{name}{shape(name, thing)}\n```", doc(thing) if _has_doc(thing) else ""]
    methods = [f"- `{member}`\n\n  {_indented(said)}" for member, said in _documented(thing)]
    return "\n\n".join(part for part in [*parts, *methods] if part)


def _has_doc(thing: object) -> bool:
    return isinstance(thing, type) or inspect.isroutine(thing)


def _indented(words: str) -> str:
    return words.replace("\n", "\n  ")


def _members(thing: object) -> Iterator[str]:
    yield from _class_values(thing)
    yield from (member for member, _ in _documented(thing))


def _class_values(thing: object) -> Iterator[str]:
    """What a subclass says of itself, such as a module's ``kind``."""
    for name, kind in getattr(thing, "__annotations__", {}).items():
        if isinstance(kind, str) and kind.startswith("ClassVar[") and not name.startswith("_"):
            yield f"{name}: {kind.removeprefix('ClassVar[').removesuffix(']')}"


def _documented(thing: object) -> Iterator[tuple[str, str]]:
    """Public methods and properties with what is said of them."""
    if not isinstance(thing, type) or isinstance(thing, enum.EnumType):
        return
    for name, member in vars(thing).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield name, doc(member)
        elif inspect.isfunction(member):
            start = "async " if inspect.iscoroutinefunction(member) else ""
            yield f"{start}{name}{written(member)}", doc(member)


def _field(field: attrs.Attribute[object]) -> str:
    kind = field.type if isinstance(field.type, str) else getattr(field.type, "__name__", str(field.type))
    said = f"{field.alias}: {kind}"
    if field.default is attrs.NOTHING:
        return said
    return f"{said} = {'...' if isinstance(field.default, attrs.Factory) else repr(field.default)}"  # type: ignore[arg-type]
