"""What administrators keep: a list of each kind, with search, filters, order and pages."""

from __future__ import annotations

from quart import Blueprint, Response, request

from switchhook import NotFound
from switchhook.administration import InUse, Listing, StaleVersion, shown

from ..access import signed_in
from ..frame import render
from ..kept.columns import cells, choices_of, columns_of, filters_of
from ..kept.offers import offer
from ..kept.shared import about, going, records_of, titles_of
from ..listing import listed
from ..messages import leave
from ..texts import gettext as _
from ..texts import say

blueprint = Blueprint("records", __name__)
LIST = "/t/<tenant>/r/<kind>"


@blueprint.get(LIST)
@signed_in
async def show(tenant: str, kind: str) -> str:
    """The records of a kind."""
    declared = records_of(tenant).declared(kind)
    columns, filters = columns_of(declared), filters_of(declared)
    asked = listed(filters=[one.name for one in filters], sort="title")
    where = {name: value for name, value in asked.filters.items() if value}
    order, reverse = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    page = await records_of(tenant).page(kind, Listing(asked.search, where, order, reverse, asked.after))
    titles = await titles_of(tenant, declared, [shown(one.value) for one in page.records])
    return await render(
        "pages/records.html",
        **about(tenant, declared),
        columns=columns,
        rows=[(one, cells(one, columns, titles)) for one in page.records],
        filters=[(one.name, one.label, choices_of(one, titles.get(one.setting.to, {}))) for one in filters],
        listing=asked.going_on(page.after),
        crumbs=[(say(declared.plural), "")],
    )


@blueprint.post(f"{LIST}/_delete")
@signed_in
async def delete(tenant: str, kind: str) -> Response:
    """Put what was ticked into the trash; what is used elsewhere stays and is named."""
    kept, gone = records_of(tenant), []
    for ticked in (await request.form).getlist("record")[:200]:
        id, _colon, version = ticked.rpartition(":")  # noqa: A001 - the domain's own word
        try:
            gone.append((await kept.delete(kind, id, int(version))).id)
        except InUse:
            leave(_("%(id)s is in use and stays.", id=id), kind="warning")
        except (StaleVersion, NotFound, ValueError):
            leave(_("%(id)s was changed meanwhile and stays.", id=id), kind="warning")
    if gone:
        undo = f"/t/{tenant}/r/{kind}/_restore?" + "&".join(f"id={one}" for one in gone)
        leave(_("Deleted: %(count)s", count=len(gone)), undo=undo if len(undo) < 1500 else "")
    return going(f"/t/{tenant}/r/{kind}")


@blueprint.post(f"{LIST}/_restore")
@signed_in
async def restore(tenant: str, kind: str) -> Response:
    """Bring several back from the trash."""
    for id in request.args.getlist("id")[:200]:  # noqa: A001
        await records_of(tenant).restore(kind, id)
    leave(_("Everything is back."))
    return going(f"/t/{tenant}/r/{kind}")


@blueprint.get("/t/<tenant>/choices/<kind>")
@signed_in
async def choices(tenant: str, kind: str) -> str:
    """Options of a field that fit what somebody types, with those it has already."""
    path = request.args.get("field", "")[:200]
    chosen = tuple(one for one in request.args.getlist(path) if one)[:200]
    found = await offer(tenant, kind, request.args.get(f"{path}:search", "")[:80], chosen)
    return await render("pages/choices.html", path=path, chosen=chosen, found=found, control=request.args.get("as", ""))
