"""A live view, and all changes it told."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.live import LiveCalls
from switchhook.asterisk.live_values import LiveChange
from switchhook.clock import SetClock

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def channel(id_: str, call: str = "", **fields: str) -> dict[str, str]:
    described = {"Channel": f"PJSIP/{id_}", "ChannelStateDesc": "Ring", "CallerIDNum": "0301234567", "Context": "call"}
    return {**described, "Exten": "100", "Uniqueid": id_, "Linkedid": call or id_, **fields}


@attrs.define(eq=False)
class Watched:
    changes: list[LiveChange] = attrs.field(factory=list)
    live: LiveCalls = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.live = LiveCalls(SetClock(NOW), self.changes.append)

    def happens(self, name: str, **fields: str) -> None:
        self.live.received(AmiEvent(name, fields))

    def begins(self, id_: str, call: str = "", **fields: str) -> None:
        self.happens("Newchannel", **channel(id_, call, **fields))

    def ids(self) -> dict[str, list[str]]:
        return {call.id: [leg.id for leg in call.legs] for call in self.live.snapshot()}
