"""A flow as an indented list, for everything the picture can do, with plain forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from quart import Blueprint, Response, request

from switchhook.administration import HANG_UP, Draft

from ..access import right
from ..flows.edits import Drawing, leads_to_point, points_of, tree, with_new_point
from ..flows.island import exit_words, findings_json
from ..flows.list_view import around, exits_of, is_of, mapping_of, names_of, save, way_of
from ..flows.service import module, modules, publishing
from ..flows.words import ICONS
from ..frame import render
from ..texts import gettext as _
from ..texts import language, say

OWN: Final = ("label", "description", "language", "start", "last_resort")
"""What a flow says of itself beside its points."""
blueprint = Blueprint("flow_list", __name__)


@blueprint.get("/t/<tenant>/flows/<flow>/list")
@right("flow.view")
async def show(tenant: str, flow: str) -> str:
    """Every point once, below the one that leads to it."""
    work = publishing(tenant)
    draft, line = await work.draft(flow), await work.flow(flow)
    names, points = names_of(draft.drawing), points_of(draft.drawing)
    rows = [_row(draft, points[point], depth, names) for depth, point in tree(draft.drawing)]
    return await render(
        "flows/list.html",
        flow=line,
        drawing=draft.drawing,
        was=json.dumps({name: draft.drawing[name] for name in OWN}),
        rows=rows,
        names=names,
        modules=modules().listing(),
        findings=findings_json(draft.findings, language()),
        **await around(tenant, draft, line),
    )


def _row(draft: Draft, point: Mapping[str, Any], depth: int, names: Mapping[str, str]) -> dict[str, Any]:
    own = [one for one in draft.findings if is_of(one.path, point["id"])]
    declared = modules().get(point["module"])
    return {
        "depth": depth,
        "id": point["id"],
        "label": names[point["id"]],
        "icon": ICONS.get(point["module"], "puzzle"),
        "module": say(declared.label) if declared else point["module"],
        "start": draft.drawing["start"] == point["id"],
        "resort": draft.drawing["last_resort"] == point["id"],
        "errors": sum(one.severity == "error" for one in own),
        "warnings": sum(one.severity == "warning" for one in own),
        "exits": [_exit_line(name, target, point["module"], names) for name, target in exits_of(point)],
    }


@blueprint.post("/t/<tenant>/flows/<flow>/list/add")
@right("flow.change")
async def add(tenant: str, flow: str) -> Response:
    """A new point, at the end of an exit if one is chosen."""
    form = await request.form
    kind = form.get("module", "")
    label = say(module(kind).label)
    made = ""

    def change(drawing: Drawing) -> Drawing:
        nonlocal made
        changed, made = with_new_point(drawing, kind, label, way_of(form.get("behind", "")))
        return changed

    return await save(tenant, flow, change, lambda: f"list/{made}")


@blueprint.post("/t/<tenant>/flows/<flow>/list/flow")
@right("flow.change")
async def set_flow(tenant: str, flow: str) -> Response:
    """The flow's own name, language, start and last resort."""
    form = await request.form
    given = {name: form[name].replace("\r\n", "\n") for name in OWN if name in form}
    was = {name: value for name, value in mapping_of(form.get("was", "")).items() if name in OWN}
    return await save(tenant, flow, lambda drawing: {**drawing, **given}, before=lambda now: {**now, **was})


@blueprint.post("/t/<tenant>/flows/<flow>/list/decide")
@right("flow.change")
async def decide(tenant: str, flow: str) -> Response:
    """Save both sides together, with what was decided where they collide."""
    form = await request.form
    theirs, merged = (mapping_of(form.get(name, "")) for name in ("theirs", "merged"))
    for place, (path, mine) in enumerate(mapping_of(form.get("clashes", ""), list)):
        if form.get(f"side:{place}") == "mine":
            _put(merged, path.split("."), mine)
    return await save(tenant, flow, lambda _: merged, before=lambda _: theirs)


def _exit_line(name: str, target: str, kind: str, names: Mapping[str, str]) -> dict[str, Any]:
    there = target in names
    if not target:
        leads = _("open")
    elif target == HANG_UP:
        leads = _("Hang up")
    elif leads_to_point(target):
        leads = names.get(target) or _("Missing: %(target)s", target=target)
    else:
        leads = _("Flow %(flow)s", flow=target.removeprefix("flow:"))
    wrong = not target or (leads_to_point(target) and not there)
    return {
        "words": exit_words(name, kind, modules(), language()),
        "target": target,
        "leads": leads,
        "point": there,
        "wrong": wrong,
    }


def _put(drawing: Drawing, steps: list[str], value: Any) -> None:
    if steps[0] != "points":
        drawing[steps[0]] = value
        return
    points = points_of(drawing)
    if len(steps) == 2:
        others = [one for one in drawing["points"] if one["id"] != steps[1]]
        drawing["points"] = others if value is None else [*others, {"id": steps[1], **value}]
    elif steps[1] in points:
        here = points[steps[1]]
        for step in steps[2:-1]:
            here = here[step]
        if value is None:
            here.pop(steps[-1], None)
        else:
            here[steps[-1]] = value
