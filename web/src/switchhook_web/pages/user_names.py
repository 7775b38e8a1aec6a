"""Where an operator finds the user name of somebody who forgot it, and says how he made sure who asks (S06)."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, g, request

from switchhook import Label, MenuEntry
from switchhook.administration import NoteMissing

from ..access import operator
from ..frame import administration, render
from ..texts import gettext as _

blueprint = Blueprint("user_names", __name__)
MENU: Final = (
    MenuEntry(
        Label("Benutzername suchen", "Find a user name"), "/user-names", icon="lifebuoy", order=80, place="operator"
    ),
)


@blueprint.get("/operator/user-names")
@operator
async def show() -> str:
    """The form."""
    return await render("pages/user_names.html", found=None, email="", note="", problem="", crumbs=[])


@blueprint.post("/operator/user-names")
@operator
async def find() -> Response:
    """Who has a mail address; the note is kept in the audit of each tenant concerned."""
    form = await request.form
    email, note = form.get("email", "")[:254], form.get("note", "")[:1000]
    found, problem = None, ""
    try:
        found = await administration().forgetting.find_username(g.seat.actor, email, note)
    except NoteMissing:
        problem = _("Say how you made sure who asks.")
    page = await render("pages/user_names.html", found=found, email=email, note=note, problem=problem, crumbs=[])
    return Response(page, 422 if problem else 200, content_type="text/html; charset=utf-8")
