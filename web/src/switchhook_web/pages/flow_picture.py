"""A flow as a picture: the page, and what the editor in it asks for."""

from __future__ import annotations

from typing import Any

import attrs
from quart import Blueprint, Response, g, jsonify, request

from switchhook.administration import StaleDraft, merge
from switchhook.administration import drawing_of as plain_drawing

from ..access import right
from ..flows.island import (
    clash_name,
    document_of,
    draft_json,
    drawing_of,
    exits_in_words,
    modules_json,
    questions,
    shape_of,
    texts_json,
)
from ..flows.service import all_flows, crumbs, module, modules, publishing
from ..flows.settings import form_html, problems_of, settings_posted
from ..frame import render
from ..kept.shared import whole
from ..sentences import told
from ..texts import NAMES, language

blueprint = Blueprint("flow_picture", __name__)


@blueprint.get("/t/<tenant>/flows/<flow>")
@right("flow.view")
async def show(tenant: str, flow: str) -> str:
    """The picture of the draft."""
    line = await publishing(tenant).flow(flow)
    return await render(
        "flows/picture.html",
        flow=line,
        no=None,
        source=f"/t/{tenant}/flows/{flow}/editor.json",
        crumbs=crumbs(tenant, line),
    )


@blueprint.get("/t/<tenant>/flows/<flow>/versions/<int:no>")
@right("flow.view")
async def version(tenant: str, flow: str, no: int) -> str:
    """The picture of a version as it was."""
    work = publishing(tenant)
    line = await work.flow(flow)
    await work.text(flow, no)
    source = f"/t/{tenant}/flows/{flow}/editor.json?no={no}"
    return await render("flows/picture.html", flow=line, no=no, source=source, crumbs=crumbs(tenant, line))


@blueprint.get("/t/<tenant>/flows/<flow>/editor.json")
@right("flow.view")
async def boot(tenant: str, flow: str) -> Response:
    """Everything the editor begins with; ``no`` asks for a version instead of the draft, ``view`` for it to be read only."""
    work, no = publishing(tenant), request.args.get("no", "")
    draft = await work.draft(flow)
    if no:
        text = await work.text(flow, whole(no))
        draft = attrs.evolve(draft, drawing=plain_drawing(text), findings=await work.findings(text))
    line = await work.flow(flow)
    base = f"/t/{tenant}/flows/{flow}"
    return jsonify(
        {
            "draft": draft_json(draft, modules(), language()),
            "modules": modules_json(modules(), language()),
            "flows": [{"value": one.id, "label": one.label or one.id} for one in await all_flows(tenant)],
            "languages": [{"value": code, "label": name} for code, name in NAMES.items()],
            "exits": exits_in_words(draft.drawing, modules(), language()),
            "texts": texts_json(language()),
            "readOnly": bool(no) or "view" in request.args or not line.may_change,
            "urls": {"draft": f"{base}/draft", "form": f"{base}/form"},
            "csrf": g.seat.csrf,
            "key": f"switchhook.draft.{tenant}.{flow}.{g.actor.account or g.actor.name}",
        }
    )


@blueprint.get("/t/<tenant>/flows/<flow>/draft")
@right("flow.view")
async def newer(tenant: str, flow: str) -> Response:
    """The draft if it is newer than the revision ``after``."""
    after = request.args.get("after", "")
    draft = await publishing(tenant).draft(flow)
    if after.isdecimal() and draft.revision <= whole(after):
        return Response("", 204)
    return jsonify(draft_json(draft, modules(), language()))


@blueprint.put("/t/<tenant>/flows/<flow>/draft")
@right("flow.change")
async def save(tenant: str, flow: str) -> tuple[Response, int]:
    """Save the draft; 409 with both sides when somebody else saved first."""
    body = await request.get_json()
    body = body if isinstance(body, dict) else {}
    revision, based_on = (body.get(name) for name in ("revision", "based_on"))
    mine = drawing_of(body.get("document"))
    try:
        saved = await publishing(tenant).save_draft(
            flow,
            revision if type(revision) is int else -1,
            mine,
            based_on=based_on if type(based_on) is int else None,
        )
    except StaleDraft as stale:
        return jsonify(await _met(tenant, flow, stale, mine, drawing_of(body.get("base")))), 409
    return jsonify(draft_json(saved, modules(), language())), 200


@blueprint.post("/t/<tenant>/flows/<flow>/form")
@right("flow.view")
async def form(tenant: str, flow: str) -> Response:
    """The fields of a module's settings: for settings, or for what a form holds, with what is wrong in it."""
    if request.is_json:
        body = await request.get_json()
        body = body if isinstance(body, dict) else {}
        kind, given = str(body.get("module", "")), body.get("settings")
        settings: dict[str, object] = given if isinstance(given, dict) else {}
    else:
        posted = await request.form
        kind = posted.get("module", "")
        settings = settings_posted(module(kind), posted.items(multi=True))
    problems = problems_of(kind, settings)
    return jsonify(
        {
            "settings": settings,
            "problems": [{"path": one.path, "message": told(one.message)} for one in problems],
            "exits": shape_of(modules(), kind, settings),
            "html": await form_html(tenant, module(kind), settings, problems, scope="panel"),
        }
    )


async def _met(tenant: str, flow: str, stale: StaleDraft, mine: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """Both sides; the browser's own beginning helps where the portal keeps it no longer."""
    theirs = await publishing(tenant).draft(flow)
    known = stale.merged is not None and theirs.revision == stale.revision
    merged = stale.merged if stale.merged is not None and known else merge(base, mine, theirs.drawing)
    return {
        "draft": draft_json(theirs, modules(), language()),
        "merged": document_of(merged.drawing),
        "clashes": [
            {
                "path": one.path,
                "name": clash_name(one.path, merged.drawing, language()),
                "mine": one.mine,
                "theirs": one.theirs,
            }
            for one in questions(merged)
        ],
    }
