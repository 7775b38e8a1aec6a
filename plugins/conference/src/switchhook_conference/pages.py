"""The page of conferences; only the web imports this."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from quart import Blueprint, Response, g, redirect, request

from switchhook import LegRefused, NotFound, PlacingRefused
from switchhook_web.extending import administration, caller, leave, render, right, told
from switchhook_web.extending import gettext as _

from .operations import OPERATIONS
from .running import RUN, VIEW, Conferences, who_is

__all__ = ["LOCALE", "OPERATIONS", "blueprint"]

blueprint = Blueprint("conference", __name__, template_folder="templates")
LOCALE: Final = Path(__file__).with_name("locale")


def conferences(tenant: str) -> Conferences:
    """The rooms as whoever asks may see them."""
    return Conferences(administration(), tenant, g.actor)


@blueprint.get("/rooms")
@right(VIEW)
async def rooms(tenant: str) -> str:
    """Every room with who is in it."""
    lines = await conferences(tenant).all()
    return await render(
        "conference/rooms.html",
        part="rooms",
        listens=["live"],
        lines=lines,
        stale=next((line.now.stale for line in lines if line.now.stale), ""),
        who=lambda member: caller(who_is(member)) if member.call else _("not known"),
        may_run=g.actor.may(RUN),
        phones=sorted(administration().settings.phones),
        crumbs=[(_("Conferences"), "")],
    )


@blueprint.post("/rooms/<id>")
@right(RUN)
async def change(tenant: str, id: str) -> Response:  # noqa: A002 - the domain's own word
    """Mute, remove or lock, as the button says."""
    given = await request.form
    action, member, mine = given.get("action", ""), given.get("member", ""), conferences(tenant)
    if action in ("mute", "unmute"):
        await mine.mute(id, member, muted=action == "mute")
    elif action in ("lock", "open"):
        await mine.lock(id, locked=action == "lock")
    elif action == "remove":
        await mine.remove(id, member)
    else:
        raise NotFound(f"there is no action {action[:20]!r}")
    return _back(tenant)


@blueprint.post("/call-in")
@right(RUN)
async def call_in(tenant: str) -> Response:
    """Call somebody into a room."""
    given = await request.form
    try:
        await conferences(tenant).call_in(given.get("room", ""), given.get("target", "").replace(" ", ""))
        leave(_("The call is being placed. Whoever answers presses 1 to join."))
    except (LegRefused, PlacingRefused) as refused:
        leave(told(str(refused)), kind="error")
    return _back(tenant)


def _back(tenant: str) -> Response:
    return redirect(f"/t/{tenant}/x/conference/rooms", 303)  # type: ignore[return-value]
