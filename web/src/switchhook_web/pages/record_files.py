"""Records as files: tables (CSV) of one kind, YAML of all; what a file would do is shown before anything is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from quart import Blueprint, Response, g, request

from switchhook import Label, MenuEntry, SwitchhookError
from switchhook.administration import (
    FileRefused,
    InUse,
    SettingsRefused,
    Step,
    TableRefused,
    apply,
    everything,
    read_file,
    read_table,
    write_file,
    write_table,
)

from ..access import signed_in
from ..bodies import takes
from ..frame import administration, render
from ..kept.shared import about, answer, going, records_of
from ..kept.uploads import TAKES, FileUnreadable, brought, carried
from ..messages import leave
from ..sentences import told
from ..texts import gettext as _
from ..texts import ngettext, say

blueprint = Blueprint("record_files", __name__)
LIST, FILE = "/t/<tenant>/r/<kind>", "/t/<tenant>/file"
MENU: Final = (MenuEntry(Label("Export & Import", "Export & import"), "/file", "*.view", "file-import", 910),)
SHOWN: Final = 200
"""Steps and refused rows a preview shows."""


@blueprint.get(f"{LIST}/_table")
@signed_in
async def table(tenant: str, kind: str) -> Response:
    """The records of a kind as a table for spreadsheets; secrets are not in it."""
    kept = records_of(tenant)
    records = (await everything(kept, [kind])).values()
    text = await asyncio.to_thread(write_table, kept.declared(kind), records)
    return _download("\ufeff" + text, "text/csv", f"{kind}.csv")


@blueprint.get(f"{LIST}/_import")
@signed_in
async def ask(tenant: str, kind: str) -> str:
    """The form for a table."""
    g.actor.need(f"{kind}.change")
    return await _import_page(tenant, kind)


@blueprint.post(f"{LIST}/_import")
@signed_in
@takes(TAKES)
async def bring(tenant: str, kind: str) -> Response:
    """First a preview of what would be kept and what would be refused; then, when that is agreed to, the keeping."""
    kept = records_of(tenant)
    g.actor.need(f"{kind}.change")
    try:
        text = await brought()
        rows = await asyncio.to_thread(read_table, kept, kind, text)
        good = [row.wanted for row in rows if not row.problems]
        sure = "agreed" in await request.form
        steps = await apply(kept, good, only_plan=not sure)
    except (TableRefused, FileUnreadable, SettingsRefused) as refused:
        return answer(await _import_page(tenant, kind, wrong=_sentences(refused)), 422)
    if sure:
        leave(ngettext("%(num)d record was taken over.", "%(num)d records were taken over.", len(steps)))
        return going(f"/t/{tenant}/r/{kind}")
    refusals = [(row.no, [(one.path, told(one.message)) for one in row.problems]) for row in rows if row.problems]
    known = {"refusals": refusals[:SHOWN], "refused": len(refusals), "content": carried(text)}
    return answer(await _import_page(tenant, kind, plan=steps, **known))


@blueprint.get(FILE)
@signed_in
async def file(tenant: str) -> str:
    """Everything as one file: to save, or to bring."""
    return await _file_page(tenant)


@blueprint.get(f"{FILE}/resources.yaml")
@signed_in
async def save(tenant: str) -> Response:
    """All that the one who asks may see, as YAML; secrets are not in it."""
    kept = records_of(tenant)
    kinds = [kind for kind in kept.keeping.kinds if g.actor.may(f"{kind}.view")]
    records = (await everything(kept, kinds)).values()
    return _download(await asyncio.to_thread(write_file, tenant, records), "application/yaml", f"{tenant}.yaml")


@blueprint.post(FILE)
@signed_in
@takes(TAKES)
async def plan(tenant: str) -> Response:
    """First the plan, then the doing of it."""
    kept, given = records_of(tenant), await request.form
    sure, prune = "agreed" in given, "prune" in given
    try:
        text = await brought()
        read = await asyncio.to_thread(read_file, text, administration().keeping.kinds)
        pruned = sorted({one.kind for one in read.wanted}) if prune else ()
        try:
            steps = await apply(kept, read.wanted, prune=pruned, only_plan=not sure)
        except SettingsRefused as refused:
            raise read.refused(refused.problems) from refused
    except (FileRefused, FileUnreadable, InUse) as refused:
        return answer(await _file_page(tenant, wrong=_sentences(refused)), 422)
    if sure:
        leave(ngettext("%(num)d record was changed.", "%(num)d records were changed.", len(steps)))
        return going(f"/t/{tenant}/file")
    return answer(await _file_page(tenant, plan=steps, content=carried(text), prune=prune))


async def _import_page(tenant: str, kind: str, **known: Any) -> str:
    declared = records_of(tenant).declared(kind)
    trail = [(say(declared.plural), f"/t/{tenant}/r/{kind}"), (_("Import CSV"), "")]
    empty: dict[str, Any] = {"plan": None, "refusals": [], "refused": 0, "content": "", "wrong": []}
    return await render("pages/record_import.html", **about(tenant, declared), **{**empty, **_cut(known)}, crumbs=trail)


async def _file_page(tenant: str, **known: Any) -> str:
    empty: dict[str, Any] = {"plan": None, "content": "", "prune": False, "wrong": []}
    title = _("Everything as a file")
    return await render("pages/record_file.html", **{**empty, **_cut(known)}, title=title, crumbs=[(title, "")])


def _cut(known: dict[str, Any]) -> dict[str, Any]:
    steps: Sequence[Step] = known.get("plan") or ()
    return {**known, "plan": steps[:SHOWN], "planned": len(steps)} if "plan" in known else {**known, "planned": 0}


def _sentences(error: SwitchhookError) -> Sequence[str]:
    problems = getattr(error, "problems", None)
    if isinstance(error, SettingsRefused):
        return [f"{one.path}: {told(one.message)}" for one in error.problems]
    return [str(one) for one in problems] if problems else [told(error)]


def _download(text: str, kind: str, name: str) -> Response:
    """A file; its name is made of ids alone."""
    response = Response(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
