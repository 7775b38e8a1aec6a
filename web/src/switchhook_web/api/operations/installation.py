"""The installation as a whole, for the operator: how it fares, and who somebody is who forgot the user name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs

from switchhook import Label, setting
from switchhook.administration import Account

from ..operation import Answer, Asked, Operation
from ..reading import declared_body
from .common import a_text, list_of


@attrs.frozen
class ConditionNow:
    """Bytes of the data directory's disk, and what is known of Asterisk: why nothing is, since when it runs, its calls."""

    disk_total: int
    disk_free: int
    disk: str
    asterisk_unknown: str
    asterisk_started: datetime | None
    asterisk_calls: int


@attrs.frozen
class UserNameAsked:
    """Whose user name is told, and how it was made sure who asks: that stands in the audit."""

    email: str = setting("text", "E-Mail-Adresse", "E-mail address", pattern=r"[^\x00]{1,254}", shape=a_text(254, 1))
    note: str = setting("text", "Notiz", "Note", pattern=r"[^\x00]{1,1000}", shape=a_text(1000, 1))


def operations() -> Sequence[Operation]:
    """What only the operator sees."""
    return [
        Operation(
            id="condition.get",
            method="GET",
            path="/condition",
            tag="installation",
            summary=Label("Zustand der Installation", "How the installation fares"),
            run=_condition,
            answer=ConditionNow,
            above=True,
        ),
        Operation(
            id="user_names.find",
            method="POST",
            path="/user-names",
            tag="installation",
            summary=Label("Benutzernamen suchen", "Find a user name"),
            run=_find,
            body=declared_body(UserNameAsked, "UserNameAsked"),
            answer=list_of(Account),
            above=True,
            may=("note_missing",),
        ),
    ]


async def _condition(asked: Asked) -> Answer:
    condition: Any = asked.administration.condition
    storage = await condition.storage(asked.actor)
    unknown, started, calls = condition.asterisk(asked.actor)
    return Answer(value=ConditionNow(storage.total, storage.free, storage.level, unknown, started, calls))


async def _find(asked: Asked) -> Answer:
    wanted: UserNameAsked = asked.body
    found = await asked.administration.forgetting.find_username(asked.actor, wanted.email, wanted.note)
    return Answer(value={"items": found})
