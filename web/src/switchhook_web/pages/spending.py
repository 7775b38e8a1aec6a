"""What a tenant's calls cost today and this month, what they may cost, and letting them go on when they are held."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, g, redirect

from switchhook import Label, MenuEntry

from ..access import operator, right
from ..frame import administration, render
from ..listing import listed
from ..messages import leave
from ..texts import gettext as _

blueprint = Blueprint("spending", __name__)
MENU: Final = (
    MenuEntry(Label("Ausgaben", "Spending"), "/spending", "charge.view", "coin", 571, area="administration"),
)


@blueprint.get("/t/<tenant>/spending")
@right("charge.view")
async def show(tenant: str) -> str:
    """How it stands at this moment."""
    now = await administration().spending.of(tenant, g.actor).now()
    may = g.actor.role == "operator"
    return await render("pages/spending.html", now=now, may_change=may, listing=listed(), crumbs=[(_("Spending"), "")])


@blueprint.post("/t/<tenant>/spending/release")
@operator
async def release(tenant: str) -> Response:
    """Let calls to the outside go on."""
    await administration().spending.of(tenant, g.actor).release()
    leave(_("Released. Calls to the outside go on; what came before counts no more."))
    return redirect(f"/t/{tenant}/spending", 303)  # type: ignore[return-value]
