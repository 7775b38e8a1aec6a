"""Declared classes of one sort (modules, resources) by kind, each with the plugin that brought it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from ..errors import PluginError, near_match
from .setting import Label, settings_of

KIND: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class Declared(Protocol):
    """What a declared class has."""

    kind: ClassVar[str]
    label: ClassVar[Label]


T = TypeVar("T", bound=Declared)


class Kinds(Generic[T]):
    """All declared classes of one sort, sorted by kind.

    ``base`` is what they derive from. Raises ``PluginError`` for a class that
    does not, and for two plugins with the same kind, naming both.
    """

    def __init__(self, base: type[T], found: Iterable[tuple[str, type[T]]] = ()) -> None:
        self._noun = base.__name__.lower()
        classes: dict[str, tuple[str, type[T]]] = {}
        for plugin, one in found:
            check_declared(base, plugin, one)
            if one.kind in classes:
                raise PluginError(
                    f"plugins {classes[one.kind][0]!r} and {plugin!r} both bring the {self._noun} {one.kind!r}; "
                    "disable one of them",
                    kind=one.kind,
                    plugins=[classes[one.kind][0], plugin],
                )
            classes[one.kind] = plugin, one
        self._classes: Mapping[str, tuple[str, type[T]]] = dict(sorted(classes.items()))

    def __contains__(self, kind: object) -> bool:
        return kind in self._classes

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)

    def get(self, kind: str) -> type[T] | None:
        """The class of a kind, if a plugin brings it."""
        return self._classes[kind][1] if kind in self._classes else None

    def plugin_of(self, kind: str) -> str:
        """The name of the plugin that brings a kind; raises ``KeyError``."""
        return self._classes[kind][0]

    def hint(self, kind: str) -> str:
        """A near match for a kind that is not there, or nothing."""
        return near_match(kind, self)


def check_declared(base: type[T], plugin: str, one: object) -> None:
    """Raise ``PluginError`` for what cannot be a declared class of the sort ``base``, saying why."""
    noun = base.__name__

    def refuse(why: str) -> PluginError:
        return PluginError(f"plugin {plugin!r} brings {one!r} as a {noun.lower()}, but {why}", plugin=plugin)

    if not isinstance(one, type) or not issubclass(one, base):
        raise refuse(f"it is no subclass of switchhook's {noun}")
    kind = getattr(one, "kind", None)
    if not isinstance(kind, str) or not KIND.fullmatch(kind):
        raise refuse(f"its kind {kind!r} does not have the shape {KIND.pattern}")
    if not isinstance(getattr(one, "label", None), Label):
        raise refuse("it has no label in German and English")
    if "__attrs_attrs__" not in vars(one):
        raise refuse("it is not decorated with attrs.frozen, so its settings are not known")
    if open_secret := next(_secrets_in_rows(one, ""), ""):
        raise refuse(f"its {open_secret} is a secret in a row, and rows are kept in clear; make it a field of its own")


def _secrets_in_rows(declared: type, path: str) -> Iterator[str]:
    for name, (meta, _) in settings_of(declared).items():
        if meta.secret and path:
            yield f"{path}{name}"
        if meta.row is not None:
            yield from _secrets_in_rows(meta.row, f"{path}{name}.")
