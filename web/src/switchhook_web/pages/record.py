"""One record: its form, new or with what is kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from quart import Blueprint, Response, g, request

from switchhook import Problem
from switchhook.administration import IdTaken, Record, SettingsRefused, shown

from ..access import signed_in
from ..forms import posted_of, read_form, rearranged
from ..kept.desks import RecordDesk
from ..kept.saving import Saving
from ..kept.shared import form_page, going, records_of, whole
from ..messages import leave
from ..texts import gettext as _
from ..texts import say

blueprint = Blueprint("record", __name__)
LIST, ONE = "/t/<tenant>/r/<kind>", "/t/<tenant>/r/<kind>/<id>"


@blueprint.get(f"{LIST}/_new")
@signed_in
async def new(tenant: str, kind: str) -> Response:
    """The form for a new record."""
    g.actor.need(f"{kind}.change")
    return await form_page(tenant, kind, {}, once=secrets.token_urlsafe(16))


@blueprint.post(f"{LIST}/_new")
@signed_in
async def create(tenant: str, kind: str) -> Response:
    """Keep a new record, once however often the button was pressed."""
    kept = records_of(tenant)
    declared, given = kept.declared(kind), await request.form
    posted, once = posted_of(given.items(multi=True)), given.get(":once", "")[:100]
    if (again := rearranged(declared, posted)) is not None:
        return await form_page(tenant, kind, again, once=once)
    values = read_form(declared, posted)
    try:
        record = await kept.create(kind, values, once=once)
    except SettingsRefused as refused:
        return await form_page(tenant, kind, values, problems=refused.problems, once=once)
    except IdTaken as taken:
        return await form_page(tenant, kind, values, problems=[Problem(kind, str(taken))], once=once)
    leave(_("%(title)s is kept.", title=record.title))
    return going(f"/t/{tenant}/r/{kind}")


@blueprint.get(ONE)
@signed_in
async def edit(tenant: str, kind: str, id: str) -> Response:  # noqa: A002 - the domain's own word
    """The form of a record."""
    record = await records_of(tenant).get(kind, id)
    return await form_page(tenant, kind, shown(record.value), record=record, version=record.version)


@blueprint.post(ONE)
@signed_in
async def change(tenant: str, kind: str, id: str) -> Response:  # noqa: A002
    """Keep what was changed; where somebody else changed it meanwhile, both sides are shown."""
    kept = records_of(tenant)
    declared, given = kept.declared(kind), await request.form
    record = await kept.get(kind, id)
    if (again := rearranged(declared, posted_of(given.items(multi=True)))) is not None:
        return await form_page(tenant, kind, again, record=record, version=whole(given.get(":version", "")))
    return await _saving(tenant, record).take()


def _saving(tenant: str, record: Record) -> Saving:
    async def again(values: Mapping[str, object], version: int, problems: Sequence[Problem]) -> Response:
        return await form_page(tenant, record.kind, values, record=record, version=version, problems=problems)

    base = f"/t/{tenant}/r/{record.kind}"
    trail = [(say(type(record.value).plural), base), (record.title, f"{base}/{record.id}")]
    return Saving(tenant, f"{base}/{record.id}", RecordDesk(records_of(tenant), record.kind, record.id), again, trail)
