"""Messages for the next page: what was done, with a way back, or what went wrong."""

from __future__ import annotations

import json
from typing import Any, Final, Literal
from urllib.parse import quote, unquote

from quart import Response, current_app, g, request

COOKIE: Final = "switchhook-message"
Kind = Literal["done", "warning", "error"]


def leave(text: str, *, kind: Kind = "done", undo: str = "", undo_label: str = "") -> None:
    """Show a text on the page that comes next. ``undo`` is a path that is posted to by its button."""
    left = [*getattr(g, "left", []), {"kind": kind, "text": text[:400], "undo": undo, "undo_label": undo_label}]
    g.left = left[-4:]


def waiting() -> list[dict[str, Any]]:
    """What is to be shown now; it is gone after that."""
    own = list(getattr(g, "left", []))
    g.left, g.shown_messages = [], True
    try:
        kept = json.loads(unquote(request.cookies.get(COOKIE, "[]")))
    except ValueError:
        kept = []
    return [one for one in [*(kept if isinstance(kept, list) else []), *own] if _sound(one)]


def _sound(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and one.get("kind") in ("done", "warning", "error")
        and all(isinstance(one.get(name), str) for name in ("text", "undo", "undo_label"))
        and (not one["undo"] or (one["undo"].startswith("/") and not one["undo"].startswith("//")))
    )


async def keep(response: Response) -> Response:
    """Let the browser carry what was not shown yet, and forget what was."""
    cookie = current_app.extensions["session_cookie"]
    if left := getattr(g, "left", []):
        text = quote(json.dumps(left, ensure_ascii=False))
        response.set_cookie(COOKIE, text, path="/", max_age=60, secure=cookie.secure, httponly=True, samesite="Lax")
    elif getattr(g, "shown_messages", False) and COOKIE in request.cookies:
        response.delete_cookie(COOKIE, path="/", secure=cookie.secure, httponly=True, samesite="Lax")
    return response
