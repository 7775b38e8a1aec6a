"""Language, and light or dark: kept by the browser, as they also count before anybody signs in."""

from __future__ import annotations

from quart import Blueprint, Response, current_app, redirect, request

from ..access import open_to_all
from ..seats import SessionCookie
from ..texts import COOKIE, LANGUAGES
from ..themes import THEME_COOKIE, THEMES
from .sign_in import local

blueprint = Blueprint("preferences", __name__)
YEAR = 365 * 86_400


@blueprint.post("/preferences")
@open_to_all
async def choose() -> Response:
    """Keep what was chosen and go back to the page."""
    form = await request.form
    response: Response = redirect(local(form.get("then", "/")), 303)  # type: ignore[assignment]
    for name, value, known in (
        (COOKIE, form.get("language", ""), LANGUAGES),
        (THEME_COOKIE, form.get("theme", ""), THEMES),
    ):
        if value in known:
            _keep(response, name, value)
    return response


def _keep(response: Response, name: str, value: str) -> None:
    cookie: SessionCookie = current_app.extensions["session_cookie"]
    response.set_cookie(name, value, max_age=YEAR, path="/", secure=cookie.secure, httponly=True, samesite="Lax")
