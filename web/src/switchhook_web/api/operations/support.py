"""Help: whom to ask, and the operator's file for those who help him."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from switchhook import Label
from switchhook.administration import SupportContact

from ..operation import ZIP, Answer, Asked, Operation


@attrs.frozen
class Help:
    """Whom to ask, and of which version of the portal."""

    contact: SupportContact
    version: str


def operations() -> Sequence[Operation]:
    """The contact for everybody, the bundle for the operator."""
    return [
        Operation(
            id="support.get",
            method="GET",
            path="/support",
            tag="support",
            summary=Label("Hilfe und Support", "Help and support"),
            run=_get,
            answer=Help,
        ),
        Operation(
            id="support.bundle",
            method="GET",
            path="/support/bundle",
            tag="support",
            summary=Label("Diagnosepaket ohne Geheimnisse", "Diagnostic bundle without secrets"),
            run=_bundle,
            above=True,
            media=ZIP,
        ),
    ]


async def _get(asked: Asked) -> Answer:
    support = asked.administration.support
    return Answer(value=Help(support.contact, support.version))


async def _bundle(asked: Asked) -> Answer:
    made = asked.administration
    name = f"switchhook-{made.clock.now():%Y%m%d-%H%M%S}.zip"
    return Answer(value=await made.support.bundle(asked.actor), file=name)
