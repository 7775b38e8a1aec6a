"""Legs and calls as they are on Asterisk at this moment, and how they change."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import attrs

#: Why a leg is no longer there: Asterisk said so, or it was gone when Asterisk was asked again, or Asterisk restarted.
LegEnding = Literal["hangup", "missed", "interrupted"]


@attrs.frozen
class LiveLeg:
    """One channel. ``id`` is its full Uniqueid, ``call`` its Linkedid: neither is ever taken apart.

    ``caller`` is the number Asterisk shows for the channel (empty when there is
    none); personal, like ``name`` may be. ``state`` is Asterisk's word (Down,
    Ring, Ringing, Up, Busy ...). ``bridge`` is the conversation it is in, empty
    outside one; ``dialing`` the legs it is ringing at present.
    """

    id: str
    call: str
    name: str
    state: str
    caller: str
    context: str
    exten: str
    since: datetime
    bridge: str = ""
    dialing: frozenset[str] = frozenset()


@attrs.frozen
class LiveCall:
    """All legs that belong together, oldest first; ``id`` is the Linkedid they share."""

    id: str
    legs: tuple[LiveLeg, ...]

    @property
    def since(self) -> datetime:
        """When its oldest leg was first seen."""
        return self.legs[0].since


@attrs.frozen
class LegBegan:
    """A leg is there that was not."""

    leg: LiveLeg


@attrs.frozen
class LegChanged:
    """A leg is different; when ``before.call`` differs from ``leg.call``, it now belongs to another call."""

    before: LiveLeg
    leg: LiveLeg


@attrs.frozen
class LegEnded:
    """A leg is gone; ``cause`` is the Q.850 number when Asterisk told one."""

    leg: LiveLeg
    ending: LegEnding
    cause: int | None = None


@attrs.frozen
class CallOver:
    """No leg belongs to this call any more: its last one ended, or (``joined``) went on as part of another call."""

    call: str
    ending: LegEnding | Literal["joined"]


LiveChange = LegBegan | LegChanged | LegEnded | CallOver
