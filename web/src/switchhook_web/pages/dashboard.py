"""The start page of a tenant: cards that plugins and the web bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from quart import Blueprint, current_app, g

from switchhook import Card, Label, MenuEntry

from ..access import operator, right, signed_in
from ..frame import administration, now, render
from ..outcomes import outcome_words
from ..shown import midnight
from .plugins import COLOURS, state_words

blueprint = Blueprint("dashboard", __name__)
MENU: Final = (
    MenuEntry(Label("Übersicht", "Dashboard"), "", icon="layout-dashboard", order=10, area="daily"),
    MenuEntry(Label("Installation", "Installation"), "", icon="server", order=790, place="operator"),
)
CARDS: Final = (
    Card(Label("Gespräche jetzt", "Calls now"), "/cards/live", "live.view", "phone-calling", 10, on=("live",)),
    Card(Label("Anrufe heute", "Calls today"), "/cards/today", "call.view", "chart-bar", 20, on=("calls",)),
    Card(Label("Aufbewahrt", "Kept records"), "/cards/kept", "call.view", "database", 40, on=("calls", "mails")),
    Card(Label("Asterisk", "Asterisk"), "/cards/asterisk", "", "phone", 10, place="operator", on=("asterisk",)),
    Card(Label("Plugins", "Plugins"), "/cards/plugins", "", "puzzle", 20, place="operator", on=("plugins",)),
    Card(Label("Speicher", "Storage"), "/cards/storage", "", "database", 30, place="operator", on=("disk",)),
)


@blueprint.get("/t/<tenant>")
@signed_in
async def show(tenant: str) -> str:
    """The cards of those who may see them."""
    cards: Sequence[Card] = current_app.extensions["cards"]
    seen = [card for card in cards if card.place == "tenant" and (not card.right or g.actor.may(card.right))]
    return await _cards(seen, f"/t/{tenant}")


@blueprint.get("/operator")
@operator
async def overview() -> str:
    """The operator's cards: the installation as a whole."""
    cards: Sequence[Card] = current_app.extensions["cards"]
    seen = [card for card in cards if card.place == "operator"]
    return await _cards(seen, "/operator")


async def _cards(seen: Sequence[Card], before: str) -> str:
    topics = {topic for card in seen for topic in card.on}
    return await render("pages/dashboard.html", cards=seen, before=before, listens=topics, crumbs=[])


@blueprint.get("/operator/cards/plugins")
@operator
async def plugins() -> str:
    """How many plugins there are in which state, and the latest fault."""
    care = administration().plugins.of(g.actor)
    states = Counter(plugin.state for plugin in await care.all())
    faults = await care.faults(limit=1)
    return await render("cards/plugins.html", states=states, state_words=state_words, colours=COLOURS, faults=faults)


@blueprint.get("/operator/cards/storage")
@operator
async def storage() -> str:
    """The disk below the data directory."""
    return await render("cards/storage.html", storage=await administration().condition.storage(g.actor))


@blueprint.get("/operator/cards/asterisk")
@operator
async def asterisk() -> str:
    """Whether Asterisk is there, and how many calls it has."""
    stale, started, calls = administration().condition.asterisk(g.actor)
    return await render("cards/asterisk.html", stale=stale, started=started, calls=calls)


@blueprint.get("/t/<tenant>/cards/live")
@right("live.view")
async def live(tenant: str) -> str:
    """How many calls are on, and whether that is known."""
    return await render("cards/live.html", now_on=await administration().records.of(tenant, g.actor).now())


@blueprint.get("/t/<tenant>/cards/today")
@right("call.view")
async def today(tenant: str) -> str:
    """What came of the calls since midnight."""
    until = now()
    counts = await administration().records.of(tenant, g.actor).outcomes(midnight(until), until)
    rows = [(outcome_words(outcome), count) for outcome, count in counts.items()]
    return await render("cards/today.html", rows=sorted(rows, key=lambda row: -row[1]), total=sum(counts.values()))


@blueprint.get("/t/<tenant>/cards/kept")
@right("call.view")
async def kept(tenant: str) -> str:
    """What is kept of the tenant, as far as one may see it, and for how long."""
    calls, oldest = await administration().records.of(tenant, g.actor).kept()
    mails = await administration().post.of(tenant, g.actor).kept()
    days = administration().settings.portal.keep_days
    return await render("cards/kept.html", calls=calls, oldest=oldest, mails=mails, days=days)
