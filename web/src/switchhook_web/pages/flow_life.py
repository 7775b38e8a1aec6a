"""A flow's name, its end and its return."""

from __future__ import annotations

from urllib.parse import quote

from quart import Blueprint, Response, request

from switchhook.administration import FlowInUse, FlowUse

from ..access import right
from ..flows.list_view import save
from ..flows.service import crumbs, publishing
from ..frame import administration, render
from ..kept.shared import answer, going
from ..messages import leave
from ..texts import gettext as _
from ..texts import say

blueprint = Blueprint("flow_life", __name__)
ONE = "/t/<tenant>/flows/<flow>"


@blueprint.get(f"{ONE}/rename")
@right("flow.change")
async def ask_name(tenant: str, flow: str) -> Response:
    """The name, to be changed."""
    return await _naming(tenant, flow)


@blueprint.post(f"{ONE}/rename")
@right("flow.change")
async def rename(tenant: str, flow: str) -> Response:
    """Another name, in the draft; who renamed it meanwhile is asked about."""
    form = await request.form
    label, was = form.get("label", "").strip()[:200], form.get("was")
    if not label:
        return await _naming(tenant, flow, problem=_("Give the flow a name."))
    return await save(
        tenant,
        flow,
        lambda drawing: {**drawing, "label": label},
        lambda: "",
        before=lambda now: {**now, "label": now["label"] if was is None else was},
    )


@blueprint.get(f"{ONE}/delete")
@right("flow.change")
async def ask(tenant: str, flow: str) -> Response:
    """What leads to a flow, and whether it may go."""
    return await _ask(tenant, flow)


@blueprint.post(f"{ONE}/delete")
@right("flow.change")
async def delete(tenant: str, flow: str) -> Response:
    """Into the trash; where something leads to it, each is named."""
    try:
        gone = await publishing(tenant).delete(flow)
    except FlowInUse:
        return await _ask(tenant, flow, 409)
    leave(_("%(title)s lies in the trash.", title=gone.label), undo=f"/t/{quote(tenant)}/flows/{quote(flow)}/restore")
    return going(f"/t/{quote(tenant)}/flows")


@blueprint.post(f"{ONE}/restore")
@right("flow.change")
async def restore(tenant: str, flow: str) -> Response:
    """Back from the trash; not live where something it uses is gone meanwhile."""
    work = publishing(tenant)
    was_live = any(one.state == "published" for one in await work.history(flow))
    back = await work.restore(flow)
    if was_live and back.live is None:
        leave(_("%(title)s is back, but not live: something it uses is gone.", title=back.label), kind="warning")
    else:
        leave(_("%(title)s is back.", title=back.label))
    return going(f"/t/{quote(tenant)}/flows/{quote(flow)}")


async def _naming(tenant: str, flow: str, *, problem: str = "") -> Response:
    work = publishing(tenant)
    draft, line = await work.draft(flow), await work.flow(flow)
    trail = [*crumbs(tenant, line)[:-1], (line.label, f"/t/{tenant}/flows/{flow}"), (_("Rename"), "")]
    label = draft.drawing["label"]
    page = await render("flows/rename.html", flow=line, label=label, problem=problem, crumbs=trail)
    return answer(page, 422 if problem else 200)


async def _ask(tenant: str, flow: str, status: int = 200) -> Response:
    work = publishing(tenant)
    line, uses = await work.flow(flow), await work.uses(flow)
    trail = [*crumbs(tenant, line)[:-1], (line.label, f"/t/{tenant}/flows/{flow}"), (_("Delete"), "")]
    places = [(_kind(one), _path(tenant, one), one.title) for one in uses]
    return answer(await render("flows/delete.html", flow=line, places=places, crumbs=trail), status)


def _kind(use: FlowUse) -> str:
    own = {"number": _("Number"), "flow": _("Call flow"), "tenant": _("Last resort of the tenant")}
    declared = administration().keeping.kinds.get(use.kind)
    return own.get(use.kind) or (say(declared.label) if declared is not None else use.kind)


def _path(tenant: str, use: FlowUse) -> str:
    """Where it can be led elsewhere; empty where no page of the tenant does that."""
    if not use.id or use.kind == "tenant":
        return ""
    area = {"number": "numbers", "flow": "flows"}.get(use.kind, f"r/{use.kind}")
    return f"/t/{tenant}/{area}/{use.id}"
