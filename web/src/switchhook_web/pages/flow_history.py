"""A flow's versions: publishing now or later, what is different, and going back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from quart import Blueprint, Response, redirect, request

from switchhook import SwitchhookError
from switchhook.administration import VersionLine

from ..access import right
from ..flows.island import findings_json
from ..flows.service import crumbs, publishing, zone
from ..frame import now, render
from ..kept.shared import whole
from ..messages import leave
from ..sentences import told
from ..shown import moment
from ..texts import gettext as _
from ..texts import language

blueprint = Blueprint("flow_history", __name__)


@blueprint.get("/t/<tenant>/flows/<flow>/history")
@right("flow.view")
async def show(tenant: str, flow: str) -> str:
    """All versions, and the difference between any two or the draft."""
    work = publishing(tenant)
    line = await work.flow(flow)
    versions = await work.history(flow)
    before, after = _compared(versions, line.draft_open)
    changes = None
    if before != after:
        changes = await work.difference(flow, _number(before), _number(after))
    plans = await work.planned(flow)
    return await render(
        "flows/history.html",
        flow=line,
        versions=versions,
        before=before,
        after=after,
        changes=changes,
        planned=[one for one in plans if one.state == "waiting"],
        failed=[one for one in plans if one.state == "failed"],
        crumbs=crumbs(tenant, line),
    )


@blueprint.get("/t/<tenant>/flows/<flow>/publish")
@right("flow.publish")
async def before_publishing(tenant: str, flow: str) -> str:
    """What stands for and against it."""
    return await _proof(tenant, flow)


@blueprint.post("/t/<tenant>/flows/<flow>/publish")
@right("flow.publish")
async def publish(tenant: str, flow: str) -> Response:
    """Let callers have the draft, at once or at a moment."""
    form = await request.form
    message, at = form.get("message", "").strip()[:400], form.get("at", "").strip()
    revision = whole(form.get("revision", ""), -1)
    work = publishing(tenant)
    try:
        if at:
            plan = await work.schedule(
                flow, _moment(at), revision=revision, message=message, accept_warnings="seen" in form
            )
            leave(_("Version %(no)d goes live at %(at)s.", no=plan.no, at=moment(plan.at)))
        else:
            done = await work.publish(flow, revision, message=message, accept_warnings="seen" in form)
            leave(_("Version %(no)d is live. The next call gets it.", no=done.version.no))
    except (ValueError, SwitchhookError) as error:
        if isinstance(error, SwitchhookError) and error.code in ("not_found", "forbidden", "store_away"):
            raise
        words = told(error) if isinstance(error, SwitchhookError) else _("The date cannot be read or has passed.")
        page = await _proof(tenant, flow, problem=words, message=message, at=at)
        return Response(page, 422, content_type="text/html; charset=utf-8")
    return redirect(f"/t/{quote(tenant)}/flows/{quote(flow)}/history", 303)  # type: ignore[return-value]


@blueprint.post("/t/<tenant>/flows/<flow>/versions/<int:no>/roll-back")
@right("flow.publish")
async def roll_back(tenant: str, flow: str, no: int) -> Response:
    """Let callers have an older version again."""
    await publishing(tenant).roll_back(flow, no, accept_warnings=True)  # they were seen when it went live
    leave(_("Version %(no)d is live again. The next call gets it.", no=no))
    return redirect(f"/t/{quote(tenant)}/flows/{quote(flow)}/history", 303)  # type: ignore[return-value]


@blueprint.post("/t/<tenant>/flows/<flow>/plans/<int:plan>/cancel")
@right("flow.publish")
async def cancel(tenant: str, flow: str, plan: int) -> Response:
    """Let a planned version not go live."""
    await publishing(tenant).cancel(flow, plan)
    leave(_("It will not go live by itself."))
    return redirect(f"/t/{quote(tenant)}/flows/{quote(flow)}/history", 303)  # type: ignore[return-value]


@blueprint.post("/t/<tenant>/flows/<flow>/discard")
@right("flow.change")
async def discard(tenant: str, flow: str) -> Response:
    """Take back all changes since the last published version."""
    work = publishing(tenant)
    await work.discard_draft(flow, (await work.draft(flow)).revision)
    leave(_("The draft was discarded."))
    return redirect(f"/t/{quote(tenant)}/flows/{quote(flow)}", 303)  # type: ignore[return-value]


@blueprint.get("/t/<tenant>/flows/<flow>/export")
@right("flow.view")
async def export(tenant: str, flow: str) -> Response:
    """The draft as a YAML file."""
    text = await publishing(tenant).text(flow)
    response = Response(text, content_type="text/yaml; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{flow}.yaml"'
    return response


async def _proof(tenant: str, flow: str, *, problem: str = "", message: str = "", at: str = "") -> str:
    work = publishing(tenant)
    draft, line, proof = await work.draft(flow), await work.flow(flow), await work.proof(flow)
    return await render(
        "flows/publish.html",
        flow=line,
        proof=proof,
        findings=findings_json(proof.findings, language()),
        revision=draft.revision,
        names={point["id"]: point["label"] or point["id"] for point in draft.drawing["points"]},
        problem=problem,
        message=message,
        at=at,
        crumbs=crumbs(tenant, line),
    )


def _compared(versions: Sequence[VersionLine], draft_open: bool) -> tuple[str, str]:
    """The two sides to compare: those asked for, else what is newest and what was before it."""
    known = [str(one.no) for one in versions]
    newest = ["draft", *known] if draft_open else known
    after = request.args.get("to", "") or (newest[0] if newest else "draft")
    before = request.args.get("from", "") or (newest[1] if len(newest) > 1 else after)
    sound = {"draft", *known}
    return (before if before in sound else after), (after if after in sound else "draft")


def _number(side: str) -> int | None:
    return None if side == "draft" else int(side)


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text).replace(tzinfo=zone())
    if at <= now():
        raise ValueError(text)
    return at
