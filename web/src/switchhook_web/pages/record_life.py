"""The end of a record and its return: where it is used, the trash, and all that was ever changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from quart import Blueprint, Response, g, request

from switchhook import Label, MenuEntry
from switchhook.administration import (
    FLOW,
    InUse,
    Record,
    SettingsRefused,
    StaleVersion,
    replace_everywhere,
    settings_of,
    shown,
)

from ..access import signed_in
from ..flows.service import publishing
from ..frame import administration, render
from ..kept.columns import words
from ..kept.offers import offer
from ..kept.shared import Titles, about, answer, crumbs, going, may_do, records_of, titles_of, whole
from ..listing import listed
from ..messages import leave
from ..sentences import told
from ..texts import gettext as _
from ..texts import ngettext, say

blueprint = Blueprint("record_life", __name__)
ONE = "/t/<tenant>/r/<kind>/<id>"
MENU: Final = (
    MenuEntry(Label("Papierkorb", "Trash"), "/trash", "*.view flow.view", "trash", 900, area="administration"),
)


@blueprint.get(f"{ONE}/delete")
@signed_in
async def ask(tenant: str, kind: str, id: str) -> Response:  # noqa: A002 - the domain's own word
    """Where a record is used, with what could take its place."""
    g.actor.need(f"{kind}.delete")
    return await _ask(tenant, await records_of(tenant).get(kind, id))


@blueprint.post(f"{ONE}/delete")
@signed_in
async def delete(tenant: str, kind: str, id: str) -> Response:  # noqa: A002
    """Put a record into the trash; with ``replacement`` everything that uses it uses that from now on."""
    kept, given = records_of(tenant), await request.form
    try:
        if replacement := given.get("replacement", ""):
            uses = await replace_everywhere(kept, kind, id, replacement)
            leave(ngettext("Replaced in %(num)d place.", "Replaced in %(num)d places.", len(uses)))
        if "keep" in given:
            return going(f"/t/{tenant}/r/{kind}/{id}")
        gone = await kept.delete(kind, id, whole(given.get("version", "")))
    except (InUse, StaleVersion, SettingsRefused) as refused:
        known = {
            "in_use": _("It is in use: replace it first."),
            "stale": _("It was changed meanwhile: look at it again."),
        }
        leave(known.get(refused.code, told(refused)), kind="error")
        return await _ask(tenant, await kept.get(kind, id), 409)
    leave(_("%(title)s lies in the trash.", title=gone.title), undo=f"/t/{tenant}/r/{kind}/{id}/restore")
    return going(f"/t/{tenant}/r/{kind}")


@blueprint.post(f"{ONE}/restore")
@signed_in
async def restore(tenant: str, kind: str, id: str) -> Response:  # noqa: A002
    """Bring a record back from the trash."""
    try:
        back = await records_of(tenant).restore(kind, id)
    except SettingsRefused as refused:
        gone = "; ".join(told(one.message) for one in refused.problems)
        leave(_("It cannot come back as it was: %(why)s", why=gone), kind="error")
        return going(f"/t/{tenant}/trash")
    leave(_("%(title)s is back.", title=back.title))
    return going(f"/t/{tenant}/r/{kind}/{id}")


@blueprint.get(f"{ONE}/history")
@signed_in
async def history(tenant: str, kind: str, id: str) -> str:  # noqa: A002
    """Every change of a record, before and after."""
    kept = records_of(tenant)
    record = await kept.get(kind, id)
    titles = await titles_of(tenant, type(record.value), [shown(record.value)])
    entries = [
        (one, differences(type(record.value), one.before, one.after, titles)) for one in await kept.history(kind, id)
    ]
    trail = crumbs(tenant, record, _("History"))
    known = about(tenant, type(record.value))
    return await render("pages/record_history.html", **known, title=record.title, entries=entries, crumbs=trail)


@blueprint.get("/t/<tenant>/trash")
@signed_in
async def trash(tenant: str) -> str:
    """What was deleted, of all kinds, last deleted first."""
    asked = listed()
    page = await records_of(tenant).trash(asked.after)
    may = {one.kind: may_do(type(one.value), "delete") for one in page.records}
    title = _("Trash")
    rows = [(one, say(type(one.value).label)) for one in page.records]
    flows = await publishing(tenant).trash() if g.actor.may("flow.view") and not asked.after else []
    return await render(
        "pages/trash.html",
        rows=rows,
        flows=flows,
        may=may,
        listing=asked.going_on(page.after),
        title=title,
        crumbs=[(title, "")],
    )


def differences(
    declared: type[Any], before: Mapping[str, Any], after: Mapping[str, Any], titles: Titles
) -> Sequence[tuple[str, str, str]]:
    """The fields that an entry of the audit tells as changed, in words."""
    was, now = before.get("fields", {}), after.get("fields", {})
    told_of = [
        (say(meta.label), words(meta, was.get(name), titles), words(meta, now.get(name), titles))
        for name, (meta, _field) in settings_of(declared).items()
        if was.get(name) != now.get(name)
    ]
    return [one for one in told_of if one[1] != one[2]]


async def _ask(tenant: str, record: Record, status: int = 200) -> Response:
    kind, known = record.kind, administration().keeping.kinds
    uses = await records_of(tenant).uses(kind, record.id)
    places = [(say(d.label) if (d := known.get(use.kind)) else use.kind, use, use.kind in known) for use in uses]
    page = await render(
        "pages/record_delete.html",
        **about(tenant, type(record.value)),
        record=record,
        places=places,
        elsewhere=any(use.kind == FLOW or use.kind not in known for use in uses),
        others=[one for one in (await offer(tenant, kind)).options if one.value != record.id],
        crumbs=crumbs(tenant, record, _("Delete")),
    )
    return answer(page, status)
