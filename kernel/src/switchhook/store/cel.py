"""Asterisk's channel event log as values, whatever file it came from."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

import attrs

USER_DEFINED: Final = "USER_DEFINED"
CEL_KINDS: Final = frozenset(
    {
        "CHAN_START",
        "CHAN_END",
        "ANSWER",
        "HANGUP",
        "BRIDGE_ENTER",
        "BRIDGE_EXIT",
        "APP_START",
        "APP_END",
        "LINKEDID_END",
        USER_DEFINED,
        "BLINDTRANSFER",
        "ATTENDEDTRANSFER",
        "PICKUP",
        "FORWARD",
        "LOCAL_OPTIMIZE",
        "LOCAL_OPTIMIZE_BEGIN",
        "PARK_START",
        "PARK_END",
    }
)


@attrs.frozen
class CelRow:
    """One event of one channel.

    ``channel`` is the channel's unique id; ``linked`` that of the call's first
    channel, which for an inbound call is the call's id. ``extra`` is JSON text
    or empty, ``user_event`` the name given to ``CELGenUserEvent``. A caller's
    number is deliberately not part of it.
    """

    kind: str
    user_event: str
    at: datetime
    channel: str
    linked: str
    exten: str
    context: str
    name: str
    app: str
    peer: str
    extra: str

    @property
    def key(self) -> str:
        """A hash over all fields: the same event read twice has the same key."""
        fields = (
            self.kind,
            self.user_event,
            self.at.isoformat(),
            self.channel,
            self.linked,
            self.exten,
            self.context,
            self.name,
            self.app,
            self.peer,
            self.extra,
        )
        return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()[:40]


@attrs.frozen
class CelText:
    """What a spool file holds: rows as they stand, and lines that are no row, verbatim."""

    rows: tuple[CelRow, ...]
    bad: tuple[bytes, ...]
