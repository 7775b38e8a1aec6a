"""The pages of messages; only the web imports this."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from quart import Blueprint, Response, g, redirect, request

from switchhook import NotFound
from switchhook_web.extending import (
    administration,
    dialled,
    leave,
    listed,
    ngettext,
    number,
    render,
    right,
    sound_of,
)
from switchhook_web.extending import gettext as _

from .inbox import DELETE, MOST, VIEW, Inbox, Wanted
from .messages import Message
from .operations import OPERATIONS, STATES, number_of
from .told import file_name

__all__ = ["LOCALE", "OPERATIONS", "blueprint"]

blueprint = Blueprint("mailbox", __name__, template_folder="templates")
LOCALE: Final = Path(__file__).with_name("locale")


def inbox(tenant: str) -> Inbox:
    """The messages as whoever asks may hear them."""
    return Inbox(administration(), tenant, g.actor)


@blueprint.get("/messages")
@right(VIEW)
async def messages(tenant: str) -> str:
    """The messages, newest first."""
    listing = listed(filters=("mailbox", "state"))
    boxes = await inbox(tenant).boxes()
    chosen = listing.filters["mailbox"] if listing.filters["mailbox"] in boxes else ""
    new = STATES.get(listing.filters["state"])
    page = await inbox(tenant).page(Wanted(chosen, new, listing.search, number_of(listing.after)))
    return await render(
        "mailbox/messages.html",
        part="list",
        listens=["message"],
        rows=page.messages,
        boxes=boxes,
        names=[(one, box.name) for one, box in boxes.items()],
        states=[("new", _("New")), ("heard", _("Heard"))],
        listing=listing.going_on(str(page.after or "")),
        caller_of=caller_of,
        told_caller=told_caller,
        may_delete=g.actor.may(DELETE),
        crumbs=[(_("Messages"), "")],
    )


@blueprint.get("/messages/<id>")
@right(VIEW)
async def message(tenant: str, id: str) -> str:  # noqa: A002 - the domain's own word
    """One message, to be heard."""
    return await _shown(tenant, id)


@blueprint.post("/messages/<id>/heard")
@right(VIEW)
async def heard(tenant: str, id: str) -> str:  # noqa: A002
    """Somebody plays a message: it is heard, by telephone and lamp as well. Gives what the page says of it then."""
    await inbox(tenant).hear([number_of(id)], heard=True)
    return await _shown(tenant, id, part="facts")


async def _shown(tenant: str, id: str, *, part: str = "") -> str:  # noqa: A002
    mine = inbox(tenant)
    found = await mine.get(number_of(id))
    return await render(
        "mailbox/message.html",
        part=part,
        message=found,
        sounding=await mine.sounding(found),
        box=(await mine.boxes())[found.mailbox],
        caller=caller_of(found),
        who=told_caller(found),
        mail=mail_words(found),
        sees_call=bool(found.call) and g.actor.may("call.view"),
        may_delete=g.actor.may(DELETE),
        crumbs=[(_("Messages"), f"/t/{tenant}/x/mailbox/messages"), (_("Message"), "")],
    )


@blueprint.get("/messages/<id>/sound")
@right(VIEW)
async def sound(tenant: str, id: str) -> Response:  # noqa: A002
    """The sound of a message, whole or in part."""
    mine = inbox(tenant)
    found = await mine.get(number_of(id))
    box = (await mine.boxes())[found.mailbox]
    name = file_name(box, found).removesuffix(".wav") if "download" in request.args else ""
    return await sound_of(await mine.sounding(found), download=name)


@blueprint.post("/messages/_change")
@right(VIEW)
async def change(tenant: str) -> Response:
    """Mark what was ticked."""
    given = await request.form
    action = given.get("action", "")
    if action not in ("heard", "new"):
        raise NotFound(f"there is no action {action[:20]!r}")
    if ids := ticked(given.getlist("message")):
        count = await inbox(tenant).hear(ids, heard=action == "heard")
        leave(ngettext("%(num)d message was marked.", "%(num)d messages were marked.", count))
    return back(tenant)


@blueprint.post("/messages/_delete")
@right(DELETE)
async def delete(tenant: str) -> Response:
    """Delete what was ticked."""
    if ids := ticked((await request.form).getlist("message")):
        count = await inbox(tenant).delete(ids)
        leave(ngettext("%(num)d message was deleted.", "%(num)d messages were deleted.", count))
    return back(tenant)


def ticked(given: Sequence[str]) -> Sequence[int]:
    """The messages that were ticked; says so where there are none."""
    if not given:
        leave(_("Tick the messages first."), kind="error")
    return [number_of(one) for one in given[:MOST]]


def back(tenant: str) -> Response:
    """To the list."""
    return redirect(f"/t/{tenant}/x/mailbox/messages", 303)  # type: ignore[return-value]


@blueprint.get("/card")
@right(VIEW)
async def card(tenant: str) -> str:
    """The new messages, by mailbox."""
    mine = inbox(tenant)
    counts, boxes = await mine.count_new(), await mine.boxes()
    found = sorted(((boxes[one].name, one, count) for one, count in counts.items()), key=lambda row: row[0])
    return await render("mailbox/card.html", found=found)


def told_caller(found: Message) -> str:
    """Who left a message, as a text."""
    return number(found.caller) if found.caller else _("withheld number")


def caller_of(found: Message) -> Any:
    """Who left a message."""
    return dialled(found.caller) if found.caller else _("withheld number")


def mail_words(found: Message) -> str:
    """What became of the mail about a message."""
    said = {
        "queued": _("on its way"),
        "sent": _("taken by the mail server"),
        "refused": _("refused, or given up"),
    }
    return said.get(found.mail, _("none was wanted"))
