"""Call flows: their list, and a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from markupsafe import Markup
from quart import Blueprint, Response, redirect, request

from switchhook import Label, MenuEntry, SwitchhookError
from switchhook.administration import FLOW_ORDERS, Draft, Problem, drawing_of

from ..access import right
from ..bodies import takes
from ..flows.offers import suggested
from ..flows.service import all_flows, publishing
from ..flows.settings import form_html, settings_posted
from ..frame import render
from ..listing import listed
from ..messages import leave
from ..sentences import told
from ..texts import gettext as _
from ..texts import say

blueprint = Blueprint("flows", __name__)
MENU: Final = (MenuEntry(Label("Abläufe", "Call flows"), "/flows", "flow.view", "sitemap", 30),)
LARGEST: Final = 1 << 20
"""Bytes of a file with a flow."""
PAGE: Final = 50
_OTHERS: Final = ("empty", "copy", "yaml")
"""How a flow may begin beside the templates."""


@blueprint.get("/t/<tenant>/flows")
@right("flow.view")
async def index(tenant: str) -> str:
    """The list, by name unless it says otherwise."""
    asked = listed(filters=("state",), sort="label")
    order = asked.sort.removeprefix("-")
    page = await publishing(tenant).flows(
        search=asked.search,
        state=_state(asked.filters["state"]),
        order=order if order in FLOW_ORDERS else "label",
        descending=asked.sort.startswith("-"),
        after=asked.after,
        limit=PAGE,
    )
    return await render("flows/index.html", part="list", rows=page.flows, listing=asked.going_on(page.after))


@blueprint.get("/t/<tenant>/flows/new")
@right("flow.change")
async def new(tenant: str) -> str:
    """How a flow may begin; once that is chosen, what has to be said of it."""
    begin = request.args.get("begin", "")
    template = (await publishing(tenant).templates()).get(begin)
    if template is None:
        return await _form(tenant, begin, {}, {}, ())
    return await _form(tenant, begin, {"flow:label": say(template.label)}, await suggested(tenant, template), ())


@blueprint.post("/t/<tenant>/flows/new")
@right("flow.change")
@takes(LARGEST)
async def create(tenant: str) -> Response:
    """A flow of a template, of another flow, or of a file."""
    form = await request.form
    begin = form.get("begin", "")
    settings = await _settings(tenant, begin, list(form.items(multi=True)))
    if any(button in form for button in (":add", ":remove", ":up")):
        return Response(await _form(tenant, begin, dict(form), settings, ()), content_type="text/html; charset=utf-8")
    try:
        made = await _made(tenant, begin, form, settings)
    except SwitchhookError as error:
        if error.code in ("forbidden", "store_away"):
            raise
        problems = [_plain(one) for one in getattr(error, "problems", ())] or [Problem("", told(error))]
        page = await _form(tenant, begin, dict(form), settings, problems)
        return Response(page, 422, content_type="text/html; charset=utf-8")
    leave(_("The flow was created. No caller reaches it before it is published."))
    return redirect(f"/t/{quote(tenant)}/flows/{quote(made.flow)}", 303)  # type: ignore[return-value]


async def _made(tenant: str, begin: str, form: Mapping[str, str], settings: Mapping[str, object]) -> Draft:
    work = publishing(tenant)
    label, language = form.get("flow:label", "").strip()[:200], form.get("flow:language", "de")
    if begin == "yaml":
        file = (await request.files).get("file")
        text = file.read(LARGEST).decode("utf-8", "replace") if file else ""
        drawing = drawing_of(text, file.filename or "flow.yaml" if file else "flow.yaml")
        made = await work.create(label or drawing["label"] or drawing["id"], id=drawing["id"], drawing=drawing)
        return await work.save_draft(made.flow, made.revision, text) if not label else made
    if begin == "copy":
        return await work.copy(form.get("copy_of", ""), label)
    if begin == "empty":
        return await work.create(label, language=language)
    return await work.create_from_template(begin, settings, label=label, language=language)


async def _settings(tenant: str, begin: str, pairs: Sequence[tuple[str, str]]) -> dict[str, object]:
    template = (await publishing(tenant).templates()).get(begin)
    return settings_posted(template, pairs) if template is not None else {}


async def _form(
    tenant: str,
    begin: str,
    values: Mapping[str, str],
    settings: Mapping[str, object],
    problems: Sequence[Problem],
) -> str:
    templates = await publishing(tenant).templates()
    template = templates.get(begin)
    own = [one for one in problems if template is not None and one.path.startswith(f"{begin}.")]
    fields = await form_html(tenant, template, settings, own, "t", root=begin) if template is not None else ""
    return await render(
        "flows/new.html",
        begin=begin if template is not None or begin in _OTHERS else "",
        templates=list(templates.values()),
        chosen=template,
        fields=Markup(fields),  # noqa: S704 - a template of ours made it
        flows=await all_flows(tenant) if begin == "copy" else [],
        problems=[one for one in problems if one not in own],
        values=values,
        crumbs=[(_("Call flows"), f"/t/{tenant}/flows"), (_("New flow"), "")],
    )


def _plain(problem: Any) -> Problem:
    """A problem of a file has a line as well."""
    return problem if isinstance(problem, Problem) else Problem("", str(problem))


def _state(text: str) -> Any:
    return text if text in ("draft", "published", "scheduled", "changed") else ""
