"""Serves whoever answered a call that the portal placed."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

import attrs

from ..asterisk.port import AsteriskPort
from ..calls.call import Call
from ..calls.port import Place
from ..calls.session import Session
from ..clock import Clock
from ..errors import CallEnded, CallTaken
from ..flows.flow import LiveFlow
from ..flows.interpreter import Interpreter, Observer

LEG: Final = 0
"""The number of the leg that is the call itself; those a module dials have the numbers of their steps, from 1 on."""


class Ordered(Protocol):
    """What was ordered, by the id of its call."""

    async def find(self, call: str) -> tuple[Call, LiveFlow]:
        """The call as it is kept, and what serves it; raises ``AsteriskError`` for one nobody ordered."""


class NoFlows:
    """Nothing to go on to: a placed call is served by its module alone, and nobody else's last resort."""

    def current(self, tenant: str, flow: str) -> LiveFlow | None:
        """See :class:`switchhook.flows.interpreter.Flows`."""
        return None

    def last_resort(self, tenant: str) -> str:
        """See :class:`switchhook.flows.interpreter.Flows`."""
        return ""


@attrs.frozen
class PlacedDesk:
    """Serves placed calls, from the beginning or from where an earlier session left them."""

    orders: Ordered
    observer: Observer
    clock: Clock

    async def serve(self, session: Session, live: LiveFlow, port: AsteriskPort, place: Place | None) -> None:
        """To the end of the flow, or to that of the call: raises ``CallEnded`` like every step of a session.

        The leg ends where its call does: that of a session whose call was
        taken away is ended by the next one, or by Asterisk's own record.
        """
        since = await port.answered_at() or self.clock.now()
        session.language = live.flow.language
        target = session.call.caller.name or session.call.caller.number
        if place is None:
            session.record("leg.answered", leg=LEG, targets=[target])
            session.record("call.answered")
        else:
            session.record("call.resumed", version=place.version, point=place.point, step=place.step)
        interpreter = Interpreter(NoFlows(), self.observer)
        try:
            await interpreter.run(session, live, place)
        except CallTaken:
            raise
        except CallEnded as gone:
            if "unsaid" not in gone.data:
                self._ended(session, target, since)
            raise
        self._ended(session, target, since)
        session.record("call.ended", by="flow")

    def _ended(self, session: Session, target: str, since: datetime) -> None:
        talked = max(0.0, round((self.clock.now() - since).total_seconds(), 3))
        session.record("leg.ended", leg=LEG, targets=[target], status="answered", talk_seconds=talked)
