"""The messages of mailboxes in the API."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

import attrs

from switchhook import Label, setting
from switchhook_web.extending import (
    ANY,
    Answer,
    Asked,
    NumberedQuery,
    Operation,
    a_page,
    list_of,
    page_of,
    values_of,
)

from .inbox import DELETE, VIEW, Inbox, Wanted
from .messages import Message

STATES: Final = {"new": True, "heard": False}
"""What a list of messages can be narrowed to, and whether these are new."""


def number_of(text: str) -> int:
    """A message's number as it stands in an address; 0, which no message has, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


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
    return Answer(value=await _of(asked).get(number_of(asked.path["id"])))


async def _sound(asked: Asked) -> Answer:
    mine = _of(asked)
    sounding = await mine.sounding(await mine.get(number_of(asked.path["id"])))
    return Answer(value=await asyncio.to_thread(sounding.path.read_bytes), file=f"{sounding.file.id}.wav")


async def _mark(asked: Asked) -> Answer:
    given: Mapping[str, object] = asked.body
    mine, id = _of(asked), number_of(asked.path["id"])  # noqa: A001
    await mine.hear([id], heard=given.get("heard") is True)
    return Answer(value=await mine.get(id))


async def _delete(asked: Asked) -> Answer:
    await _of(asked).delete([number_of(asked.path["id"])])
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
