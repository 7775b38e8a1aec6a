"""The numbers whose callers come to a flow."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

import attrs
from quart import Blueprint, Response, g, request

from switchhook import setting
from switchhook.administration import NumberListing, NumberRecord, TenantNumbers, written

from ..access import right
from ..flows.service import crumbs, publishing
from ..forms import form_of
from ..frame import administration, render
from ..kept.offers import offers_for
from ..kept.shared import going
from ..messages import leave
from ..texts import gettext as _
from ..texts import language

blueprint = Blueprint("flow_numbers", __name__)
BASE: Final = "/t/<tenant>/flows/<flow>/numbers"
MOST: Final = 100
"""Numbers of a flow that are shown here; the list of numbers has them all."""


@attrs.frozen
class Lead:
    """Which number is to lead here."""

    number: str = setting("reference", "Rufnummer", "Number", to="number", default="")


def numbers_of(tenant: str) -> TenantNumbers:
    """The numbers as whoever asks may see and lead them."""
    return administration().numbers.of(tenant, g.actor)


@blueprint.get(BASE)
@right("flow.view")
async def show(tenant: str, flow: str) -> str:
    """Those that lead here, also by way of other flows, and a choice of those that could."""
    line = await publishing(tenant).flow(flow)
    known: dict[str, Any] = {"straight": [], "more": False}
    if g.actor.may("number.view"):
        page = await numbers_of(tenant).page(NumberListing(flow=flow, limit=MOST))
        known = {"straight": page.records, "more": bool(page.after)}
    form = None
    if line.live and g.actor.may("number.view") and g.actor.may("number.change"):
        form = form_of(Lead, {}, offers=await offers_for(tenant, Lead, {}), language=language())
    there = {one.id for one in known["straight"]}
    indirect = [] if known["more"] else [one for one in line.numbers if one not in there]
    return await render(
        "flows/numbers.html", flow=line, form=form, indirect=indirect, **known, crumbs=crumbs(tenant, line)
    )


@blueprint.post(BASE)
@right("number.change")
async def assign(tenant: str, flow: str) -> Response:
    """Let a number lead here from the next call on."""
    await publishing(tenant).flow(flow)
    number = (await request.form).get("number", "")
    if not number:
        leave(_("Choose a number first."), kind="error")
        return going(_base(tenant, flow))
    return await _lead(tenant, flow, number)


@blueprint.post(f"{BASE}/<e164>/lead")
@right("number.change")
async def lead(tenant: str, flow: str, e164: str) -> Response:
    """The same for a number that was named, such as one that was taken off by mistake."""
    return await _lead(tenant, flow, e164)


@blueprint.post(f"{BASE}/<e164>/off")
@right("number.change")
async def off(tenant: str, flow: str, e164: str) -> Response:
    """Let a number lead here no longer."""
    await publishing(tenant).flow(flow)
    before = await numbers_of(tenant).get(e164)
    if before.number.flow != flow:
        leave(_("%(number)s does not lead here.", number=written(before.id)), kind="error")
        return going(_base(tenant, flow))
    await numbers_of(tenant).assign(e164, "")
    said = _("%(number)s leads nowhere from the next call on.", number=written(before.id))
    leave(said, undo=f"{_base(tenant, flow)}/{before.id}/lead")
    return going(_base(tenant, flow))


async def _lead(tenant: str, flow: str, e164: str) -> Response:
    await publishing(tenant).flow(flow)
    before = await numbers_of(tenant).get(e164)
    await numbers_of(tenant).assign(e164, flow)
    said = _("%(number)s leads here from the next call on.", number=written(before.id))
    leave(said, undo=_back(tenant, flow, before))
    return going(_base(tenant, flow))


def _back(tenant: str, flow: str, before: NumberRecord) -> str:
    """What brings a number back to where it led before."""
    if before.number.flow == flow:
        return ""
    return f"{_base(tenant, before.number.flow or flow)}/{before.id}/{'lead' if before.number.flow else 'off'}"


def _base(tenant: str, flow: str) -> str:
    return f"/t/{quote(tenant)}/flows/{quote(flow)}/numbers"
