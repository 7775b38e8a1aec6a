"""PINs that are locked after too many wrong ones, and unlocking them."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, g, redirect, request

from switchhook import Label, MenuEntry

from ..access import base_of, right
from ..frame import administration, render
from ..listing import listed
from ..messages import leave
from ..texts import gettext as _

blueprint = Blueprint("pins", __name__)
MENU: Final = (MenuEntry(Label("Gesperrte PINs", "Locked PINs"), "/pins", "pin.unlock", "lock", 610),)


@blueprint.get("/t/<tenant>/pins")
@right("pin.unlock")
async def show(tenant: str) -> str:
    """What nobody gets into at present."""
    locks = await administration().pins.of(tenant, g.actor).locked()
    return await render(
        "pages/pins.html", base=base_of(tenant), locks=locks, listing=listed(), crumbs=[(_("Locked PINs"), "")]
    )


@blueprint.post("/t/<tenant>/pins/unlock")
@right("pin.unlock")
async def unlock(tenant: str) -> Response:
    """Unlock one at once."""
    form = await request.form
    await administration().pins.of(tenant, g.actor).unlock(form.get("purpose", ""), form.get("subject", ""))
    leave(_("Unlocked. It can be tried again at once."))
    return redirect(f"/t/{tenant}/pins", 303)  # type: ignore[return-value]
