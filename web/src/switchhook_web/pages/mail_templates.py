"""The words of mails: those that came with the portal, or a tenant's own, with a preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quart import Blueprint, Response, g, redirect, request

from switchhook import Wording
from switchhook.administration import SettingsRefused, WordingLine

from ..access import right
from ..frame import administration, render
from ..kept.shared import whole
from ..messages import leave
from ..texts import NAMES, say
from ..texts import gettext as _

blueprint = Blueprint("mail_templates", __name__)
_LONGEST = 20_000


@blueprint.get("/t/<tenant>/mail/templates")
@right("mail-template.view")
async def show(tenant: str) -> str:
    """Every mail in both languages."""
    lines = await administration().wordings.of(tenant, g.actor).all()
    crumbs = [(_("Mails"), f"/t/{tenant}/mail"), (_("Words of the mails"), "")]
    return await render("pages/mail_templates.html", lines=lines, names=NAMES, crumbs=crumbs)


@blueprint.get("/t/<tenant>/mail/templates/<template>/<wording_language>")
@right("mail-template.view")
async def one(tenant: str, template: str, wording_language: str) -> str:
    """One mail in one language."""
    line = await administration().wordings.of(tenant, g.actor).one(template, wording_language)
    return await _form(tenant, line, line.wording, line.version)


@blueprint.post("/t/<tenant>/mail/templates/<template>/<wording_language>")
@right("mail-template.change")
async def save(tenant: str, template: str, wording_language: str) -> Response:
    """Keep the words, or only look at them."""
    form = await request.form
    words = administration().wordings.of(tenant, g.actor)
    line = await words.one(template, wording_language)
    wording = Wording(form.get("subject", "")[:500], form.get("body", "").replace("\r\n", "\n")[:_LONGEST])
    version = whole(form.get("version", ""))
    try:
        words.preview(template, wording)
        if "preview" in form:
            return Response(await _form(tenant, line, wording, version), content_type="text/html; charset=utf-8")
        await words.save(template, wording_language, wording, version)
    except SettingsRefused as refused:
        page = await _form(tenant, line, wording, version, refused)
        return Response(page, 422, content_type="text/html; charset=utf-8")
    leave(_("These words are used from now on."))
    return redirect(f"/t/{tenant}/mail/templates", 303)  # type: ignore[return-value]


@blueprint.post("/t/<tenant>/mail/templates/<template>/<wording_language>/reset")
@right("mail-template.delete")
async def reset(tenant: str, template: str, wording_language: str) -> Response:
    """Let the words count again that came with the portal."""
    form = await request.form
    version = whole(form.get("version", ""))
    await administration().wordings.of(tenant, g.actor).reset(template, wording_language, version)
    leave(_("The words that came with the portal are used again; yours lie in the trash."))
    return redirect(f"/t/{tenant}/mail/templates", 303)  # type: ignore[return-value]


async def _form(
    tenant: str, line: WordingLine, wording: Wording, version: int, refused: SettingsRefused | None = None
) -> str:
    letter = None
    if refused is None:
        letter = administration().wordings.of(tenant, g.actor).preview(line.template.name, wording)
    return await render(
        "pages/mail_template.html",
        line=line,
        wording=wording,
        version=version,
        problems=_problems(refused),
        letter=letter,
        language_name=NAMES[line.language],
        may_change=g.actor.reach("mail-template.change").everything,
        may_reset=line.own is not None and g.actor.reach("mail-template.delete").everything,
        crumbs=[
            (_("Mails"), f"/t/{tenant}/mail"),
            (_("Words of the mails"), f"/t/{tenant}/mail/templates"),
            (say(line.template.label), ""),
        ],
    )


def _problems(refused: SettingsRefused | None) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {"subject": [], "body": []}
    for one in refused.problems if refused is not None else ():
        found["subject" if one.path.endswith("subject") else "body"].append(one.message)
    return found
