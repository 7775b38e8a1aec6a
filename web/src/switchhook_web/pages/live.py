"""What is new, pushed to pages that are open; the pages then load anew what they show, by the rights of that."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from quart import Blueprint, Response, current_app, g, request

from switchhook.administration import OPERATOR_TENANT, Actor

from .. import navigation
from ..access import OF_OPERATOR, base_of, signed_in
from ..frame import administration, now
from ..seats import asker
from ..streams import MEDIA, Streams

blueprint = Blueprint("live", __name__)
LONGEST: Final = 2_000
"""Characters of a list of topics."""


@blueprint.get("/t/<tenant>/live")
@blueprint.get("/operator/live", defaults=OF_OPERATOR)
@signed_in
async def listen(tenant: str) -> Response:
    """News of the topics that are asked for, each of which has its right, as long as the page is open."""
    topics = [one for one in request.args.get("on", "")[:LONGEST].split(",") if one]
    return streamed(news(tenant, g.actor, topics, request.args.get("since", "")))


def news(tenant: str, actor: Actor, topics: Collection[str], since: str) -> AsyncIterator[bytes]:
    """A stream for the one who asks; the browser says itself from when on where it was interrupted."""
    streams: Streams = current_app.extensions["streams"]
    if request.method == "HEAD":
        return _nothing()
    return streams.open(tenant, actor, asker(), topics, _moment(request.headers.get("Last-Event-ID", "") or since))


def streamed(said: AsyncIterator[bytes]) -> Response:
    """The answer that goes on until either side ends it."""
    response = Response(said, content_type=MEDIA)
    response.timeout = None  # else it is cut off after a minute
    response.headers["X-Accel-Buffering"] = "no"
    return response


def address(topics: Collection[str]) -> str:
    """Where a page listens to what it shows, and to alerts for its bell; empty where there is nothing to hear."""
    actor = g.get("actor")
    tenant = navigation.tenant() or (OPERATOR_TENANT if actor is not None and actor.role == "operator" else "")
    if actor is None or not tenant:
        return ""
    seen = administration().news.seen(tenant, actor)
    wanted = [one for one in seen if one in topics or (one == "alerts" and actor.reach("alert.view").everything)]
    if tenant != OPERATOR_TENANT and (wanted or administration().notices.of(tenant, actor)):
        wanted.append("notices")
    query = urlencode({"on": ",".join(wanted), "since": now().isoformat()})
    return f"{base_of(tenant)}/live?{query}" if wanted else ""


def _moment(text: str) -> datetime | None:
    """The moment a stream goes on from; what is none tells nothing."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


async def _nothing() -> AsyncIterator[bytes]:
    empty: tuple[bytes, ...] = ()
    for part in empty:
        yield part
