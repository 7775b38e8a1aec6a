"""What plugins want seen on every page, loaded anew when it changes while a page is open."""

from __future__ import annotations

from quart import Blueprint, request

from ..access import signed_in
from ..frame import render

blueprint = Blueprint("notices", __name__)


@blueprint.get("/t/<tenant>/notices")
@signed_in
async def show(tenant: str) -> str:
    """The notices of the tenant that the one who asks is to see."""
    return await render("cards/notices.html", tenant=tenant, then=request.args.get("page", ""))
