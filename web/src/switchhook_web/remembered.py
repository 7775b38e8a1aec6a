"""What a browser keeps for its person: language, and light or dark, as they also count before anybody signs in."""

from __future__ import annotations

from typing import Final

from quart import Response, current_app

from .seats import SessionCookie
from .texts import COOKIE, LANGUAGES
from .themes import THEME_COOKIE, THEMES

YEAR: Final = 365 * 86_400


def remember(response: Response, language: str, theme: str) -> None:
    """Let the browser show pages in this language and appearance; what is none of ours is left as it is."""
    cookie: SessionCookie = current_app.extensions["session_cookie"]
    for name, value, known in ((COOKIE, language, LANGUAGES), (THEME_COOKIE, theme, THEMES)):
        if value in known:
            response.set_cookie(
                name, value, max_age=YEAR, path="/", secure=cookie.secure, httponly=True, samesite="Lax"
            )
