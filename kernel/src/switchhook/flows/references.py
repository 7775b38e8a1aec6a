"""What a point uses: prompts, phones, numbers and resources named in its settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..schema import pointers, settings_of
from .flow import Flow, Point
from .module import Module, Reference

ELSEWHERE: Final = ("prompt", "phone", "number")
"""What is kept elsewhere than among the resources."""


def references_of(point: Point) -> list[Reference]:
    """What a point's settings name, by their declared kinds and by what the module says itself; each once.

    Paths are relative to the point, such as ``settings.prompts[0]``. Raises
    whatever a module's own ``references`` raises.
    """
    found: dict[tuple[str, str], Reference] = {}
    for reference in (*_declared(point.module), *point.module.references()):
        found.setdefault((reference.kind, reference.id), reference)
    return list(found.values())


def flows_named(flow: Flow) -> set[str]:
    """The ids of the flows that exits or the last resort of a flow lead to, or that its points go through."""
    targets = {target for point in flow.points.values() for target in point.exits.values()} | {flow.last_resort}
    led_to = {target.removeprefix("flow:") for target in targets if target.startswith("flow:")}
    return led_to.union(*(flows_through(point) for point in flow.points.values()))


def flows_through(point: Point) -> set[str]:
    """The ids of the flows that a point's settings name."""
    return {pointer.to_id for pointer in pointers(point.module) if pointer.to_kind == "flow"}


def _declared(module: Module) -> Iterator[Reference]:
    for name, (meta, _) in settings_of(type(module)).items():
        value = getattr(module, name)
        if meta.kind in ("prompt", "target"):
            yield from _one(meta.kind, value, f"settings.{name}")
        elif meta.kind in ("prompts", "targets"):
            for place, entry in enumerate(value):
                yield from _one(meta.kind, entry, f"settings.{name}[{place}]")
    for pointer in pointers(module, "settings."):
        yield Reference(pointer.to_kind, pointer.to_id, pointer.path)


def _one(kind: str, value: object, path: str) -> Iterator[Reference]:
    if not isinstance(value, str) or not value:
        return
    if kind.startswith("prompt"):
        yield Reference("prompt", value, path)
    else:
        yield Reference("number" if value.startswith("+") else "phone", value, path)
