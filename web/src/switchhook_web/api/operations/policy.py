"""The password policy of a tenant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import Label
from switchhook.administration import PasswordPolicy, StaleVersion, shown

from ..operation import Answer, Asked, Operation
from .common import placed, values_of

_AT = "/tenants/{tenant}/password-policy"


@attrs.frozen
class PolicyNow:
    """The policy. Version 1 is that of nobody having chosen one."""

    version: int
    level: int
    days: int
    second_factor: bool


def operations() -> Sequence[Operation]:
    """Reading and changing it."""
    both: dict[str, Any] = {"path": _AT, "tag": "people", "answer": PolicyNow, "etag": True}
    return [
        Operation(
            id="policy.get", method="GET", summary=Label("Passwort-Regeln", "The password policy"), run=_get, **both
        ),
        Operation(
            id="policy.patch",
            method="PATCH",
            summary=Label("Passwort-Regeln ändern", "Change the password policy"),
            run=_patch,
            right="policy.change",
            body=values_of(PasswordPolicy, partly=True),
            versioned=True,
            may=("change_refused",),
            **both,
        ),
    ]


def _told(record: Any) -> Answer:
    """The service counts from 0; an ETag of this API from 1."""
    version = record.version + 1
    return Answer(value={"version": version, **shown(record.value)}, version=version)


async def _get(asked: Asked) -> Answer:
    return _told(await asked.administration.policies.of(asked.tenant, asked.actor).get())


async def _patch(asked: Asked) -> Answer:
    policy = asked.administration.policies.of(asked.tenant, asked.actor)
    try:
        with placed("password-policy"):
            return _told(await policy.change(asked.version - 1, asked.body))
    except StaleVersion as stale:
        current: Any = stale.current
        raise StaleVersion(asked.version, attrs.evolve(current, version=current.version + 1), stale.base) from stale
