"""The numbers whose callers come to a flow."""

from __future__ import annotations

from urllib.parse import quote

from quart import Blueprint, Response, g, redirect, request

from switchhook.administration import NumberListing

from ..access import right
from ..flows.service import crumbs, publishing
from ..frame import administration, render
from ..messages import leave
from ..texts import gettext as _

blueprint = Blueprint("flow_numbers", __name__)
MOST = 200
"""Numbers that can be chosen here; with more, each number's own page is the better place."""


@blueprint.get("/t/<tenant>/flows/<flow>/numbers")
@right("flow.view")
async def show(tenant: str, flow: str) -> str:
    """Those that lead here, also by way of other flows, and those that could."""
    line = await publishing(tenant).flow(flow)
    others = []
    if line.live and g.actor.may("number.change") and g.actor.may("number.view"):
        page = await administration().numbers.of(tenant, g.actor).page(NumberListing(limit=MOST))
        others = [one for one in page.records if one.number.flow != flow]
    return await render("flows/numbers.html", flow=line, others=others, crumbs=crumbs(tenant, line))


@blueprint.post("/t/<tenant>/flows/<flow>/numbers")
@right("number.change")
async def assign(tenant: str, flow: str) -> Response:
    """Let a number lead here from the next call on."""
    await publishing(tenant).flow(flow)
    number = (await request.form).get("number", "")
    await administration().numbers.of(tenant, g.actor).assign(number, flow)
    leave(_("%(number)s leads here from the next call on.", number=number))
    return redirect(f"/t/{quote(tenant)}/flows/{quote(flow)}/numbers", 303)  # type: ignore[return-value]
