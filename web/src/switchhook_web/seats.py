"""Who sits before the browser: the session's cookie or an API token, and the door that knows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

import attrs
from quart import Response, current_app, request

from switchhook.administration import Actor, Settings


class Seat(Protocol):
    """One who is signed in, by a session or an API token."""

    account: Any
    actor: Actor
    tenant: str
    session_id: str
    csrf: str
    must: str
    notice_days: int

    def actor_in(self, tenant: str) -> Any:
        """The operator as it acts in a tenant; raises ``NotFound``."""


class Door(Protocol):
    """Lets people in, and knows who is in."""

    async def sign_in(self, username: str, password: str, *, address: str, agent: str) -> Any:
        """A new session, whose ``token`` belongs into the cookie, with its ``seat``."""

    async def second_factor(self, challenge: str, code: str, *, address: str, agent: str) -> Any:
        """The same, for one whose password was right and who gives a code now."""

    async def seat(self, token: str) -> Seat | None:
        """Who holds a session's token."""

    async def bearer(self, token: str) -> Seat | None:
        """Who holds an API token."""

    async def seats(self, sessions: Collection[str], bearers: Collection[str]) -> Mapping[str, Seat]:
        """Who holds each of many tokens, of sessions and of the API; those nobody holds are not there."""

    async def sign_out(self, token: str) -> None:
        """End a session."""


@attrs.frozen
class SessionCookie:
    """The cookie of a session. Its name is this portal's own, as cookies do not tell the ports of a host apart."""

    name: str
    secure: bool

    @classmethod
    def of(cls, settings: Settings) -> SessionCookie:
        """``__Host-`` where people come by https; by http, as on one's own machine, browsers refuse that."""
        secure = settings.web.url.startswith("https://")
        name = f"switchhook-{settings.web.port}"
        return cls(f"__Host-{name}" if secure else name, secure)

    def token(self) -> str:
        """The token that came with the request, empty without one."""
        return request.cookies.get(self.name, "")

    def put(self, response: Response, token: str) -> None:
        """Let the browser keep a token until it is closed."""
        response.set_cookie(self.name, token, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def drop(self, response: Response) -> None:
        """Let the browser forget it."""
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="Lax")


@attrs.frozen
class Asker:
    """Who asks, as the request says it: by an API token (``bearer``), which counts for the API alone, or a session."""

    token: str = attrs.field(repr=False)
    bearer: bool = False


def asker() -> Asker:
    """Who asks; the token is empty for nobody."""
    scheme, _, word = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and request.path.startswith("/api/"):
        return Asker(word.strip(), bearer=True)
    cookie: SessionCookie = current_app.extensions["session_cookie"]
    return Asker(cookie.token())


async def seat_of_request() -> Seat | None:
    """The seat of the one who asks."""
    door: Door = current_app.extensions["door"]
    one = asker()
    if one.bearer:
        return await door.bearer(one.token)
    return await door.seat(one.token) if one.token else None


def by_session() -> bool:
    """Whether the request relies on a cookie, so that another site could have sent it."""
    return not (
        request.path.startswith("/api/") and request.headers.get("Authorization", "").lower().startswith("bearer ")
    )
