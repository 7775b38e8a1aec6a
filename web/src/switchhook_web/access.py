"""Who may use a route: each one says so with a decorator, and one that says nothing stops the start."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar, Final, Literal, TypeVar

import attrs
from quart import Quart, Response, current_app, g, redirect, request
from werkzeug.exceptions import Unauthorized

from switchhook import NotFound, SwitchhookError
from switchhook.administration import OPERATOR_TENANT, Actor, Forbidden

from .seats import Seat, seat_of_request

F = TypeVar("F", bound=Callable[..., Any])
_MARK: Final = "switchhook_access"

OPEN: Final = frozenset(
    {
        "/static/<name>",
        "/sign-in",
        "/forgot",
        "/set-password/<token>",
        "/preferences",
    }
)
"""The rules of the only routes that may be ``open_to_all``."""
WHILE_DUE: Final = frozenset({"account.password", "account.change_password", "sign_in.leave"})
"""What is left to one whose password is due to be changed."""
WITHOUT_FACTOR: Final = frozenset({"account.factor", "account.enrol", "account.confirm_factor", "sign_in.leave"})
"""What is left to one who has to set a second factor up first."""


class RouteRefused(SwitchhookError):
    """A route that does not say who may use it, or says what it may not."""

    code = "route_refused"


@attrs.frozen
class Access:
    """Who may use a route."""

    who: Literal["all", "signed_in", "operator", "right"]
    right: str = ""


OF_OPERATOR: Final[dict[str, Any]] = {"tenant": OPERATOR_TENANT}
"""The defaults of a second route below ``/operator`` to what is there for each tenant: the operator's own."""


def base_of(tenant: str) -> str:
    """What stands before the paths of a tenant's pages."""
    return "/operator" if tenant == OPERATOR_TENANT else f"/t/{tenant}"


def right(word: str) -> Callable[[F], F]:
    """For those with this right over anything at all in the tenant of the URL; how far it goes is up to the service."""
    return _marked(Access("right", word))


def signed_in(view: F) -> F:
    """For everybody who is signed in."""
    return _marked(Access("signed_in"))(view)


def operator(view: F) -> F:
    """For the operator of the portal alone."""
    return _marked(Access("operator"))(view)


def open_to_all(view: F) -> F:
    """For everybody; its rule has to be in ``OPEN``."""
    return _marked(Access("all"))(view)


def _marked(access: Access) -> Callable[[F], F]:
    def mark(view: F) -> F:
        setattr(view, _MARK, access)
        return view

    return mark


def access_of(app: Quart, endpoint: str) -> Access:
    """Who may use an endpoint; raises :class:`RouteRefused` when it does not say."""
    access = getattr(app.view_functions[endpoint], _MARK, None)
    if not isinstance(access, Access):
        raise RouteRefused(f"the route {endpoint!r} does not say who may use it", endpoint=endpoint)
    return access


def check_routes(app: Quart) -> None:
    """Raise :class:`RouteRefused` unless every route says who may use it, and only the known ones are open."""
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if access.who == "all" and rule.rule not in OPEN:
            raise RouteRefused(f"the route {rule.rule!r} must not be open to all", endpoint=rule.endpoint)
        if access.who == "right" and "tenant" not in rule.arguments:
            raise RouteRefused(f"the route {rule.rule!r} needs a right, but names no tenant", endpoint=rule.endpoint)


async def admit() -> Response | None:
    """Find out who asks, before every view, and let only those through whom the route is for."""
    g.actor, g.tenant, g.tenant_name = None, "", ""
    g.seat = seat = await seat_of_request()
    if request.routing_exception is not None:
        if seat is None and getattr(request.routing_exception, "code", 404) != 404:
            raise Unauthorized
        return None
    assert request.endpoint is not None  # noqa: S101 - a rule was found
    access = access_of(current_app, request.endpoint)
    if access.who == "all":
        return None
    if seat is None:
        raise Unauthorized
    if seat.must == "change_password" and request.endpoint not in WHILE_DUE:
        return _first("/account/password", PasswordExpired)
    if seat.must == "second_factor" and request.endpoint not in WITHOUT_FACTOR:
        return _first("/account/factor", FactorMissing)
    await _admit(access, seat)
    return None


async def _admit(access: Access, seat: Seat) -> None:
    actor, tenant = seat.actor, (request.view_args or {}).get("tenant")
    if tenant is not None:
        actor = await _actor_in(seat, str(tenant))
        g.tenant = str(tenant)
    if access.who == "operator" and actor.role != "operator":
        raise Forbidden("this is for the operator of the portal")
    if access.who == "right":
        actor.need(access.right)
    g.actor = actor


async def _actor_in(seat: Seat, tenant: str) -> Actor:
    if tenant == seat.tenant:
        return seat.actor
    if seat.actor.role != "operator":
        raise NotFound(f"there is no tenant {tenant!r}", tenant=tenant)
    found = seat.actor_in(tenant)
    actor: Actor = await found if inspect.isawaitable(found) else found
    details = await current_app.extensions["administration"].tenants.of(actor).get(tenant)
    g.tenant_name = details.name
    return actor


def _first(path: str, refusal: type[MustFirst]) -> Response:
    if request.path.startswith("/api/"):
        raise refusal
    return redirect(path, 303)  # type: ignore[return-value]


class MustFirst(SwitchhookError):
    """Something has to be done in the browser before anything else can be."""

    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class PasswordExpired(MustFirst):
    """The password has to be changed before anything else can be done."""

    code = "password_expired"
    sentence = "the password is due to be changed; change it in the browser first"


class FactorMissing(MustFirst):
    """A second factor has to be set up before anything else can be done."""

    code = "second_factor_missing"
    sentence = "the tenant asks for a second factor; set it up in the browser first"
