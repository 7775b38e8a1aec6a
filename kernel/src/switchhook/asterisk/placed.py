"""Calls the portal places: how Asterisk is told, the dialplan they go through, and how they end without an answer.

Asterisk rings from a channel of its own (``Local/...;2``, in ``sh-placed``), whose Dial holds the limit of the
conversation with the portal dead or hung. Its other half (``;1``) has the id of the attempt, by which the same
attempt cannot live twice (F16). It exists from the beginning, but only once somebody answers it runs the dialplan:
it asks the portal as every call does. Its fallback is the hang-up: nobody called, so nobody has to be told anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from ..calls.port import DialPlan, DialStatus
from .ami_event import AmiEvent
from .ami_listener import AmiListener, Asterisk
from .dial_target import dial_string
from .legs import encoded

NOBODY_CALLED: Final = "placed"
"""Stands where other calls have the number that was called."""
_RING_SLACK: Final = 10
"""Seconds Dial may be late with giving up before Originate itself does."""
_BY_CAUSE: Final[dict[int, DialStatus]] = {
    1: "unreachable",
    3: "unreachable",
    16: "no_answer",
    17: "busy",
    18: "no_answer",
    19: "no_answer",
    20: "unreachable",
    21: "rejected",
    27: "unreachable",
}
"""Q.850, as :data:`PLACED_LEG` gives it."""

PLACED: Final = (
    (
        NOBODY_CALLED,
        (f"MSet(SH_ORIGIN=placed,SH_NUMBER={NOBODY_CALLED})", f"Goto(call,{NOBODY_CALLED},1)"),
    ),
)
PLACED_LEG: Final = (
    (
        NOBODY_CALLED,
        (
            'GotoIf($["${SH_SHOWN}" = "anonymous"]?hidden)',
            "Set(CALLERID(pres)=allowed_not_screened)",
            "Set(CALLERID(num)=${SH_SHOWN})",
            "Goto(ring)",
            "hidden|Set(CALLERID(pres)=prohib_not_screened)",
            "ring|Dial(${SH_TARGET},${SH_RING},giL(${SH_LIMIT}))",
            'GotoIf($["${DIALSTATUS}" = "BUSY"]?busy)',
            'GotoIf($["${DIALSTATUS}" = "NOANSWER"]?silent)',
            'GotoIf($["${DIALSTATUS}:${HANGUPCAUSE}" = "CHANUNAVAIL:0"]?away)',
            "Hangup(${HANGUPCAUSE})",
            # Of one that redirects, Asterisk says BUSY and no cause: as for forwards, that is a rejection.
            'busy|GotoIf($["${HANGUPCAUSE}" != "17"]?rejected)',
            "Hangup(17)",
            "silent|Hangup(19)",
            "away|Hangup(20)",
            "rejected|Hangup(21)",
        ),
    ),
)


async def originate(asterisk: Asterisk, attempt: str, plan: DialPlan, shown: str) -> None:
    """Have Asterisk ring ``plan.targets``, once; ``shown`` is the number they see, ``anonymous`` for none.

    Raises ``AsteriskRefused`` when nobody was rung, and ``AsteriskUnavailable``
    when that is not known: it must not be tried again.
    """
    target = dial_string(encoded(one) for one in plan.targets)
    await asterisk.action(
        "Originate",
        {
            "Channel": f"Local/{NOBODY_CALLED}@sh-placed/n",
            "Context": "placed",
            "Exten": NOBODY_CALLED,
            "Priority": "1",
            "Timeout": str((plan.ring_seconds + _RING_SLACK) * 1000),
            "ChannelId": attempt,
            "OtherChannelId": f"{attempt};2",
        },
        {
            "SH_TARGET": target,
            "SH_RING": str(plan.ring_seconds),
            "SH_LIMIT": str(plan.limit_seconds * 1000),
            "SH_SHOWN": shown,
        },
    )


@attrs.define
class PlacedEvents(AmiListener):
    """Learns which of the calls that were placed end before anybody answers, and how.

    ``ring`` a call before Asterisk is told. ``on_end`` gets its id and how it
    ended. Calls that are answered are the workers' to end; of those rung by
    an earlier portal, or unseen, Asterisk's own record tells.
    """

    on_end: Callable[[str, DialStatus], None] = attrs.field(default=lambda attempt, status: None)
    _ringing: set[str] = attrs.field(factory=set, init=False)

    def ring(self, attempt: str) -> None:
        """Follow a call from now on."""
        self._ringing.add(attempt)

    @property
    def ringing(self) -> int:
        """How many ring, for all that is known."""
        return len(self._ringing)

    def rings(self, attempt: str) -> bool:
        """Whether it is rung, for all that is known, and not answered."""
        return attempt in self._ringing

    def received(self, event: AmiEvent) -> None:
        """See :class:`AmiListener`."""
        attempt = event.get("Uniqueid")
        if attempt not in self._ringing:
            return
        if event.name == "Newstate" and event.get("ChannelStateDesc") == "Up":
            self._ringing.discard(attempt)
        elif event.name == "Hangup":
            self._ringing.discard(attempt)
            cause = event.get("Cause")
            self.on_end(attempt, _BY_CAUSE.get(int(cause) if cause.isdecimal() else 0, "failed"))

    async def connected(self, asterisk: Asterisk) -> None:
        """See :class:`AmiListener`: what happened meanwhile is not known."""
        self._ringing.clear()

    async def missed(self, asterisk: Asterisk, events: int) -> None:
        """See :class:`AmiListener`."""
        self._ringing.clear()
