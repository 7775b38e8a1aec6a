"""Edits of a flow for the list view: the same that the picture has, from drawing to drawing."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from switchhook.administration import HANG_UP

Drawing = dict[str, Any]
PointDrawing = dict[str, Any]
_NO_ID: Final = re.compile(r"[^a-z0-9_-]+")


def points_of(drawing: Mapping[str, Any]) -> dict[str, PointDrawing]:
    """The points by their ids, in order."""
    return {point["id"]: point for point in drawing["points"]}


def leads_to_point(target: str) -> bool:
    """Whether a target is meant to be a point of the same flow."""
    return bool(target) and target != HANG_UP and not target.startswith("flow:")


def fresh_id(drawing: Mapping[str, Any], stem: str) -> str:
    """An id no point of the flow has yet."""
    known = points_of(drawing)
    base = _NO_ID.sub("-", stem.lower()).strip("-_")[:34] or "point"
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, len(known) + 3))
    return next(name for name in names if name not in known and name != HANG_UP)


def with_new_point(
    drawing: Mapping[str, Any], module: str, label: str, behind: tuple[str, str] | None = None
) -> tuple[Drawing, str]:
    """A new point of a module, put behind an exit of another point if that is named; its id as well.

    It leads nowhere yet, so the one who adds it decides where.
    """
    changed = copy.deepcopy(dict(drawing))
    id = fresh_id(changed, module)  # noqa: A001 - the domain's own word
    name = label if id == module else f"{label} {id[len(module) + 1 :]}"
    point: PointDrawing = {
        "id": id,
        "module": module,
        "label": name,
        "cost_centre": "",
        "position": None,
        "settings": {},
        "exits": {},
    }
    changed["points"].append(point)
    if behind is not None and behind[0] in points_of(changed):
        points_of(changed)[behind[0]]["exits"][behind[1]] = id
    if changed["start"] not in points_of(changed):
        changed["start"] = id
    return changed, id


def without_point(drawing: Mapping[str, Any], gone: str) -> Drawing:
    """The flow without a point; who led to one with a single way on is led there instead."""
    changed = copy.deepcopy(dict(drawing))
    point = points_of(changed).get(gone)
    if point is None:
        return changed
    changed["points"] = [one for one in changed["points"] if one["id"] != gone]
    onward = _way_on(point)
    for one in changed["points"]:
        leads = {name: onward if target == gone else target for name, target in one["exits"].items()}
        one["exits"] = {name: target for name, target in leads.items() if target}
    next_point = onward if leads_to_point(onward) else ""
    if changed["start"] == gone:
        changed["start"] = next_point or next((one["id"] for one in changed["points"]), "")
    if changed["last_resort"] == gone:
        changed["last_resort"] = next_point
    return changed


def moved_behind(drawing: Mapping[str, Any], point: str, behind: tuple[str, str], onward: str = "") -> Drawing:
    """The flow with a point taken out of its way and put behind another's exit.

    ``onward`` names the exit by which it then leads where that exit led before.
    """
    entry = points_of(drawing).get(point)
    if entry is None or behind[0] == point or behind[0] not in points_of(drawing):
        return copy.deepcopy(dict(drawing))
    changed = without_point(drawing, point)
    if drawing["last_resort"] == point:
        changed["last_resort"] = point
    before = points_of(changed)[behind[0]]["exits"].get(behind[1], "")
    moved = copy.deepcopy(entry)
    if onward and before:
        moved["exits"][onward] = before
    changed["points"].append(moved)
    points_of(changed)[behind[0]]["exits"][behind[1]] = point
    return changed


def duplicated(drawing: Mapping[str, Any], point: str, label: str) -> tuple[Drawing, str]:
    """The flow with a copy of a point, which nothing leads to yet; its id as well."""
    changed = copy.deepcopy(dict(drawing))
    entry = points_of(changed).get(point)
    if entry is None:
        return changed, point
    id = fresh_id(changed, re.sub(r"-\d+$", "", point))  # noqa: A001 - the domain's own word
    changed["points"].append({**copy.deepcopy(entry), "id": id, "label": label, "position": None})
    return changed, id


def with_point(drawing: Mapping[str, Any], point: str, **change: object) -> Drawing:
    """The flow with values of a point changed; exits without a target are left out."""
    changed = copy.deepcopy(dict(drawing))
    entry = points_of(changed)[point]
    entry.update(change)
    entry["exits"] = {name: target for name, target in entry["exits"].items() if target}
    return changed


def with_whole_point(drawing: Mapping[str, Any], point: PointDrawing) -> Drawing:
    """The flow with a point as it is given; one that is not there any more comes back."""
    changed = copy.deepcopy(dict(drawing))
    points = {**points_of(changed), point["id"]: copy.deepcopy(dict(point))}
    return {**changed, "points": list(points.values())}


def tree(drawing: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Every point once, with how deep it is: as callers meet them from the start, then those nobody meets."""
    points = points_of(drawing)
    found: list[tuple[int, str]] = []
    seen: set[str] = set()
    for root in (drawing["start"], drawing["last_resort"], *points):
        found += _below(points, root, seen)
    return found


def _below(points: Mapping[str, PointDrawing], root: str, seen: set[str]) -> Iterator[tuple[int, str]]:
    waiting = [(0, root)]
    while waiting:
        depth, point = waiting.pop()
        if point in seen or point not in points:
            continue
        seen.add(point)
        yield depth, point
        waiting += [(depth + 1, target) for target in reversed(points[point]["exits"].values())]


def _way_on(point: PointDrawing) -> str:
    targets = {target for target in point["exits"].values() if target != point["id"]}
    return targets.pop() if len(targets) == 1 else ""
