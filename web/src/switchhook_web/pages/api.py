"""The REST API below ``/api``, its description, and a page that tells it to people."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any, Final

from quart import Blueprint, Response, current_app, g, request
from quart.blueprints import BlueprintSetupState
from werkzeug.exceptions import RequestEntityTooLarge

from switchhook import Label, MenuEntry
from switchhook.administration import Language

from ..access import signed_in
from ..api.openapi import BASE, document
from ..api.operation import JSON
from ..api.operations import all_operations
from ..api.serving import Heard, Service, as_text
from ..bodies import takes
from ..frame import render
from ..seats import SessionCookie
from ..texts import best_language, language
from .live import news, streamed

METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
MOST: Final = 16 << 20
blueprint = Blueprint("api", __name__)
MENU: Final = (MenuEntry(Label("API", "API"), "/api/docs", icon="code", order=900, place="account"),)


def _begin(state: BlueprintSetupState) -> None:
    administration = state.app.extensions["administration"]
    state.app.extensions["api"] = Service(administration, all_operations(administration))


blueprint.record_once(_begin)


@blueprint.get(f"{BASE}/openapi.json")
@signed_in
async def openapi() -> Response:
    """The description: what this installation has, in the language asked for."""
    return Response(as_text(_document()), content_type=JSON, headers={"Vary": "Accept-Language, Cookie"})


@blueprint.route(f"{BASE}/<path:rest>", methods=METHODS)
@signed_in
@takes(MOST)
async def answer(rest: str) -> Response:
    """Any operation. Who may do what is said by the operation, and by the service behind it."""
    service: Service = current_app.extensions["api"]
    said = await service.answer(
        Heard(
            method=request.method,
            path=f"/{rest}",
            query=list(request.args.items(multi=True)),
            headers=request.headers,
            data=_data,
            seat=g.seat,
            language=_language(),
            listen=news,
            address=(request.remote_addr or "")[:100],
        )
    )
    response = (
        Response(said.body, said.status, content_type=said.media or None)
        if isinstance(said.body, str | bytes)
        else streamed(said.body)
    )
    response.headers.update(said.headers)
    return response


@blueprint.get("/api/docs")
@signed_in
async def docs() -> str:
    """Every operation, for people."""
    described = _document()
    tags: dict[str, list[dict[str, Any]]] = {}
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            tags.setdefault(one["tags"][0], []).append({**one, "path": BASE + path, "method": method.upper()})
    schemas = {name: _pretty(schema) for name, schema in described["components"]["schemas"].items()}
    return await render(
        "pages/api.html", described=described, tags=tags, schemas=schemas, pretty=_pretty, referred=_referred, crumbs=[]
    )


async def _data(most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge
    data: Any = await request.get_data(cache=False)
    if len(data) > most:
        raise RequestEntityTooLarge
    return bytes(data)


def _document() -> dict[str, Any]:
    service: Service = current_app.extensions["api"]
    cookie: SessionCookie = current_app.extensions["session_cookie"]
    return document(service.operations, version("switchhook"), _language(), cookie.name)


def _language() -> Language:
    """What the request asks for; that of the pages where it does not say."""
    return best_language(request.headers.get("Accept-Language", ""), "de" if language() == "de" else "en")


def _pretty(schema: Any) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2)


def _referred(schema: Any) -> str:
    """The name of the schema that is referred to, empty for one that stands where it is used."""
    return str(schema.get("$ref", "")).rpartition("/")[2] if isinstance(schema, dict) else ""
