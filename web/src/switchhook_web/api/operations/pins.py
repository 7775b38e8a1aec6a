"""PINs that are locked after too many wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import Label, setting
from switchhook.administration import PinLock

from ..operation import Answer, Asked, Operation
from ..reading import declared_body
from .common import a_text, list_of

_PATH = "/tenants/{tenant}/pin-locks"


@attrs.frozen
class PinUnlockAsked:
    """What to unlock, as the list of locks names it."""

    purpose: str = setting("text", "Zweck", "Purpose", pattern=".{1,100}", shape=a_text(100, 1))
    subject: str = setting("text", "Wessen PIN", "Whose PIN", pattern=".{1,200}", shape=a_text(200, 1))


def operations() -> Sequence[Operation]:
    """Seeing and ending locks."""
    return [
        Operation(
            id="pins.locked",
            tag="pins",
            summary=Label("Gesperrte PINs", "Locked PINs"),
            method="GET",
            path=_PATH,
            run=_locked,
            right="pin.unlock",
            answer=list_of(PinLock),
        ),
        Operation(
            id="pins.unlock",
            tag="pins",
            summary=Label("PIN entsperren", "Unlock a PIN"),
            method="POST",
            path=f"{_PATH}/unlock",
            run=_unlock,
            right="pin.unlock",
            status=204,
            body=declared_body(PinUnlockAsked, "PinUnlockAsked"),
        ),
    ]


def _pins(asked: Asked) -> Any:
    return asked.administration.pins.of(asked.tenant, asked.actor)


async def _locked(asked: Asked) -> Answer:
    return Answer(value={"items": await _pins(asked).locked()})


async def _unlock(asked: Asked) -> Answer:
    await _pins(asked).unlock(asked.body.purpose, asked.body.subject)
    return Answer()
