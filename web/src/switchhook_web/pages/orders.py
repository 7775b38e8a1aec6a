"""Orders that need the operator: given up, or of a kind that no plugin carries out."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, g

from switchhook import Label, MenuEntry
from switchhook.administration import OperatedOrders

from ..access import operator
from ..frame import administration, render
from ..kept.shared import going
from ..listing import listed
from ..messages import leave
from ..sentences import told
from ..texts import gettext as _

blueprint = Blueprint("orders", __name__)
MENU: Final = (MenuEntry(Label("Aufträge", "Orders"), "/orders", "", "clipboard", 605, place="operator"),)
PATH: Final = "/operator/orders"


def orders() -> OperatedOrders:
    """The orders, for the operator who asks."""
    return administration().order_care.of(g.actor)


@blueprint.get(PATH)
@operator
async def show() -> str:
    """Those that wait for somebody, newest first."""
    asked = listed()
    page = await orders().page(after=int(asked.after) if asked.after.isascii() and asked.after.isdigit() else 0)
    return await render(
        "pages/orders.html",
        rows=page.orders,
        listing=asked.going_on(str(page.after or "")),
        why=told,
        crumbs=[(_("Orders"), "")],
    )


@blueprint.post(f"{PATH}/<int:no>/again")
@operator
async def again(no: int) -> Response:
    """Have one tried again."""
    await orders().again(no)
    leave(_("It is tried again now."))
    return going(PATH)


@blueprint.post(f"{PATH}/<int:no>/drop")
@operator
async def drop(no: int) -> Response:
    """Carry one out no more."""
    await orders().drop(no)
    leave(_("The order was discarded."))
    return going(PATH)
