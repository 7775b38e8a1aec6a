"""Mounts the API below ``/api``: one route, for which the operations themselves say what there is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any, Final

from quart import Blueprint, Request, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from switchhook.administration import Administration

from .openapi import BASE, document
from .operation import JSON, Seat
from .operations import all_operations
from .reading import best_language
from .serving import Heard, Service, as_text

METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
Seated = Callable[[Request], Awaitable[Seat | None]]


def api_blueprint(administration: Administration, by_token: Seated, by_cookie: Seated) -> Blueprint:
    """The API of one installation. ``by_token`` and ``by_cookie`` say who asks."""
    service = Service(administration, all_operations(administration))
    blueprint = Blueprint("api", __name__)

    async def openapi() -> Response:
        language = best_language(request.headers.get("Accept-Language", ""))
        described = document(service.operations, version("switchhook"), language)
        return Response(as_text(described), content_type=JSON, headers={"Vary": "Accept-Language"})

    async def answer(rest: str = "") -> Response:
        bearer = "Authorization" in request.headers
        said = await service.answer(
            Heard(
                method=request.method,
                path=f"/{rest}",
                query=list(request.args.items(multi=True)),
                headers=request.headers,
                data=_data,
                seated=lambda: (by_token if bearer else by_cookie)(request),
                by_cookie=not bearer,
            )
        )
        response = Response(said.body, said.status, content_type=said.media or None)
        response.headers.update(said.headers)
        response.headers["Cache-Control"] = "no-store"
        return response

    blueprint.add_url_rule(f"{BASE}/openapi.json", "openapi", openapi, methods=["GET"])
    blueprint.add_url_rule(f"{BASE}/", "root", answer, methods=METHODS)
    blueprint.add_url_rule(f"{BASE}/<path:rest>", "answer", answer, methods=METHODS)
    return blueprint


async def _data(most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge
    data: Any = await request.get_data(cache=False)
    if len(data) > most:
        raise RequestEntityTooLarge
    return bytes(data)
