"""The words of mails: those that came with the portal, or a tenant's own, with a preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quart import Blueprint, Response, g, redirect, request

from switchhook import Problem, Wording
from switchhook.administration import SettingsRefused, WordingLine

from ..access import right
from ..frame import administration, render
from ..kept.desks import WordingDesk, plain
from ..kept.saving import Edited, Saving
from ..kept.shared import answer, whole
from ..messages import leave
from ..sentences import told
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
    """Keep the words, or only look at them; where somebody else changed them meanwhile, both sides are shown."""
    form = await request.form
    words = administration().wordings.of(tenant, g.actor)
    line = await words.one(template, wording_language)

    async def again(values: Mapping[str, object], version: int, problems: Sequence[Problem]) -> Response:
        page = await _form(tenant, line, _wording(values), version, SettingsRefused(list(problems)))
        return answer(page, 422)

    if "preview" in form:
        wording, version = _wording(form), whole(form.get(":version", ""))
        try:
            words.preview(template, wording)
        except SettingsRefused as refused:
            return await again(form, version, refused.problems)
        return answer(await _form(tenant, line, wording, version))
    base, here = f"/t/{tenant}/mail/templates", f"/t/{tenant}/mail/templates/{template}/{wording_language}"
    desk = WordingDesk(words, template, wording_language)
    trail = [(_("Mails"), f"/t/{tenant}/mail"), (_("Words of the mails"), base), (say(line.template.label), here)]
    first = plain(line.template.wording(wording_language))
    return await Saving(tenant, here, desk, again, trail, after=base, first=first, done=_are_used).take()


def _are_used(words: Edited) -> None:
    leave(_("These words are used from now on."))


def _wording(given: Mapping[str, object]) -> Wording:
    subject, body = str(given.get("subject", "")), str(given.get("body", ""))
    return Wording(subject[:500], body.replace("\r\n", "\n")[:_LONGEST])


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
        found["subject" if one.path.endswith("subject") else "body"].append(told(one.message))
    return found
