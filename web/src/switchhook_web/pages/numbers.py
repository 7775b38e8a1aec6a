"""Numbers & services: every number of the tenant, where it leads, and who called it last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from quart import Blueprint, Response, g, request

from switchhook import MenuEntry, Problem
from switchhook.administration import (
    NumberListing,
    NumberRecord,
    NumberSettings,
    TenantNumbers,
    shown,
    written,
)

from ..access import right
from ..forms import form_of, posted_of, rearranged
from ..frame import administration, render
from ..kept.desks import NumberDesk
from ..kept.offers import offer, offers_for
from ..kept.saving import Saving
from ..kept.shared import answer, titles_of, whole
from ..listing import listed
from ..texts import gettext as _
from ..texts import language, say
from .record_life import differences

blueprint = Blueprint("numbers", __name__)
MENU: Final = (MenuEntry(NumberSettings.plural, "/numbers", "number.view", "phone", 20, tabs=("/r/number-group",)),)
LIST, ONE = "/t/<tenant>/numbers", "/t/<tenant>/numbers/<e164>"


def numbers_of(tenant: str) -> TenantNumbers:
    """The numbers of the tenant, as the one who asks may see and change them."""
    return administration().numbers.of(tenant, g.actor)


@blueprint.get(LIST)
@right("number.view")
async def show(tenant: str) -> str:
    """The numbers in reach."""
    asked = listed(filters=("group", "type", "flow", "state"), sort="number")
    wanted = NumberListing(
        search=asked.search,
        order=asked.sort.removeprefix("-"),
        descending=asked.sort.startswith("-"),
        after=asked.after,
        **cast(dict[str, Any], asked.filters),
    )
    page = await numbers_of(tenant).page(wanted)
    groups, flows = await offer(tenant, "number-group"), await offer(tenant, "flow")
    filters = [
        ("group", _("Group"), [(one.value, one.label) for one in groups.options]),
        ("type", _("Type"), list(type_words().items())),
        ("flow", _("Call flow"), [(one.value, one.label) for one in flows.options]),
        ("state", _("State"), list(state_words().items())),
    ]
    return await render(
        "pages/numbers.html",
        rows=page.records,
        filters=filters,
        listing=asked.going_on(page.after),
        written=written,
        types=type_words(),
        states=state_words(),
        crumbs=[(say(NumberSettings.plural), "")],
    )


@blueprint.get(ONE)
@right("number.view")
async def edit(tenant: str, e164: str) -> Response:
    """The form of a number."""
    record = await numbers_of(tenant).get(e164)
    return await _form(tenant, record, shown(record.value), record.version)


@blueprint.post(ONE)
@right("number.change")
async def change(tenant: str, e164: str) -> Response:
    """Keep what was changed; it counts for the next call."""
    record, given = await numbers_of(tenant).get(e164), await request.form
    if (again := rearranged(NumberSettings, posted_of(given.items(multi=True)))) is not None:
        return await _form(tenant, record, again, whole(given.get(":version", "")))
    return await _saving(tenant, record).take()


@blueprint.get(f"{ONE}/history")
@right("number.view")
async def history(tenant: str, e164: str) -> str:
    """Every change of a number, before and after."""
    record = await numbers_of(tenant).get(e164)
    titles = await titles_of(tenant, NumberSettings, [shown(record.value)])
    told = await numbers_of(tenant).history(e164)
    entries = [(one, differences(NumberSettings, one.before, one.after, titles)) for one in told]
    trail = [*_crumbs(tenant, record), (_("History"), "")]
    return await render("pages/record_history.html", title=written(e164), entries=entries, crumbs=trail)


def type_words() -> Mapping[str, str]:
    """The sorts of numbers."""
    return {
        "fixed": _("Fixed line"),
        "mobile": _("Mobile"),
        "toll_free": _("Free of charge"),
        "shared": _("Shared cost"),
        "premium": _("Premium rate"),
        "voip": _("National (VoIP)"),
        "internal": _("Internal number"),
        "unknown": _("Other"),
    }


def state_words() -> Mapping[str, str]:
    """The states of numbers."""
    return {"live": _("Live"), "not_live": _("Flow not published"), "no_flow": _("Leads nowhere")}


def _saving(tenant: str, record: NumberRecord) -> Saving:
    async def again(values: Mapping[str, object], version: int, problems: Sequence[Problem]) -> Response:
        return await _form(tenant, record, values, version, problems)

    desk, base = NumberDesk(numbers_of(tenant), record.id), f"/t/{tenant}/numbers/{record.id}"
    return Saving(tenant, base, desk, again, _crumbs(tenant, record))


def _crumbs(tenant: str, record: NumberRecord) -> list[tuple[str, str]]:
    base = f"/t/{tenant}/numbers"
    return [(say(NumberSettings.plural), base), (written(record.id), f"{base}/{record.id}")]


async def _form(
    tenant: str, record: NumberRecord, values: Mapping[str, object], version: int, problems: Sequence[Problem] = ()
) -> Response:
    offers = await offers_for(tenant, NumberSettings, values)
    form = form_of(NumberSettings, values, problems=problems, root="number", offers=offers, language=language())
    page = await render(
        "pages/number.html",
        record=record,
        form=form,
        version=version,
        title=written(record.id),
        type=type_words().get(record.type, record.type),
        state=state_words()[record.state],
        may_change=g.actor.reach("number.change").covers([record.id]),
        crumbs=_crumbs(tenant, record),
    )
    return answer(page, 422 if problems else 200)
