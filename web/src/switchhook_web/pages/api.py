"""The REST API below ``/api``, and its description for programs."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

from quart import Blueprint, Response, current_app, g, request
from quart.blueprints import BlueprintSetupState
from werkzeug.exceptions import RequestEntityTooLarge

from switchhook import Label, MenuEntry
from switchhook.administration import Language

from ..access import signed_in
from ..api.openapi import BASE
from ..api.operation import JSON
from ..api.operations import all_operations
from ..api.serving import Heard, Service, as_text
from ..bodies import takes
from ..seats import SessionCookie
from ..texts import best_language, language
from .live import news, streamed

METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
MOST: Final = 16 << 20
blueprint = Blueprint("api", __name__)
MENU: Final = (MenuEntry(Label("API", "API"), "/api/docs", icon="code", order=900, place="account"),)


def _begin(state: BlueprintSetupState) -> None:
    administration = state.app.extensions["administration"]
    state.app.extensions["api"] = Service(
        administration, [*all_operations(administration), *state.app.extensions["operations"]]
    )


blueprint.record_once(_begin)


@blueprint.get(f"{BASE}/openapi.json")
@signed_in
async def openapi() -> Response:
    """The description: what this installation has, in the language asked for."""
    return Response(as_text(await described()), content_type=JSON, headers={"Vary": "Accept-Language, Cookie"})


@blueprint.route(f"{BASE}/<path:rest>", methods=METHODS)
@signed_in
@takes(MOST)
async def answer(rest: str) -> Response:
    """Any operation. Who may do what is said by the operation, and by the service behind it."""
    said = await service().answer(
        Heard(
            method=request.method,
            path=f"/{rest}",
            query=list(request.args.items(multi=True)),
            headers=request.headers,
            data=_data,
            seat=g.seat,
            language=in_language(),
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
    if said.session:
        cookie: SessionCookie = current_app.extensions["session_cookie"]
        cookie.put(response, said.session)
    return response


async def _data(most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge
    data: Any = await request.get_data(cache=False)
    if len(data) > most:
        raise RequestEntityTooLarge
    return bytes(data)


def service() -> Service:
    """All operations of this installation."""
    found: Service = current_app.extensions["api"]
    return found


async def described() -> dict[str, Any]:
    """The description, in the language asked for."""
    cookie: SessionCookie = current_app.extensions["session_cookie"]
    return await service().described(version("switchhook"), in_language(), cookie.name)


def in_language() -> Language:
    """What the request asks for; that of the pages where it does not say."""
    return best_language(request.headers.get("Accept-Language", ""), "de" if language() == "de" else "en")
