"""The inbox of alerts: a tenant's, and the operator's for the whole installation."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, g, redirect, request

from switchhook import Card, Label, MenuEntry, NotFound

from ..access import OF_OPERATOR, base_of, right
from ..frame import administration, render
from ..kept.shared import whole
from ..listing import listed
from ..messages import leave
from ..texts import gettext as _

blueprint = Blueprint("alerts", __name__)
MENU: Final = (
    MenuEntry(Label("Meldungen", "Alerts"), "/alerts", "alert.view", "bell", 50, area="daily"),
    MenuEntry(Label("Meldungen", "Alerts"), "/alerts", "", "bell", 600, place="operator"),
)
CARDS: Final = (
    Card(Label("Neue Meldungen", "New alerts"), "/cards/alerts", "alert.view", "bell", 30, on=("alerts",)),
    Card(Label("Neue Meldungen", "New alerts"), "/cards/alerts", "", "bell", 40, place="operator", on=("alerts",)),
)
COLOURS: Final = {"info": "blue", "warning": "orange", "error": "red"}


@blueprint.get("/t/<tenant>/alerts")
@blueprint.get("/operator/alerts", defaults=OF_OPERATOR)
@right("alert.view")
async def show(tenant: str) -> str:
    """A tenant's alerts, or those of the installation."""
    inbox = administration().alerts.of(tenant, g.actor)
    listing = listed(filters=["state"])
    state = listing.filters["state"] or "current"
    known = {"current": "current", "closed": "closed", "all": None}
    after = whole(listing.after)
    page = await inbox.page(state=known.get(state, "current"), after=after)  # type: ignore[arg-type]
    return await render(
        "pages/alerts.html",
        listens=["alerts"],
        page=page,
        base=base_of(tenant),
        state=state,
        states=[("current", _("To do")), ("closed", _("Done")), ("all", _("All"))],
        listing=listing.going_on(str(page.after or "")),
        colours=COLOURS,
        state_words=state_words,
        severity_words=severity_words,
        may_handle=g.actor.reach("alert.handle").everything,
        has_mail=await inbox.has_mail(),
        crumbs=[(_("Alerts"), "")],
    )


@blueprint.post("/t/<tenant>/alerts/<id>/<action>")
@blueprint.post("/operator/alerts/<id>/<action>", defaults=OF_OPERATOR)
@right("alert.handle")
async def handle(tenant: str, id: str, action: str) -> Response:  # noqa: A002 - the domain's own word
    """Acknowledge or close one."""
    inbox = administration().alerts.of(tenant, g.actor)
    actions = {"acknowledge": (inbox.acknowledge, _("Noted that somebody takes care of it."))}
    actions["close"] = (inbox.close, _("Closed. If it happens again there will be a new alert."))
    if action not in actions or not id.isdecimal():
        raise NotFound(f"there is no alert {id!r}", id=id)
    work, said = actions[action]
    await work(whole(id))
    leave(said)
    return redirect(f"{base_of(tenant)}/alerts", 303)  # type: ignore[return-value]


@blueprint.post("/t/<tenant>/alerts/mail")
@blueprint.post("/operator/alerts/mail", defaults=OF_OPERATOR)
@right("alert.view")
async def wish(tenant: str) -> Response:
    """Get mail about these alerts, or no longer."""
    wanted = (await request.form).get("wanted") == "yes"
    await administration().alerts.of(tenant, g.actor).want_mail(wanted=wanted)
    leave(_("You get mail about alerts.") if wanted else _("You get no more mail about alerts."))
    return redirect(f"{base_of(tenant)}/alerts", 303)  # type: ignore[return-value]


@blueprint.get("/t/<tenant>/cards/alerts")
@blueprint.get("/operator/cards/alerts", defaults=OF_OPERATOR)
@right("alert.view")
async def card(tenant: str) -> str:
    """How many alerts nobody has looked at, and the newest of them."""
    inbox = administration().alerts.of(tenant, g.actor)
    newest = (await inbox.page(state="open", limit=3)).alerts
    count = await inbox.open_count()
    return await render(
        "cards/alerts.html",
        newest=newest,
        count=count,
        base=base_of(tenant),
        colours=COLOURS,
        severity_words=severity_words,
    )


@blueprint.get("/t/<tenant>/cards/bell")
@right("alert.view")
async def bell(tenant: str) -> str:
    """The bell of the top bar: how many alerts nobody has looked at."""
    return await render("cards/bell.html", count=await administration().alerts.of(tenant, g.actor).open_count())


def state_words(state: str) -> str:
    """Where an alert stands."""
    known = {"open": _("new"), "acknowledged": _("somebody takes care"), "closed": _("done")}
    return known.get(state, state)


def severity_words(severity: str) -> str:
    """How bad it is."""
    return {"info": _("Note"), "warning": _("Warning"), "error": _("Error")}.get(severity, severity)
