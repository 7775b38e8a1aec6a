"""Two people changed the same flow: what both did is put together, and where they differ both are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from .drawing import Drawing, drawing_of_plain, plain_of

Path = tuple[str, ...]
_GONE: Final = object()


@attrs.frozen
class Collision:
    """A value that both changed, each to something else; None is for what one has removed, or never was.

    ``path`` is such as ``points.menu.exits.key:1``, or ``points.menu`` where one removed what the other changed.
    """

    path: str
    base: object
    mine: object
    theirs: object


@attrs.frozen
class Merged:
    """Both changes in one drawing. Where they collide it holds theirs, until somebody decides."""

    drawing: Drawing
    collisions: tuple[Collision, ...] = ()


def merge(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Put two changes of ``base`` together, point by point and field by field.

    A change that only one made is taken, the same change by both is no
    collision. A point that one removed and the other changed is a collision
    and stays. Raises ``FlowRefused`` for what is no drawing.
    """
    plains = [plain_of(one) for one in (base, mine, theirs)]
    kinds = _kept_together(plains)
    sides = [_fields(plain, kinds) for plain in plains]
    collisions: list[Collision] = []
    points: dict[str, dict[Path, Any]] = {}
    for point in dict.fromkeys(name for side in (sides[2], sides[1]) for name in side):
        was, my, their = (side.get(point, {}) for side in sides)
        if was and not my and not their:
            continue
        if was and not (my and their) and was in (my, their):
            continue  # one removed it, the other left it alone
        if was and not (my and their):
            collisions.append(Collision(f"points.{point}", *(_whole(one) for one in (was, my, their))))
            points[point] = my or their
            continue
        points[point] = _merged(point, was, my, their, collisions)
    return Merged(drawing_of_plain(_plain(points)), tuple(collisions))


def _merged(
    point: str, was: dict[Path, Any], my: dict[Path, Any], their: dict[Path, Any], collisions: list[Collision]
) -> dict[Path, Any]:
    found: dict[Path, Any] = {}
    for path in dict.fromkeys([*their, *my]):
        base, mine, theirs = (side.get(path, _GONE) for side in (was, my, their))
        value = mine if theirs == base else theirs
        if mine not in (base, theirs) and theirs != base:
            where = ".".join((*(("points", point) if point else ()), *path))
            collisions.append(Collision(where, *(None if one is _GONE else one for one in (base, mine, theirs))))
        if value is not _GONE:
            found[path] = value
    return found


def _kept_together(plains: Iterable[Mapping[str, Any]]) -> set[str]:
    """Points whose kind differs: settings of one kind mean nothing to another, so they go with it as one value."""
    kinds: dict[str, set[str]] = {}
    for plain in plains:
        for name, point in plain["points"].items():
            kinds.setdefault(name, set()).add(point["module"])
    return {name for name, found in kinds.items() if len(found) > 1}


def _fields(plain: Mapping[str, Any], together: set[str]) -> dict[str, dict[Path, Any]]:
    """Every value by point and path; what is no point's is under an empty name."""
    found: dict[str, dict[Path, Any]] = {"": {(name,): value for name, value in plain.items() if name != "points"}}
    for id, point in plain["points"].items():  # noqa: A001 - the domain's own word
        fields: dict[Path, Any] = {(name,): point[name] for name in ("label", "cost_centre", "position")}
        fields |= {("exits", name): target for name, target in point["exits"].items()}
        if id in together:
            fields[("module",)] = {"module": point["module"], "settings": point["settings"]}
        else:
            fields[("module",)] = point["module"]
            fields |= {("settings", name): value for name, value in point["settings"].items()}
        found[id] = fields
    return found


def _whole(fields: dict[Path, Any]) -> dict[str, Any] | None:
    """A point as one value again."""
    if not fields:
        return None
    point: dict[str, Any] = {"module": "", "label": "", "cost_centre": "", "position": [], "settings": {}, "exits": {}}
    for path, value in fields.items():
        if path == ("module",) and isinstance(value, dict):
            point |= value
        elif len(path) == 1:
            point[path[0]] = value
        else:
            point[path[0]][path[1]] = value
    return point


def _plain(points: dict[str, dict[Path, Any]]) -> dict[str, Any]:
    plain: dict[str, Any] = {path[0]: value for path, value in points[""].items()}
    return plain | {"points": {name: _whole(fields) for name, fields in points.items() if name}}
