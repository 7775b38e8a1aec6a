"""One's own account: who one is, sessions and tokens. Sessions and tokens are for a person, not for a token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from switchhook import Label, Problem, setting
from switchhook.administration import Account, ApiToken, Grant, GrantRow, OwnFields, Session, SettingsRefused, a_line

from ..operation import Answer, Asked, Operation
from ..reading import declared_body
from .common import list_of, placed, values_of


@attrs.frozen
class Rights:
    """How far a right goes."""

    everything: bool
    numbers: Sequence[str]
    own: bool


@attrs.frozen
class Myself:
    """Who asks, and what it may do; ``*`` is every right."""

    account: Account
    name: str
    tenant: str
    by_token: bool
    rights: Mapping[str, Rights]


@attrs.frozen
class TokenAsked:
    """A token to be made. Without grants it may do all that its owner may; never more than that."""

    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=a_line(80, 1))
    grants: tuple[GrantRow, ...] = setting("rows", "Rechte", "Rights", row=GrantRow, default=())
    expires: str = setting(
        "text", "Läuft ab", "Expires", default="", help=Label("Zeitpunkt mit Zone.", "A moment with its zone.")
    )


@attrs.frozen
class TokenMade:
    """A new token. ``text`` is shown this once."""

    token: ApiToken
    text: str


def operations() -> Sequence[Operation]:
    """What everybody may do for themselves."""
    return [
        own_operation(
            "get", "Wer bin ich", "Who am I", method="GET", path="/account", run=_get, answer=Myself, etag=True
        ),
        own_operation(
            "patch",
            "Eigene Angaben ändern",
            "Change one's own details",
            method="PATCH",
            path="/account",
            run=_patch,
            body=values_of(OwnFields, partly=True),
            answer=Account,
            etag=True,
            versioned=True,
            may=("change_refused",),
        ),
        own_operation(
            "sessions",
            "Eigene Sitzungen",
            "One's sessions",
            method="GET",
            path="/account/sessions",
            run=_sessions,
            answer=list_of(Session),
        ),
        own_operation(
            "end_session",
            "Sitzung beenden",
            "End a session",
            method="DELETE",
            path="/account/sessions/{id}",
            run=_end_session,
            status=204,
        ),
        own_operation(
            "end_sessions",
            "Überall sonst abmelden",
            "End all sessions but this one",
            method="DELETE",
            path="/account/sessions",
            run=_end_sessions,
            status=204,
        ),
        own_operation(
            "tokens",
            "Eigene Tokens",
            "One's tokens",
            method="GET",
            path="/account/tokens",
            run=_tokens,
            answer=list_of(ApiToken),
        ),
        own_operation(
            "make_token",
            "Token anlegen",
            "Make a token",
            method="POST",
            path="/account/tokens",
            run=_make_token,
            body=declared_body(TokenAsked, "TokenAsked"),
            answer=TokenMade,
            status=201,
        ),
        own_operation(
            "revoke_token",
            "Token widerrufen",
            "Revoke a token",
            method="DELETE",
            path="/account/tokens/{id}",
            run=_revoke_token,
            status=204,
        ),
    ]


def own_operation(name: str, de: str, en: str, **more: Any) -> Operation:
    """An operation of the own account; it only looks unless it says otherwise."""
    more.setdefault("method", "GET")
    return Operation(id=f"account.{name}", tag="account", summary=Label(de, en), **more)


def own(asked: Asked) -> Any:
    """The own account of the one who asks."""
    seat: Any = asked.seat
    return asked.administration.door.own(seat)


async def _get(asked: Asked) -> Answer:
    seat: Any = asked.seat
    account = seat.account
    rights = {
        word: Rights(reach.everything, sorted(reach.numbers), reach.own) for word, reach in seat.actor.rights.items()
    }
    me = Myself(account, seat.actor.name, account.tenant, not seat.session_id, rights)
    return Answer(value=me, version=account.version)


async def _patch(asked: Asked) -> Answer:
    people = asked.administration.people.of(asked.seat.tenant, asked.seat.actor)
    with placed("account"):
        account = await people.change_own(asked.version, asked.body)
    return Answer(value=account, version=account.version)


async def _sessions(asked: Asked) -> Answer:
    return Answer(value={"items": await own(asked).sessions()})


async def _end_session(asked: Asked) -> Answer:
    await own(asked).end_session(asked.path["id"])
    return Answer()


async def _end_sessions(asked: Asked) -> Answer:
    await own(asked).end_other_sessions()
    return Answer()


async def _tokens(asked: Asked) -> Answer:
    return Answer(value={"items": await own(asked).tokens()})


async def _make_token(asked: Asked) -> Answer:
    wanted: TokenAsked = asked.body
    grants = [row.grant() for row in wanted.grants] or [Grant("*")]
    with placed("token"):
        made = await own(asked).make_token(wanted.name, grants, expires=_moment(wanted.expires))
    return Answer(value=TokenMade(made.token, made.text))


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SettingsRefused([Problem("expires", "must be a moment such as 2027-01-01T00:00:00+00:00")])
    return moment


async def _revoke_token(asked: Asked) -> Answer:
    await own(asked).revoke_token(asked.path["id"])
    return Answer()
