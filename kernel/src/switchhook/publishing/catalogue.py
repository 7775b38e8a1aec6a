"""Modules, templates and findings as JSON, for the editor and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..flows.module import Finding
from ..flows.registry import ModuleRegistry
from ..flows.sketch import exits_with
from ..flows.template import FlowTemplate
from ..flows.words import exit_label
from ..schema import Label, Setting, plain_settings, settings_of


def modules_json(registry: ModuleRegistry) -> list[dict[str, Any]]:
    """Every module: kind, names, whether it waits for the caller, its settings for forms, and its exits as it is new."""
    return [
        {
            "kind": one.kind,
            "plugin": one.plugin,
            "version": one.version,
            "label": _label(one.label),
            "help": _label(one.help),
            "consumes_input": registry.find(one.kind).consumes_input,
            "settings": settings_json(registry.find(one.kind)),
            "exits": exits_json(registry, one.kind, {}),
        }
        for one in registry.listing()
    ]


def exits_json(registry: ModuleRegistry, kind: str, settings: Mapping[str, object]) -> list[dict[str, Any]]:
    """The exits of a module with some settings, finished or not: name, what people call it, whether it may stay open."""
    found = exits_with(registry, kind, settings)
    return [
        {"name": name, "label": _label(exit_label(name, registry, kind)), "optional": name in found.optional}
        for name in (*found.needed, *found.optional)
    ]


def template_json(template: type[FlowTemplate]) -> dict[str, Any]:
    """A template: kind, names and the settings that are asked for."""
    return {
        "kind": template.kind,
        "label": _label(template.label),
        "help": _label(template.help),
        "settings": settings_json(template),
    }


def settings_json(declared: type) -> list[dict[str, Any]]:
    """The declared settings of a class, in order, for forms."""
    return [_setting(name, meta, field) for name, (meta, field) in settings_of(declared).items()]


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding with the point and exit it is about, empty for the flow itself, and its sentence in both languages."""
    parts = finding.path.split(".", 3)
    in_point = parts[0] == "points" and len(parts) > 1
    at_exit = in_point and len(parts) > 3 and parts[2] == "exits"
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "path": finding.path,
        "also": list(finding.also),
        "point": parts[1] if in_point else "",
        "exit": parts[3] if at_exit else "",
        "setting": ".".join(parts[3:]) if in_point and len(parts) > 3 and parts[2] == "settings" else "",
        "text": {"de": finding.german or finding.message, "en": finding.message},
    }


def _label(label: Label | None) -> dict[str, str] | None:
    return None if label is None else {"de": label.de, "en": label.en}


def _setting(name: str, meta: Setting, field: attrs.Attribute[Any]) -> dict[str, Any]:
    required = field.default is attrs.NOTHING
    return {
        "name": name,
        "kind": meta.kind,
        "label": _label(meta.label),
        "help": _label(meta.help),
        "required": required,
        "default": None if required or meta.secret else _plain(field.default),
        "minimum": meta.minimum,
        "maximum": meta.maximum,
        "choices": list(meta.choices),
        "pattern": meta.pattern,
        "secret": meta.secret,
        "to": meta.to,
        "row": settings_json(meta.row) if meta.row is not None else None,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if attrs.has(type(value)):
        return plain_settings(value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
