"""Flows that are not finished: read as far as they go, with what is missing as findings instead of refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from ..documents.marked import parse
from ..schema import Label, Problem, SettingsRefused, read_what_fits, settings_of
from .document import FlowDocument, Reader, read_with
from .flow import Point
from .lint_context import error, exits_of
from .module import Finding, Module
from .registry import ModuleRegistry, UnknownModule


@attrs.frozen
class Sketch:
    """A flow that may be unfinished; ``unfinished`` says what its points lack, beside what the linter finds."""

    document: FlowDocument
    unfinished: tuple[Finding, ...]


@attrs.frozen
class Exits:
    """The names of the exits a point has with some settings: those that must lead somewhere, and the others."""

    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


def read_sketch(text: str, registry: ModuleRegistry, file: str = "flow.yaml") -> Sketch:
    """The flow in ``text``, with stand-ins for modules that cannot be made yet.

    Raises ``FlowRefused`` only for what cannot be read at all: no YAML, ids that are none, targets of no shape.
    """
    reader = _SketchReader(file, parse(text), registry)
    document = read_with(reader)
    return Sketch(document, tuple(reader.unfinished))


def exits_with(registry: ModuleRegistry, kind: str, settings: Mapping[str, object]) -> Exits:
    """The exits of a module with settings that may be unfinished; none for one that cannot say them yet."""
    declared = registry.get(kind)
    if declared is None:
        return Exits()
    try:
        module = read_what_fits(declared, settings)
    except Exception:  # a module's own check: its exits are known as soon as it passes
        return Exits()
    known = exits_of(Point("x", module))
    return Exits(*known) if known is not None else Exits()


@attrs.define
class _SketchReader(Reader):
    unfinished: list[Finding] = attrs.field(factory=list)

    def _id(self, value: Mapping[str, object], key: str, path: str) -> str:
        return "" if key == "start" and value.get(key) == "" else super()._id(value, key, path)

    def _module(self, entry: Mapping[str, object], settings: Mapping[str, object], path: str) -> Module | None:
        kind = entry.get("module")
        if not isinstance(kind, str):
            return super()._module(entry, settings, path)
        try:
            return self.registry.make(kind, settings, f"{path}.settings")
        except UnknownModule:  # the linter finds it
            return _stand_in(kind, Exits(optional=tuple(_names(entry))), False)
        except SettingsRefused as refused:
            self.unfinished += [self._lacking(kind, problem) for problem in refused.problems]
            exits = exits_with(self.registry, kind, settings)
            if not exits.needed:
                exits = attrs.evolve(exits, optional=(*exits.optional, *_names(entry)))
            return _stand_in(kind, exits, self.registry.find(kind).consumes_input)

    def _lacking(self, kind: str, problem: Problem) -> Finding:
        name = re.split(r"[.\[]", problem.path.partition(".settings.")[2])[0]
        known = settings_of(self.registry.find(kind)).get(name)
        called = known[0].label.de if known is not None else name
        german = "fehlt noch" if problem.message.startswith("is missing") else "stimmt so nicht"
        return error("F10", problem.path, problem.message, f"{called or 'Eine Einstellung'} {german}.")


def _names(entry: Mapping[str, object]) -> list[str]:
    exits = entry.get("exits")
    return list(exits) if isinstance(exits, dict) else []


def _stand_in(kind: str, exits: Exits, consumes: bool) -> Module:
    body = {
        "kind": kind,
        "label": Label(kind, kind),
        "consumes_input": consumes,
        "exits": lambda self: (*exits.needed, *exits.optional),
        "optional_exits": lambda self: exits.optional,
    }
    made: Module = attrs.frozen(type("StandIn", (Module,), body))()
    return made
