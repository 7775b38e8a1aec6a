"""One point of a flow with its settings and exits, as a plain form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from quart import Blueprint, Response, request

from switchhook import NotFound
from switchhook.administration import Draft, exits_with

from ..access import right
from ..flows.edits import Drawing, duplicated, moved_behind, points_of, with_point, with_whole_point, without_point
from ..flows.island import exit_words, findings_json
from ..flows.list_view import around, exits_of, is_of, mapping_of, names_of, save, way_of
from ..flows.service import module, modules, publishing
from ..flows.settings import form_html, problems_of, settings_posted
from ..frame import render
from ..messages import leave
from ..texts import gettext as _
from ..texts import language

blueprint = Blueprint("flow_point", __name__)


@blueprint.get("/t/<tenant>/flows/<flow>/list/<point>")
@right("flow.view")
async def point(tenant: str, flow: str, point: str) -> str:
    """One point with its settings and exits."""
    draft = await publishing(tenant).draft(flow)
    entry = _point_of(draft, point)
    return await _point_page(tenant, flow, draft, entry, entry)


@blueprint.post("/t/<tenant>/flows/<flow>/list/<point>")
@right("flow.change")
async def set_point(tenant: str, flow: str, point: str) -> Response | str:
    """Keep what the form says, finished or not, as the picture does; buttons of rows only change the form."""
    form = await request.form
    draft = await publishing(tenant).draft(flow)
    was = mapping_of(form.get("was", ""))
    kind, pairs = str(was.get("module", "")), list(form.items(multi=True))
    values = {
        "settings": settings_posted(module(kind), pairs),
        "label": form.get("point:label", "").strip(),
        "cost_centre": form.get("point:cost_centre", "").strip(),
        "exits": {**was.get("exits", {}), **_exits_posted(pairs)},
    }
    if any(button in form for button in (":add", ":remove", ":up")):
        return await _point_page(tenant, flow, draft, {**was, **values}, was)
    exits = exits_with(modules(), kind, values["settings"])
    known = {*exits.needed, *exits.optional}
    values["exits"] = {name: to for name, to in values["exits"].items() if to and (name in known or not known)}
    unfinished = problems_of(kind, values["settings"])
    if unfinished:
        leave(_("Saved, but this point is not finished: see what is named at its fields."), kind="warning")
    more = set(exits.needed) - set(values["exits"])
    goes_on = f"list/{point}" if unfinished or more else f"list#point-{point}"
    return await save(
        tenant,
        flow,
        lambda drawing: with_point(drawing, point, **values) if point in points_of(drawing) else drawing,
        lambda: goes_on,
        lambda now: with_whole_point(now, was),
    )


@blueprint.post("/t/<tenant>/flows/<flow>/list/<point>/move")
@right("flow.change")
async def move(tenant: str, flow: str, point: str) -> Response:
    """Take a point out of its way and put it behind another exit."""
    behind = way_of((await request.form).get("behind", ""))

    def change(drawing: Drawing) -> Drawing:
        entry = points_of(drawing).get(point)
        if entry is None or behind is None:
            return drawing
        needed = exits_with(modules(), entry["module"], entry["settings"]).needed
        onward = next((name for name in needed if name not in ("timeout", "invalid")), "")
        return moved_behind(drawing, point, behind, onward)

    return await save(tenant, flow, change)


@blueprint.post("/t/<tenant>/flows/<flow>/list/<point>/duplicate")
@right("flow.change")
async def duplicate(tenant: str, flow: str, point: str) -> Response:
    """A copy nothing leads to yet."""
    made = ""

    def change(drawing: Drawing) -> Drawing:
        nonlocal made
        label = names_of(drawing).get(point, point)
        changed, made = duplicated(drawing, point, _("%(label)s (copy)", label=label))
        return changed

    return await save(tenant, flow, change, lambda: f"list/{made}")


@blueprint.post("/t/<tenant>/flows/<flow>/list/<point>/delete")
@right("flow.change")
async def delete(tenant: str, flow: str, point: str) -> Response:
    """Without the point; who led to it is led on where it led if there is one way only."""
    return await save(tenant, flow, lambda drawing: without_point(drawing, point))


async def _point_page(tenant: str, flow: str, draft: Draft, entry: Mapping[str, Any], was: Mapping[str, Any]) -> str:
    line, names = await publishing(tenant).flow(flow), names_of(draft.drawing)
    kind = entry["module"]
    problems = problems_of(kind, entry["settings"])
    needed = exits_with(modules(), kind, entry["settings"]).needed
    fields = await form_html(tenant, module(kind), entry["settings"], problems, "s")
    return await render(
        "flows/point.html",
        flow=line,
        point=entry,
        was=json.dumps(dict(was)),
        label=entry["label"] or entry["id"],
        module=module(kind),
        fields=Markup(fields),  # noqa: S704 - a template of ours made it
        exits=[
            {
                "name": name,
                "words": exit_words(name, kind, modules(), language()),
                "target": to,
                "needed": name in needed,
            }
            for name, to in exits_of(entry, every=True)
        ],
        names=names,
        findings=findings_json([one for one in draft.findings if is_of(one.path, entry["id"])], language()),
        **await around(tenant, draft, line, without=entry["id"]),
    )


def _point_of(draft: Draft, point: str) -> dict[str, Any]:
    found = points_of(draft.drawing).get(point)
    if found is None:
        raise NotFound(f"there is no point {point!r} in flow {draft.flow!r}", point=point)
    return found


def _exits_posted(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    return {name.removeprefix("exit:"): value for name, value in pairs if name.startswith("exit:")}
