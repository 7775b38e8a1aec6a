"""Conferences in the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import attrs

from switchhook import Label, setting
from switchhook_web.extending import Answer, Asked, Operation, list_of, values_of

from .running import RUN, VIEW, Conferences, RoomLine, who_is


@attrs.frozen
class Member:
    """Somebody in a room: the number, or the pseudonym of one who withholds it."""

    id: str
    caller: str
    since: datetime
    moderator: bool
    muted: bool


@attrs.frozen
class RoomAtPresent:
    """A room at this moment; ``stale`` says why it may be out of date, else it is empty."""

    id: str
    name: str
    locked: bool
    stale: str
    members: Sequence[Member]


@attrs.frozen
class Muting:
    """Who is muted or heard again: a member of the room, or without one all but the moderators."""

    muted: bool = setting("boolean", "Stumm", "Muted")
    member: str = setting("text", "Teilnehmer", "Member", default="")


@attrs.frozen
class Locking:
    """Whether only moderators may join."""

    locked: bool = setting("boolean", "Abgeschlossen", "Locked")


@attrs.frozen
class CallingIn:
    """Who is called into the room."""

    target: str = setting("text", "Rufnummer oder Telefon", "Number or phone", pattern=r"[0-9A-Za-z+_.-]{1,40}")


@attrs.frozen
class Removing:
    """Who leaves the room."""

    member: str = setting("text", "Teilnehmer", "Member")


def shown(line: RoomLine) -> RoomAtPresent:
    """A room as the API tells it."""
    members = [Member(one.id, who_is(one), one.since, one.moderator, one.muted) for one in line.now.members]
    return RoomAtPresent(line.id, line.room.name, line.now.locked, line.now.stale, members)


def _of(asked: Asked) -> Conferences:
    return Conferences(asked.administration, asked.tenant, asked.actor)


async def _list(asked: Asked) -> Answer:
    return Answer(value={"items": [shown(one) for one in await _of(asked).all()]})


async def _get(asked: Asked) -> Answer:
    return Answer(value=shown(await _of(asked).one(asked.path["id"])))


async def _mute(asked: Asked) -> Answer:
    await _of(asked).mute(asked.path["id"], str(asked.body.get("member", "")), muted=asked.body.get("muted") is True)
    return Answer()


async def _lock(asked: Asked) -> Answer:
    await _of(asked).lock(asked.path["id"], locked=asked.body.get("locked") is True)
    return Answer()


async def _remove(asked: Asked) -> Answer:
    await _of(asked).remove(asked.path["id"], str(asked.body.get("member", "")))
    return Answer()


async def _call_in(asked: Asked) -> Answer:
    await _of(asked).call_in(asked.path["id"], str(asked.body.get("target", "")))
    return Answer()


ALL: Final = "/tenants/{tenant}/conferences"
ONE: Final = f"{ALL}/{{id}}"
OPERATIONS: Final = (
    Operation(
        id="conference.rooms",
        method="GET",
        path=ALL,
        tag="conference",
        summary=Label("Wer in Konferenzen ist", "Who is in conferences"),
        run=_list,
        right=VIEW,
        answer=list_of(RoomAtPresent),
    ),
    Operation(
        id="conference.room",
        method="GET",
        path=ONE,
        tag="conference",
        summary=Label("Wer in einer Konferenz ist", "Who is in one conference"),
        run=_get,
        right=VIEW,
        answer=RoomAtPresent,
    ),
    Operation(
        id="conference.mute",
        method="POST",
        path=f"{ONE}/mute",
        tag="conference",
        summary=Label("Einen oder alle stumm schalten, oder wieder zu hören", "Mute one or all, or let be heard again"),
        run=_mute,
        right=RUN,
        status=204,
        body=values_of(Muting),
        may=("asterisk_unavailable",),
    ),
    Operation(
        id="conference.lock",
        method="POST",
        path=f"{ONE}/lock",
        tag="conference",
        summary=Label("Eine Konferenz abschließen oder öffnen", "Lock a conference, or open it"),
        run=_lock,
        right=RUN,
        status=204,
        body=values_of(Locking),
        may=("asterisk_unavailable",),
    ),
    Operation(
        id="conference.remove",
        method="POST",
        path=f"{ONE}/remove",
        tag="conference",
        summary=Label("Jemanden entfernen", "Remove somebody"),
        run=_remove,
        right=RUN,
        status=204,
        body=values_of(Removing),
        may=("asterisk_unavailable",),
    ),
    Operation(
        id="conference.call_in",
        method="POST",
        path=f"{ONE}/call-in",
        tag="conference",
        summary=Label("Jemanden in eine Konferenz rufen", "Call somebody into a conference"),
        about=Label(
            "Wohin gewählt werden darf, sagen die Regeln für abgehende Anrufe; eine Ablehnung nennt jeden Grund.",
            "Where to may be dialled is up to the permissions for outbound calls; a refusal names every reason.",
        ),
        run=_call_in,
        right=RUN,
        status=204,
        body=values_of(CallingIn),
        may=("leg_refused", "placing_refused"),
    ),
)
