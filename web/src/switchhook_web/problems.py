"""What goes wrong, as a person is told of it, and a program that asks pages."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import attrs
from quart import Quart, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from switchhook import SwitchhookError
from switchhook.administration import StaleVersion

from .frame import render
from .kept.again import ask_again
from .kinds_of_errors import headers_of, kind_of_error
from .sentences import told
from .texts import gettext as _


def status_of(error: SwitchhookError) -> int:
    """HTTP's number for an error."""
    return kind_of_error(error).status


def install(app: Quart) -> None:
    """Let every error end in a page, or in a problem document below ``/api/``; none tells of our insides."""
    app.register_error_handler(SwitchhookError, _told)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


async def _told(error: SwitchhookError) -> Response:
    status = status_of(error)
    if status == 500:
        return await _unexpected(error)
    if isinstance(error, StaleVersion) and not wants_json() and (page := await ask_again(error)) is not None:
        return page
    response = await _answer(status, error.code, str(error), facts=problems_of(error))
    response.headers.update(headers_of(error))
    return response


async def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status == 401:
        return await _sign_in_first()
    if status >= 500:
        return await _unexpected(error)
    response = await _answer(status, f"http_{status}", "")
    for name, value in error.get_headers():  # Allow of 405, Retry-After of 429
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


async def _unexpected(error: Exception) -> Response:
    """Keep it as a fault of the web with a number, and tell only that number."""
    number = secrets.token_hex(4)
    breaker = current_app.extensions["administration"].plugged.breaker
    where = request.endpoint or request.path[:100]
    breaker.report(
        "web", where, "raised", f"[{number}] {type(error).__name__}: {error}"[:500], error=error, counts=False
    )
    return await _answer(500, "internal", "", number=number)


async def _sign_in_first() -> Response:
    if wants_json():
        return await _answer(401, "not_signed_in", "")
    if request.headers.get("HX-Request"):
        response = Response("", 401)
        response.headers["HX-Refresh"] = "true"
        return response
    from .pages.sign_in import ask

    return await ask(status=401, then=request.full_path.rstrip("?") if request.method == "GET" else "/")


async def _answer(
    status: int, code: str, sentence: str, *, number: str = "", facts: Mapping[str, Any] | None = None
) -> Response:
    title, advice = _words(status)
    sentence = sentence if request.path.startswith("/api/") else told(sentence)
    if wants_json():
        body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": sentence or advice}
        response = jsonify({**body, **({"id": number} if number else {}), **(facts or {})})
        response.content_type = "application/problem+json"
    else:
        page = await render(
            "pages/problem.html", status=status, title=title, advice=advice, sentence=sentence, number=number
        )
        response = Response(page, content_type="text/html; charset=utf-8")
    response.status_code = status
    return response


def problems_of(error: SwitchhookError) -> Mapping[str, Any]:
    """The problems at fields that an error names, as JSON values."""
    found = getattr(error, "problems", ())
    return {"problems": [attrs.asdict(one) for one in found if attrs.has(type(one))]} if found else {}


def wants_json() -> bool:
    """Whether a program asks: below ``/api/``, and where JSON is sent."""
    return request.path.startswith("/api/") or request.is_json


def _words(status: int) -> tuple[str, str]:
    known = {
        400: (_("This cannot be understood"), _("Go back, look at what you entered and try again.")),
        401: (_("Please sign in"), _("Your session may have ended.")),
        403: (_("You may not do this"), _("Ask an administrator of yours for the right to it.")),
        404: (_("There is no such page"), _("It may have been deleted or renamed, or the address is not complete.")),
        405: (_("This does not work here"), _("Go back and use the buttons of the page.")),
        409: (
            _("This does not fit what is there now"),
            _("Somebody may have changed it meanwhile. Load the page again."),
        ),
        410: (
            _("This link is no longer good"),
            _("It was used already, or a newer one was sent. Have a new one sent to you."),
        ),
        411: (_("This cannot be understood"), _("The request does not say how long it is.")),
        413: (_("This is too large"), _("Choose a smaller file.")),
        422: (_("This cannot be kept as it is"), _("Go back and correct what is named here.")),
        429: (_("Too many attempts"), _("Wait some minutes and try again.")),
        500: (_("Something went wrong"), _("The fault was recorded; the operator finds it by its number.")),
        503: (_("This is not to be had just now"), _("It is tried again by itself. Load the page again in a minute.")),
    }
    return known.get(status, known[400 if status < 500 else 500])
