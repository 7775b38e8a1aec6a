"""Against requests that another site makes a browser send."""

from __future__ import annotations

import hmac
from typing import Final

from quart import current_app, g, request

from switchhook.administration import Forbidden

from .seats import by_session

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER: Final = "X-CSRF-Token"
FIELD: Final = "csrf"
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class ForeignRequest(Forbidden):
    """A request that did not come from the portal's own pages."""

    code = "foreign_request"


async def check_origin() -> None:
    """Refuse what changes something and does not come from a page of ours: by its origin, and by the session's token."""
    if request.method in SAFE or request.routing_exception is not None or not by_session():
        return
    _check_site()
    if g.seat is None:
        return  # signing in and the like: there is no token yet, and the origin is ours
    given = request.headers.get(HEADER, "")
    if not given and request.mimetype in _FORMS:
        given = str((await request.form).get(FIELD, ""))
    if not hmac.compare_digest(given.encode(), g.seat.csrf.encode()):
        raise ForeignRequest("this page is too old to be sent; load it again and repeat what you did")


def _check_site() -> None:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours = {f"{request.scheme}://{request.host}", current_app.extensions["administration"].settings.web.url}
    if origin is not None and origin not in ours:
        raise ForeignRequest(
            f"this came from another site, {origin[:100]}; where a proxy stands before the portal, [web] public_url names its address"
        )
    if site is not None and site != "same-origin":
        raise ForeignRequest("this came from another site")
    if origin is None and site is None:
        raise ForeignRequest("a browser says where a request comes from, and this one did not")
