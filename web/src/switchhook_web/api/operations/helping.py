"""Help for people who cannot get in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from switchhook import Label
from switchhook.administration import Session

from ..operation import Answer, Asked, Operation
from .common import list_of, placed

_ONE = "/tenants/{tenant}/people/{id}"


def operations() -> Sequence[Operation]:
    """Links for a new password, sessions and second factors of others."""
    more: dict[str, Any] = {"right": "people.change", "status": 204, "may": ("settings",)}
    return [
        _operation(
            "people.password_link",
            "Link für neues Passwort senden",
            "Send a link for a new password",
            method="POST",
            path=f"{_ONE}/password-link",
            run=_link,
            **more,
        ),
        _operation(
            "people.sessions",
            "Sitzungen eines Benutzers",
            "Where a person is signed in",
            method="GET",
            path=f"{_ONE}/sessions",
            run=_sessions,
            right="people.change",
            answer=list_of(Session),
        ),
        _operation(
            "people.end_sessions",
            "Überall abmelden",
            "Sign a person out everywhere",
            method="DELETE",
            path=f"{_ONE}/sessions",
            run=_end_sessions,
            right="people.change",
            status=204,
        ),
        _operation(
            "people.remove_second_factor",
            "Zweiten Faktor entfernen",
            "Remove a person's second factor",
            method="DELETE",
            path=f"{_ONE}/second-factor",
            run=_remove_factor,
            right="people.change",
            status=204,
        ),
    ]


def _operation(name: str, de: str, en: str, **more: Any) -> Operation:
    return Operation(id=name, tag="people", summary=Label(de, en), **more)


def _help(asked: Asked) -> Any:
    return asked.administration.helping.of(asked.tenant, asked.actor)


async def _link(asked: Asked) -> Answer:
    with placed("account"):
        await _help(asked).send_link(asked.path["id"])
    return Answer()


async def _sessions(asked: Asked) -> Answer:
    return Answer(value={"items": await _help(asked).sessions(asked.path["id"])})


async def _end_sessions(asked: Asked) -> Answer:
    await _help(asked).end_sessions(asked.path["id"])
    return Answer()


async def _remove_factor(asked: Asked) -> Answer:
    await _help(asked).remove_second_factor(asked.path["id"])
    return Answer()
