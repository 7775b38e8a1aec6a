"""Flows as programs and the editor exchange them: one JSON value for each, also for a flow that is not finished.

::

    {"id": "hotline", "label": "Hotline", "description": "", "language": "de",
     "start": "menu", "last_resort": "sorry",
     "points": [{"id": "menu", "module": "menu", "label": "Main menu", "cost_centre": "", "position": [240, 80],
                 "settings": {"prompts": ["demo/menu"], "keys": ["1"]}, "exits": {"key:1": "sorry"}}]}

``position`` may be null. ``settings`` holds what is given, not the defaults.
A target is the id of a point, ``flow:ID`` or ``hang-up``; an open exit is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..documents.marked import parse
from ..documents.marks import FileProblem
from .document import FAR, FlowRefused
from .writing import Plain, update_plain

Drawing = dict[str, Any]
_TEXTS: Final = {"label": "", "description": "", "language": "de", "start": "", "last_resort": ""}
_POINT_TEXTS: Final = {"module": "", "label": "", "cost_centre": ""}
KEYS: Final = ("id", *_TEXTS, "points")
POINT_KEYS: Final = ("id", *_POINT_TEXTS, "position", "settings", "exits")


def empty_drawing(flow: str, label: str, language: str = "de") -> Drawing:
    """A flow without points."""
    return drawing_of_plain({"flow": flow, "label": label, "language": language})


def drawing_of(text: str, file: str = "flow.yaml") -> Drawing:
    """The drawing of a flow's text; raises ``FlowRefused`` for what is no YAML mapping of the form of a flow."""
    marked = parse(text)
    if marked.problems:
        problems = [FileProblem(file, p.mark.line, p.mark.column, p.path, p.message) for p in marked.problems]
        raise FlowRefused(problems)
    if not isinstance(marked.value, dict) or not _is_flow(marked.value):
        raise FlowRefused([FileProblem(file, 1, 1, "", "is no flow; it holds 'flow: ID', 'start' and 'points'")])
    return drawing_of_plain(marked.value)


def drawing_of_plain(plain: Mapping[str, Any]) -> Drawing:
    """The drawing of a file's plain values, which have the form of a flow."""
    points = plain.get("points") or {}
    return {
        "id": plain.get("flow", ""),
        **{name: plain.get(name) or default for name, default in _TEXTS.items()},
        "points": [_point_of(id, point) for id, point in points.items()],  # noqa: A001 - the domain's own word
    }


def text_of(drawing: Mapping[str, Any], before: str = "") -> str:
    """The drawing as YAML: ``before`` changed only where it differs, comments and order kept.

    Raises ``FlowRefused`` for a value that has not the form of a drawing.
    """
    plain = plain_of(drawing)
    return update_plain(before, plain)


def plain_of(drawing: Mapping[str, Any]) -> Plain:
    """The whole plain values of a drawing, in the order of a file; raises ``FlowRefused``."""
    _check(drawing)
    texts = {name: drawing.get(name) or default for name, default in _TEXTS.items()}
    points = {point["id"]: _plain_point(point) for point in drawing.get("points", ())}
    return {"flow": drawing.get("id", ""), **texts, "points": points}


def _plain_point(point: Mapping[str, Any]) -> Plain:
    texts = {name: point.get(name) or default for name, default in _POINT_TEXTS.items()}
    exits = {name: target for name, target in (point.get("exits") or {}).items() if target}
    position = [round(one) for one in point.get("position") or ()]
    return {**texts, "position": position, "settings": dict(point.get("settings") or {}), "exits": exits}


def _point_of(id: str, point: Mapping[str, Any]) -> Drawing:  # noqa: A002
    return {
        "id": id,
        **{name: point.get(name) or default for name, default in _POINT_TEXTS.items()},
        "position": point.get("position") or None,
        "settings": dict(point.get("settings") or {}),
        "exits": dict(point.get("exits") or {}),
    }


def _is_flow(value: Mapping[str, Any]) -> bool:
    points = value.get("points") or {}
    return isinstance(points, dict) and all(
        isinstance(point, dict) and all(isinstance(point.get(name) or {}, dict) for name in ("settings", "exits"))
        for point in points.values()
    )


def _check(drawing: object) -> None:
    problems = [FileProblem("flow", 1, 1, path, message) for path, message in _wrong(drawing)]
    if problems:
        raise FlowRefused(problems)


def _wrong(drawing: object) -> list[tuple[str, str]]:
    if not isinstance(drawing, Mapping):
        return [("", "must be an object with 'id', 'start' and 'points'")]
    wrong = [(str(name), "unknown key") for name in drawing if name not in KEYS]
    points = drawing.get("points", ())
    if not isinstance(points, list | tuple):
        return [*wrong, ("points", "must be a list of points")]
    seen: set[object] = set()
    for place, point in enumerate(points):
        path = f"points[{place}]"
        if not isinstance(point, Mapping) or not isinstance(point.get("id"), str):
            wrong.append((path, "must be an object with 'id' and 'module'"))
            continue
        wrong += [(f"{path}.{name}", "unknown key") for name in point if name not in POINT_KEYS]
        wrong += [
            (f"{path}.{name}", "must be an object")
            for name in ("settings", "exits")
            if not isinstance(point.get(name) or {}, Mapping)
        ]
        if point["id"] in seen:
            wrong.append((f"{path}.id", f"there are two points {point['id']!r}"))
        seen.add(point["id"])
        if not _is_position(point.get("position")):
            wrong.append((f"{path}.position", "must be two numbers such as [240, 80], or null"))
    return wrong


def _is_position(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    return all(type(one) in (int, float) and abs(one) < FAR for one in value)
