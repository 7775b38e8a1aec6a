"""The calls that were kept, and the course of each with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from quart import Blueprint, current_app, g

from switchhook import Call, CallAction, Label, MenuEntry, Outcome
from switchhook.administration import LATEST, CallFilter, caller_words

from ..access import right
from ..course_words import leg_status, step
from ..days import span
from ..frame import administration, render
from ..listing import listed
from ..outcomes import outcome_colour, outcome_words
from ..shown import caller, number
from ..texts import gettext as _

blueprint = Blueprint("calls", __name__)
MENU: Final = (MenuEntry(Label("Anrufe", "Calls"), "/calls", "call.view", "phone-incoming", 40, area="daily"),)


@blueprint.get("/t/<tenant>/calls")
@right("call.view")
async def show(tenant: str) -> str:
    """The list, newest first."""
    asked = listed(filters=("outcome", "number", "via", "since", "until"), sort=LATEST)
    since, until = span(asked.filters["since"], asked.filters["until"])
    called, via, outcome = (asked.filters[name] for name in ("number", "via", "outcome"))
    only = CallFilter(number=called, outcome=outcome, search=asked.search, since=since, until=until, via=via)
    page = await administration().records.of(tenant, g.actor).page(only, after=asked.after, order=asked.sort)
    return await render(
        "pages/calls.html",
        part="list",
        listens=["calls"],
        rows=page.calls,
        asked=asked.going_on(page.after),
        outcomes=[("none", outcome_words("")), *((one.value, outcome_words(one.value)) for one in Outcome)],
        who=caller,
        actions=actions(),
        outcome_words=outcome_words,
        outcome_colour=outcome_colour,
        crumbs=[(_("Calls"), "")],
    )


@blueprint.get("/t/<tenant>/calls/<id>")
@right("call.view")
async def course(tenant: str, id: str) -> str:  # noqa: A002 - the domain's own word
    """Everything that happened in one call."""
    found = await administration().records.of(tenant, g.actor).course(id)
    began = found.call.arrived
    steps = [((event.at - began).total_seconds(), step(event)) for event in found.events]
    outcome = found.outcome or ""
    return await render(
        "pages/call.html",
        course=found,
        caller=caller(caller_words(found.call)),
        steps=steps,
        leg_status=leg_status,
        actions=actions(),
        outcome=outcome_words(outcome),
        colour=outcome_colour(outcome),
        title=title_of(found.call),
        crumbs=[(_("Calls"), f"/t/{tenant}/calls"), (title_of(found.call), "")],
    )


def actions() -> Sequence[CallAction]:
    """What the one who asks may do about a call."""
    found: Sequence[CallAction] = current_app.extensions["call_actions"]
    return [one for one in found if not one.right or g.actor.may(one.right)]


def title_of(call: Call) -> str:
    """What a page calls a call: by whom it was placed to, or by the number that was called."""
    if call.direction == "outbound":
        return _("Call placed to %(who)s", who=number(call.caller.number) or call.caller.name)
    return _("Call to %(number)s", number=number(call.number) or _("an unknown number"))
