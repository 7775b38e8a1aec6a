"""The start page of a tenant: cards that plugins and the web bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from quart import Blueprint, current_app, g

from switchhook import Card, Label, MenuEntry

from ..access import right, signed_in
from ..frame import administration, now, render
from ..texts import gettext as _

blueprint = Blueprint("dashboard", __name__)
MENU: Final = (MenuEntry(Label("Übersicht", "Dashboard"), "", icon="layout-dashboard", order=10),)
CARDS: Final = (
    Card(Label("Gespräche jetzt", "Calls now"), "/cards/live", "live.view", "phone-calling", 10, every=5),
    Card(Label("Anrufe heute", "Calls today"), "/cards/today", "call.view", "chart-bar", 20, every=30),
)


@blueprint.get("/t/<tenant>")
@signed_in
async def show(tenant: str) -> str:
    """The cards of those who may see them."""
    cards: Sequence[Card] = current_app.extensions["cards"]
    seen = [card for card in cards if not card.right or g.actor.may(card.right)]
    return await render("pages/dashboard.html", cards=seen, crumbs=[])


@blueprint.get("/t/<tenant>/cards/live")
@right("live.view")
async def live(tenant: str) -> str:
    """How many calls are on, and whether that is known."""
    return await render("cards/live.html", now_on=await administration().records.of(tenant, g.actor).now())


@blueprint.get("/t/<tenant>/cards/today")
@right("call.view")
async def today(tenant: str) -> str:
    """What came of the calls of the last 24 hours."""
    until = now()
    counts = await administration().records.of(tenant, g.actor).outcomes(until - timedelta(hours=24), until)
    rows = [(outcome_words(outcome.value), count) for outcome, count in counts.items()]
    return await render("cards/today.html", rows=sorted(rows, key=lambda row: -row[1]), total=sum(counts.values()))


def outcome_words(outcome: str) -> str:
    """An outcome as people say it."""
    known = {
        "human": _("Spoke with somebody"),
        "machine_only": _("Announcements only"),
        "abandoned_queue": _("Hung up while waiting"),
        "abandoned_ring": _("Hung up while it rang"),
        "no_answer": _("Nobody answered"),
        "busy": _("Busy"),
        "rejected": _("Rejected"),
        "blocked": _("Blocked"),
        "failed": _("Failed"),
        "internal": _("Internal"),
    }
    return known.get(outcome, outcome)
