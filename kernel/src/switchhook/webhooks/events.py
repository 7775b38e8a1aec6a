"""What webhooks can be told of, and in which words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import attrs

from ..calls.call import Call
from ..calls.event import Event
from ..calls.outcome import Outcome
from ..schema import Label

EVENTS: Final[Mapping[str, Label]] = {
    "call.started": Label("Anruf beginnt", "A call begins"),
    "call.answered": Label("Anruf wird angenommen", "A call is answered"),
    "call.ended": Label("Anruf ist zu Ende, mit Ergebnis", "A call has ended, with its outcome"),
    "call.refused": Label("Anruf wird abgewiesen", "A call is refused"),
    "call.failed": Label("Anruf scheitert", "A call fails"),
    "point.entered": Label("Anruf erreicht einen Punkt", "A call comes to a point"),
    "point.left": Label("Anruf verlässt einen Punkt", "A call leaves a point"),
    "dtmf": Label("Tasten gedrückt", "Keys were pressed"),
    "leg.created": Label("Ein Ziel wird angerufen", "A target is called"),
    "leg.answered": Label("Ein Ziel nimmt an", "A target answers"),
    "leg.ended": Label("Die Verbindung zu einem Ziel endet", "The leg to a target ends"),
    "prompt.started": Label("Ansage beginnt", "A prompt begins"),
    "prompt.finished": Label("Ansage ist zu Ende", "A prompt has ended"),
    "last_resort.used": Label("Letzter Ausweg wird benutzt", "The last resort is used"),
    "flow.published": Label("Ablauf veröffentlicht", "A flow is published"),
    "change.made": Label("Etwas wurde geändert", "Something was changed"),
    "alert.raised": Label("Meldung", "An alert"),
    "mail.bounced": Label("E-Mail abgewiesen oder aufgegeben", "A mail was refused or given up"),
}
PING: Final = "ping"
"""The event of a test delivery."""
ALL: Final = "*"
LONGEST: Final = 32_000
"""Characters of a body; what an event says beyond that is left out."""
_OF_CALLS: Final = {"keys": "dtmf"} | {name: name for name in EVENTS if name != "call.ended"}
"""The journal's kinds of event by which name they go out; the end of a call is told with its outcome instead."""


@attrs.frozen
class Told:
    """Something that happened. ``id`` is the same however often it is told: by it a receiver knows what it has already."""

    tenant: str
    event: str
    id: str
    at: datetime
    data: Mapping[str, object]

    @property
    def body(self) -> str:
        """What is sent, as JSON."""
        said = {"id": self.id, "event": self.event, "at": self.at.isoformat(), "tenant": self.tenant}
        whole = json.dumps({**said, **self.data}, ensure_ascii=False, default=str)
        return whole if len(whole) <= LONGEST else json.dumps({**said, "truncated": True}, ensure_ascii=False)


def of_event(call: Call, event: Event) -> Told | None:
    """An event of a call as it is told; None for what is not."""
    name = _OF_CALLS.get(event.kind)
    if name is None or not call.tenant:
        return None
    data = {"call": call_words(call), "point": event.point, "data": dict(event.data)}
    return Told(call.tenant, name, f"{call.id}/{event.session}/{event.seq}", event.at, data)


def of_end(call: Call, outcome: Outcome, at: datetime) -> Told | None:
    """The end of a call as it is told; None for one that belonged to nobody."""
    data = {"call": call_words(call), "outcome": outcome.value}
    return Told(call.tenant, "call.ended", f"{call.id}/ended", at, data) if call.tenant else None


def call_words(call: Call) -> Mapping[str, object]:
    """A call as others may know it: of a suppressed number there is none, and no hash of it either."""
    caller = call.caller
    shown = caller.presentation == "shown"
    return {
        "id": call.id,
        "number": call.number,
        "origin": call.origin,
        "arrived": call.arrived.isoformat(),
        "caller": {
            "number": caller.number if shown else "",
            "name": caller.name if shown else "",
            "presentation": caller.presentation,
            "kind": caller.kind,
        },
    }
