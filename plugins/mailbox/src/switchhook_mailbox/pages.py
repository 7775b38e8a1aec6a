"""The pages of messages, and the operations of the API that do the same; only the web imports this."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs
from quart import Blueprint, Response, g, redirect, request

from switchhook import Label, NotFound, setting
from switchhook_web.extending import (
    ANY,
    Answer,
    Asked,
    NumberedQuery,
    Operation,
    a_page,
    administration,
    dialled,
    leave,
    list_of,
    listed,
    ngettext,
    page_of,
    render,
    right,
    sound_of,
    values_of,
)
from switchhook_web.extending import gettext as _

from .inbox import DELETE, MOST, VIEW, Inbox, Wanted
from .messages import Message
from .told import file_name

blueprint = Blueprint("mailbox", __name__, template_folder="templates")
LOCALE: Final = Path(__file__).with_name("locale")
STATES: Final = {"new": True, "heard": False}


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
    page = await inbox(tenant).page(Wanted(chosen, new, listing.search, _number(listing.after)))
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
        may_delete=g.actor.may(DELETE),
        crumbs=[(_("Messages"), "")],
    )


@blueprint.get("/messages/<id>")
@right(VIEW)
async def message(tenant: str, id: str) -> str:  # noqa: A002 - the domain's own word
    """One message, to be heard."""
    mine = inbox(tenant)
    found = await mine.get(_number(id))
    return await render(
        "mailbox/message.html",
        message=found,
        sounding=await mine.sounding(found),
        box=(await mine.boxes())[found.mailbox],
        caller=caller_of(found),
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
    found = await mine.get(_number(id))
    box = (await mine.boxes())[found.mailbox]
    name = file_name(box, found).removesuffix(".wav") if "download" in request.args else ""
    return await sound_of(await mine.sounding(found), download=name)


@blueprint.post("/messages/_change")
@right(VIEW)
async def change(tenant: str) -> Response:
    """Mark or delete what was ticked."""
    given = await request.form
    ids = [_number(one) for one in given.getlist("message")[:MOST]]
    action, mine = given.get("action", ""), inbox(tenant)
    if not ids:
        leave(_("Tick the messages first."), kind="error")
    elif action == "delete":
        count = await mine.delete(ids)
        leave(ngettext("%(num)d message was deleted.", "%(num)d messages were deleted.", count))
    elif action in ("heard", "new"):
        count = await mine.hear(ids, heard=action == "heard")
        leave(ngettext("%(num)d message was marked.", "%(num)d messages were marked.", count))
    else:
        raise NotFound(f"there is no action {action[:20]!r}")
    return redirect(f"/t/{tenant}/x/mailbox/messages", 303)  # type: ignore[return-value]


@blueprint.get("/card")
@right(VIEW)
async def card(tenant: str) -> str:
    """The new messages, by mailbox."""
    mine = inbox(tenant)
    counts, boxes = await mine.count_new(), await mine.boxes()
    found = sorted(((boxes[one].name, one, count) for one, count in counts.items()), key=lambda row: row[0])
    return await render("mailbox/card.html", found=found)


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


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


# -- the API ------------------------------------------------------------------------------------------


@attrs.frozen
class MessageQuery(NumberedQuery):
    """Which messages."""

    mailbox: str = setting("text", "Mailbox", "Mailbox", default="")
    state: str = setting("choice", "Zustand", "State", default="", choices=("", "new", "heard"))
    search: str = setting("text", "Suche", "Search", default="")


@attrs.frozen
class Marking:
    """Whether a message counts as heard."""

    heard: bool = setting("boolean", "Abgehört", "Heard")


@attrs.frozen
class Waiting:
    """How many new messages a mailbox has."""

    mailbox: str
    new: int


def _of(asked: Asked) -> Inbox:
    return Inbox(asked.administration, asked.tenant, asked.actor)


async def _list(asked: Asked) -> Answer:
    query: MessageQuery = asked.query
    wanted = Wanted(query.mailbox, STATES.get(query.state), query.search, query.after, query.limit)
    page = await _of(asked).page(wanted)
    return Answer(value=a_page(page.messages, page.after))


async def _get(asked: Asked) -> Answer:
    return Answer(value=await _of(asked).get(_number(asked.path["id"])))


async def _sound(asked: Asked) -> Answer:
    mine = _of(asked)
    sounding = await mine.sounding(await mine.get(_number(asked.path["id"])))
    return Answer(value=await asyncio.to_thread(sounding.path.read_bytes), file=f"{sounding.file.id}.wav")


async def _mark(asked: Asked) -> Answer:
    given: Mapping[str, object] = asked.body
    mine, id = _of(asked), _number(asked.path["id"])  # noqa: A001
    await mine.hear([id], heard=given.get("heard") is True)
    return Answer(value=await mine.get(id))


async def _delete(asked: Asked) -> Answer:
    await _of(asked).delete([_number(asked.path["id"])])
    return Answer()


async def _waiting(asked: Asked) -> Answer:
    counts = await _of(asked).count_new()
    return Answer(value={"items": [Waiting(one, count) for one, count in sorted(counts.items())]})


ONE: Final = "/tenants/{tenant}/messages/{id}"
OPERATIONS: Final = (
    Operation(
        id="mailbox.messages",
        method="GET",
        path="/tenants/{tenant}/messages",
        tag="mailbox",
        summary=Label("Nachrichten", "Messages"),
        run=_list,
        right=VIEW,
        query=MessageQuery,
        answer=page_of(Message, "integer"),
    ),
    Operation(
        id="mailbox.message",
        method="GET",
        path=ONE,
        tag="mailbox",
        summary=Label("Eine Nachricht", "One message"),
        run=_get,
        right=VIEW,
        answer=Message,
    ),
    Operation(
        id="mailbox.sound",
        method="GET",
        path=f"{ONE}/sound",
        tag="mailbox",
        summary=Label("Eine Nachricht anhören", "The sound of a message"),
        run=_sound,
        right=VIEW,
        media=ANY,
    ),
    Operation(
        id="mailbox.mark",
        method="PUT",
        path=f"{ONE}/heard",
        tag="mailbox",
        summary=Label("Als abgehört oder neu markieren", "Mark as heard, or as new"),
        run=_mark,
        right=VIEW,
        body=values_of(Marking),
        answer=Message,
    ),
    Operation(
        id="mailbox.delete",
        method="DELETE",
        path=ONE,
        tag="mailbox",
        summary=Label("Eine Nachricht löschen", "Delete a message"),
        run=_delete,
        right=DELETE,
        status=204,
    ),
    Operation(
        id="mailbox.waiting",
        method="GET",
        path="/tenants/{tenant}/messages-waiting",
        tag="mailbox",
        summary=Label("Neue Nachrichten je Mailbox", "New messages, by mailbox"),
        run=_waiting,
        right=VIEW,
        answer=list_of(Waiting),
    ),
)
