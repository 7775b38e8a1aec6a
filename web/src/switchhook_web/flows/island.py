"""What the picture in the browser gets and sends: drawings as documents with their points by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from switchhook import Finding
from switchhook.administration import Collision, Draft, Merged, ModuleRegistry, exit_label, exits_with, finding_json

from ..sentences import in_language
from .words import EDITOR, ICONS, said

Document = dict[str, Any]
_TOP: Final = ("label", "description", "language", "start", "last_resort")
_POINT: Final = ("module", "label", "cost_centre", "position", "settings", "exits")


def document_of(drawing: Mapping[str, Any]) -> Document:
    """A drawing with its points by id."""
    points = {
        point["id"]: {name: point[name] for name in _POINT if point.get(name) is not None}
        for point in drawing["points"]
    }
    return {"flow": drawing["id"], **{name: drawing[name] for name in _TOP}, "points": points}


def drawing_of(document: object) -> dict[str, Any]:
    """The drawing of a document; what has not its form is for the service to refuse."""
    if not isinstance(document, Mapping) or not isinstance(document.get("points"), Mapping):
        return {"points": None}
    points = [
        {"id": id, **{name: point.get(name) for name in _POINT}} if isinstance(point, Mapping) else point
        for id, point in document["points"].items()  # noqa: A001 - the domain's own word
    ]
    return {"id": document.get("flow", ""), **{name: document.get(name, "") for name in _TOP}, "points": points}


def draft_json(draft: Draft, modules: ModuleRegistry, language: str) -> dict[str, Any]:
    """A draft for the picture, with the exits its points have with their settings."""
    shapes = {one["id"]: shape_of(modules, one["module"], one["settings"]) for one in draft.drawing["points"]}
    return {
        "revision": draft.revision,
        "document": document_of(draft.drawing),
        "findings": findings_json(draft.findings, language),
        "shapes": {point: shape for point, shape in shapes.items() if shape is not None},
        "by": draft.author,
        "based_on": draft.based_on,
    }


def shape_of(modules: ModuleRegistry, kind: str, settings: Mapping[str, object]) -> dict[str, list[str]] | None:
    """The exits of a module with some settings; none where it cannot say them yet."""
    found = exits_with(modules, kind, settings)
    if not (found.needed or found.optional):
        return None
    return {"required": list(found.needed), "optional": list(found.optional)}


def findings_json(findings: Sequence[Finding], language: str) -> list[dict[str, Any]]:
    """What the linter says, in a language."""
    said_ = [finding_json(one) for one in findings]
    words = "de" if language.startswith("de") else "en"
    return [one | {"message": in_language(one["text"][words], words)} for one in said_]


def modules_json(modules: ModuleRegistry, language: str) -> list[dict[str, Any]]:
    """The modules to choose from, each with its exits while it has no settings."""
    return [
        {
            "kind": one.kind,
            "label": said(one.label, language),
            "help": said(one.help, language) if one.help else "",
            "icon": ICONS.get(one.kind, "puzzle"),
            "plugin": one.plugin,
            "settings": {},
            "exits": shape_of(modules, one.kind, {}) or {"required": [], "optional": []},
        }
        for one in modules.listing()
    ]


def texts_json(language: str) -> dict[str, str]:
    """What the editor says."""
    return {name: said(label, language) for name, label in EDITOR.items()}


def exits_in_words(drawing: Mapping[str, Any], modules: ModuleRegistry, language: str) -> dict[str, str]:
    """Exits in words by their names: those of all modules as they are new, and those this flow has."""
    key = said(EDITOR["key"], language)
    words = {"key:": key}
    points = [(one["module"], one["settings"], one["exits"]) for one in drawing["points"]]
    for kind, settings, leads in [*points, *((kind, {}, {}) for kind in modules)]:
        found = exits_with(modules, kind, settings)
        for name in (*found.needed, *found.optional, *leads):
            if not name.startswith("key:"):
                words.setdefault(name, exit_words(name, kind, modules, language))
    return words


def exit_words(name: str, kind: str, modules: ModuleRegistry, language: str) -> str:
    """An exit in words, such as ``Key 1``."""
    words = said(exit_label(name, modules, kind), language)
    return words[:1].upper() + words[1:]


def clash_name(path: str, drawing: Mapping[str, Any], language: str) -> str:
    """Where a collision is, in words: the point's label and what of it."""
    parts = path.split(".")
    if parts[0] != "points":
        return said(EDITOR[parts[0].replace("_", " ")], language) if parts[0].replace("_", " ") in EDITOR else path
    labels = {point["id"]: point["label"] or point["id"] for point in drawing["points"]}
    name = labels.get(parts[1], parts[1])
    return f"{name}: {' '.join(parts[2:])}" if parts[2:] else name


def questions(merged: Merged) -> list[Collision]:
    """The collisions somebody has to decide; where a point is drawn is not worth a question."""
    return [one for one in merged.collisions if not one.path.endswith(".position")]
