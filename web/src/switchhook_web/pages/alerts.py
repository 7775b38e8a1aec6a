"""The inbox of alerts: a tenant's, and the operator's for the whole installation."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, g, redirect, request

from switchhook import Card, Label, MenuEntry, NotFound

from ..access import operator, right
from ..frame import administration, render
from ..kept.shared import whole
from ..listing import listed
from ..messages import leave
from ..texts import gettext as _

blueprint = Blueprint("alerts", __name__)
MENU: Final = (
    MenuEntry(Label("Meldungen", "Alerts"), "/alerts", "alert.view", "bell", 600),
    MenuEntry(Label("Meldungen", "Alerts"), "/alerts", "", "bell", 600, place="operator"),
)
CARDS: Final = (
    Card(Label("Neue Meldungen", "New alerts"), "/cards/alerts", "alert.view", "bell", 30, every=30),
    Card(Label("Neue Meldungen", "New alerts"), "/cards/alerts", "", "bell", 40, every=30, place="operator"),
)
COLOURS: Final = {"info": "blue", "warning": "orange", "error": "red"}
_OPERATOR: Final = "operator"


@blueprint.get("/t/<tenant>/alerts")
@right("alert.view")
async def show(tenant: str) -> str:
    """A tenant's alerts."""
    return await _page(tenant, f"/t/{tenant}")


@blueprint.get("/operator/alerts")
@operator
async def show_all() -> str:
    """The alerts of the installation."""
    return await _page(_OPERATOR, "/operator")


@blueprint.post("/t/<tenant>/alerts/<id>/<action>")
@right("alert.handle")
async def handle(tenant: str, id: str, action: str) -> Response:  # noqa: A002 - the domain's own word
    """Acknowledge or close one."""
    return await _handle(tenant, f"/t/{tenant}", id, action)


@blueprint.post("/operator/alerts/<id>/<action>")
@operator
async def handle_one(id: str, action: str) -> Response:  # noqa: A002
    """Acknowledge or close one of the installation."""
    return await _handle(_OPERATOR, "/operator", id, action)


@blueprint.post("/t/<tenant>/alerts/mail")
@right("alert.view")
async def wish(tenant: str) -> Response:
    """Get mail about alerts, or no longer."""
    return await _wish(tenant, f"/t/{tenant}")


@blueprint.post("/operator/alerts/mail")
@operator
async def wish_all() -> Response:
    """Get mail about alerts of the installation, or no longer."""
    return await _wish(_OPERATOR, "/operator")


@blueprint.get("/t/<tenant>/cards/alerts")
@right("alert.view")
async def card(tenant: str) -> str:
    """How many alerts nobody has looked at, and the newest of them."""
    return await _card(tenant, f"/t/{tenant}")


@blueprint.get("/operator/cards/alerts")
@operator
async def card_of_all() -> str:
    """The same for alerts of the installation."""
    return await _card(_OPERATOR, "/operator")


async def _card(tenant: str, base: str) -> str:
    inbox = administration().alerts.of(tenant, g.actor)
    newest = (await inbox.page(state="open", limit=3)).alerts
    count = await inbox.open_count()
    return await render("cards/alerts.html", newest=newest, count=count, base=base, colours=COLOURS)


async def _page(tenant: str, base: str) -> str:
    inbox = administration().alerts.of(tenant, g.actor)
    listing = listed(filters=["state"])
    state = listing.filters["state"] or "current"
    known = {"current": "current", "closed": "closed", "all": None}
    after = whole(listing.after)
    page = await inbox.page(state=known.get(state, "current"), after=after)  # type: ignore[arg-type]
    return await render(
        "pages/alerts.html",
        page=page,
        base=base,
        state=state,
        states=[("current", _("Open")), ("closed", _("Closed")), ("all", _("All"))],
        listing=listing.going_on(str(page.after or "")),
        colours=COLOURS,
        state_words=state_words,
        may_handle=g.actor.reach("alert.handle").everything,
        has_mail=await inbox.has_mail(),
        crumbs=[(_("Alerts"), "")],
    )


async def _handle(tenant: str, base: str, id: str, action: str) -> Response:  # noqa: A002
    inbox = administration().alerts.of(tenant, g.actor)
    actions = {"acknowledge": (inbox.acknowledge, _("Noted that somebody takes care of it."))}
    actions["close"] = (inbox.close, _("Closed. If it happens again there will be a new alert."))
    if action not in actions or not id.isdecimal():
        raise NotFound(f"there is no alert {id!r}", id=id)
    work, said = actions[action]
    await work(whole(id))
    leave(said)
    return redirect(f"{base}/alerts", 303)  # type: ignore[return-value]


async def _wish(tenant: str, base: str) -> Response:
    wanted = (await request.form).get("wanted") == "yes"
    await administration().alerts.of(tenant, g.actor).want_mail(wanted=wanted)
    leave(_("You get mail about alerts.") if wanted else _("You get no more mail about alerts."))
    return redirect(f"{base}/alerts", 303)  # type: ignore[return-value]


def state_words(state: str) -> str:
    """Where an alert stands."""
    known = {"open": _("new"), "acknowledged": _("somebody takes care"), "closed": _("closed")}
    return known.get(state, state)
