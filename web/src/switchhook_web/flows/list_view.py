"""What the pages of the list view share: saving what they change, and what stands around a flow's points."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from quart import Response, redirect
from werkzeug.exceptions import BadRequest, Conflict

from switchhook.administration import Draft, FlowLine, Merged, StaleDraft, exits_with, merge

from ..frame import render
from ..messages import leave
from ..texts import gettext as _
from ..texts import language
from .edits import Drawing
from .island import clash_name, exit_words, questions
from .service import all_flows, crumbs, modules, publishing

TURNS: Final = 5
"""How often a change is tried again when somebody else saves at the same moment."""


async def save(
    tenant: str,
    flow: str,
    change: Callable[[Drawing], Drawing],
    then: Callable[[], str] = lambda: "list",
    before: Callable[[Drawing], Drawing] = lambda drawing: drawing,
) -> Response:
    """Change the draft as it is now; a page with both sides where somebody changed the same meanwhile.

    ``before`` puts what the page showed into a drawing: what differs from that now was changed by somebody else.
    """
    work = publishing(tenant)
    for _turn in range(TURNS):
        draft = await work.draft(flow)
        base = before(draft.drawing)
        merged = merge(base, change(base), draft.drawing)
        if questions(merged):
            return await _ask(tenant, flow, draft, merged)
        try:
            await work.save_draft(flow, draft.revision, merged.drawing)
        except StaleDraft:
            continue
        if base != draft.drawing:
            leave(_("Saved, together with what %(by)s changed meanwhile.", by=draft.author))
        return redirect(f"/t/{quote(tenant)}/flows/{quote(flow)}/{then()}", 303)  # type: ignore[return-value]
    raise Conflict


async def _ask(tenant: str, flow: str, theirs: Draft, merged: Merged) -> Response:
    clashes = questions(merged)
    page = await render(
        "flows/conflict.html",
        by=theirs.author,
        action=f"/t/{tenant}/flows/{flow}/list/decide",
        theirs=json.dumps(theirs.drawing),
        merged=json.dumps(merged.drawing),
        clashes_json=json.dumps([(one.path, one.mine) for one in clashes]),
        clashes=[
            {
                "place": place,
                "name": clash_name(one.path, merged.drawing, language()),
                "mine": _shown(one.mine),
                "theirs": _shown(one.theirs),
            }
            for place, one in enumerate(clashes)
        ],
    )
    return Response(page, 409, content_type="text/html; charset=utf-8")


async def around(tenant: str, draft: Draft, line: FlowLine, *, without: str = "") -> dict[str, Any]:
    """What the list and a point's page both show beside the points; ``without`` leaves out one's own exits."""
    names = names_of(draft.drawing)
    ways = [
        (f"{point['id']}|{name}", f"{names[point['id']]}: {exit_words(name, point['module'], modules(), language())}")
        for point in draft.drawing["points"]
        if point["id"] != without
        for name, _target in exits_of(point)
    ]
    flows = [one for one in await all_flows(tenant) if one.id != line.id]
    return {
        "may_change": line.may_change,
        "ways": ways,
        "flows": flows,
        "crumbs": crumbs(tenant, line),
    }


def exits_of(point: Mapping[str, Any], *, every: bool = False) -> list[tuple[str, str]]:
    """The exits of a point with their targets: those that must lead somewhere, and others that do or all."""
    exits = exits_with(modules(), point["module"], point["settings"])
    names = dict.fromkeys([*exits.needed, *point["exits"], *(exits.optional if every else ())])
    return [(name, point["exits"].get(name, "")) for name in names]


def names_of(drawing: Mapping[str, Any]) -> dict[str, str]:
    """What each point is called, by its id."""
    return {point["id"]: point["label"] or point["id"] for point in drawing["points"]}


def is_of(path: str, point: str) -> bool:
    """Whether the path of a finding lies in a point."""
    return f"{path}.".startswith(f"points.{point}.")


def way_of(text: str) -> tuple[str, str] | None:
    """The point and exit that an option of a select stands for."""
    point, bar, name = text.partition("|")
    return (point, name) if bar else None


def _shown(value: object) -> str:
    if value is None:
        return _("(removed)")
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def mapping_of(text: str, kind: type[Any] = dict) -> Any:
    """What a page put into a hidden field; raises ``BadRequest`` for what no page of ours put there."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadRequest from error
    if not isinstance(found, kind):
        raise BadRequest
    return found
