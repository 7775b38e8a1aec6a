"""Language, and light or dark: kept by the browser, as they also count before anybody signs in."""

from __future__ import annotations

from quart import Blueprint, Response, redirect, request

from ..access import open_to_all
from ..remembered import remember
from .sign_in import local

blueprint = Blueprint("preferences", __name__)


@blueprint.post("/preferences")
@open_to_all
async def choose() -> Response:
    """Keep what was chosen and go back to the page."""
    form = await request.form
    response: Response = redirect(local(form.get("then", "/")), 303)  # type: ignore[assignment]
    remember(response, form.get("language", ""), form.get("theme", ""))
    return response
