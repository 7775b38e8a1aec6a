"""One record: its form, and two versions of it put together where two people edited at once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

import attrs
from quart import Blueprint, Response, g, request

from switchhook import Problem, Resource
from switchhook.administration import (
    IdTaken,
    Record,
    Resources,
    SettingsRefused,
    StaleVersion,
    plain_settings,
    secrets_of,
    shown,
)

from ..access import signed_in
from ..forms import Form, Posted, form_of, posted_of, read_form, rearranged
from ..frame import render
from ..kept.columns import words
from ..kept.merging import compare, merged, picked
from ..kept.shared import about, answer, crumbs, form_page, going, kept_secrets, records_of, titles_of, whole
from ..messages import leave
from ..texts import gettext as _
from ..texts import language

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
    posted, version = posted_of(given.items(multi=True)), whole(given.get(":version", ""))
    record = await kept.get(kind, id)
    if (again := rearranged(declared, posted)) is not None:
        return await form_page(tenant, kind, again, record=record, version=version)
    return await _save(tenant, record, version, read_form(declared, posted), posted)


@blueprint.post(f"{ONE}/merge")
@signed_in
async def merge(tenant: str, kind: str, id: str) -> Response:  # noqa: A002
    """Keep what two people changed, as the second one put it together."""
    kept, given = records_of(tenant), await request.form
    declared, posted = kept.declared(kind), posted_of(given.items(multi=True))
    version, based_on = whole(given.get(":version", "")), whole(given.get(":base", ""))
    record, known = await kept.get(kind, id), await _versions(kept, kind, id)
    values = read_form(declared, posted)
    theirs = shown(record.value) if record.version == version else known.get(version, {})
    sides = compare(declared, known.get(based_on), theirs, _whole_values(kept, record, values))
    picks = {name.removeprefix(":pick:"): given[name] for name in given if name.startswith(":pick:")}
    ready = merged(theirs, _whole_values(kept, record, values), sides, picks)
    if ready is None:
        return await _both(tenant, record, based_on, values, posted, known.get(based_on), picks)
    secret = {name: value for name, value in values.items() if name in secrets_of(declared)}
    return await _save(tenant, record, version, {**ready, **secret}, posted)


async def _save(tenant: str, record: Record, version: int, values: Mapping[str, object], posted: Posted) -> Response:
    kind, id = record.kind, record.id  # noqa: A001
    try:
        changed = await records_of(tenant).change(kind, id, version, values)
    except SettingsRefused as refused:
        return await form_page(tenant, kind, values, record=record, version=version, problems=refused.problems)
    except StaleVersion as stale:
        now = await records_of(tenant).get(kind, id)
        return await _both(tenant, now, version, values, posted, stale.base, {})
    leave(_("%(title)s is kept.", title=changed.title))
    return going(f"/t/{tenant}/r/{kind}/{id}")


async def _both(
    tenant: str,
    record: Record,
    based_on: int,
    values: Mapping[str, object],
    posted: Posted,
    base: Mapping[str, object] | None,
    picks: Mapping[str, str],
) -> Response:
    """Both sides of a record two people edited, with all that was typed; a secret is typed again."""
    declared = type(record.value)
    mine = _whole_values(records_of(tenant), record, values)
    sides = picked(compare(declared, base, shown(record.value), mine), picks)
    titles = await titles_of(tenant, declared, [record])
    told = [(one, *(words(one.setting, v, titles) for v in (one.base, one.theirs, one.mine))) for one in sides]
    page = await render(
        "pages/record_stale.html",
        **about(tenant, declared),
        record=record,
        based_on=based_on,
        sides=told,
        carried=_carried(declared, posted),
        secret=_secret_fields(declared, record),
        crumbs=crumbs(tenant, record, _("Changed meanwhile")),
    )
    return answer(page, 409)


def _carried(declared: type[Resource], posted: Posted) -> Sequence[tuple[str, str]]:
    """What was typed, for the next request; but for secrets and what belongs to the form itself."""
    dropped = {"csrf", *secrets_of(declared)}
    kept = [name for name in posted if not name.startswith(":") and name.partition(":")[0] not in dropped]
    return [(name, text) for name in kept for text in posted[name]]


def _secret_fields(declared: type[Resource], record: Record) -> Form:
    form = form_of(declared, {}, kept=kept_secrets(declared, record), language=language())
    return attrs.evolve(form, fields=[one for one in form.fields if one.setting.secret])


def _whole_values(kept: Resources, record: Record, values: Mapping[str, object]) -> Mapping[str, object]:
    """Values with the defaults of what was left empty, written as the kept ones are; as typed where they do not fit."""
    hidden = {name: getattr(record.value, name) for name in secrets_of(type(record.value))}
    try:
        mine = plain_settings(kept.read(record.kind, {**hidden, **values}), whole=True)
    except SettingsRefused:
        return values
    return {name: value for name, value in mine.items() if name not in hidden}


async def _versions(kept: Resources, kind: str, id: str) -> Mapping[int, Mapping[str, object]]:  # noqa: A002
    """The fields each version had, as far as the audit tells."""
    found: dict[int, Mapping[str, object]] = {}
    for entry in await kept.history(kind, id):
        version, fields = entry.after.get("version"), entry.after.get("fields")
        if isinstance(version, int) and isinstance(fields, Mapping):
            found[version] = fields
    return found
