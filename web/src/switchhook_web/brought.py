"""What page modules of plugins bring: routes, operations of the API, and the German of their texts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import attrs
from quart import Blueprint

from .api.operation import Operation
from .texts import Catalogue, read_catalogue

OWN: Final = re.compile(r"/tenants/\{tenant\}(/[a-z0-9_{}-]+)+")


class BroughtRefused(ValueError):
    """A page module that is none; the message says what is missing."""


@attrs.frozen
class Brought:
    """The page module of a plugin, read and checked."""

    plugin: str
    blueprint: Blueprint
    operations: Sequence[Operation] = ()
    german: Catalogue = attrs.field(factory=dict)

    @property
    def prefix(self) -> str:
        """What its routes begin with."""
        return f"/t/<tenant>/x/{self.plugin}"


def brought(plugin: str, name: str) -> Brought:
    """Import a page module; raises whatever it raises, and :class:`BroughtRefused`.

    ``blueprint`` is needed. ``OPERATIONS`` are operations of the API, each
    with an id that begins with the plugin's name and a path below a tenant.
    ``LOCALE`` is a folder with catalogues of the plugin's texts, ``de/*.po``.
    """
    module = import_module(name)
    blueprint = getattr(module, "blueprint", None)
    if not isinstance(blueprint, Blueprint):
        raise BroughtRefused(f"{name} has no Quart blueprint called 'blueprint'")
    operations = [_checked(plugin, one) for one in getattr(module, "OPERATIONS", ())]
    folder: Path | None = getattr(module, "LOCALE", None)
    return Brought(plugin, blueprint, operations, read_catalogue(folder, "de") if folder else {})


def _checked(plugin: str, one: Any) -> Operation:
    if not isinstance(one, Operation):
        raise BroughtRefused(f"OPERATIONS holds {one!r}, which is no Operation")
    if not one.id.startswith(f"{plugin}.") or not OWN.fullmatch(one.path):
        raise BroughtRefused(
            f"the operation {one.id!r} at {one.path!r}: its id begins with '{plugin}.', its path with '/tenants/{{tenant}}/'"
        )
    return one


def all_texts(own: Catalogue, of_plugins: Sequence[Brought]) -> Mapping[str, Catalogue]:
    """The texts of all languages that have any; those of the web itself win."""
    german: dict[str, str | tuple[str, ...]] = {}
    for one in of_plugins:
        german.update(one.german)
    return {"de": {**german, **own}}
