"""Leads made-up callers through the demonstration's flows at moments gone by, as real ones are led.

The interpreter, the flows, the gate, the plugins, the journal, the tape and the orders are those of the running
portal; only the clock is set to the moment, and a simulated caller is on the line. What marks such a call for good
is its origin, ``simulator``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import attrs

from ...calls.call import Call, Caller
from ...calls.network_number import NetworkNumber
from ...calls.session import Session
from ...clock import SetClock
from ...errors import CallEnded
from ...media.sweeping import Sweeper
from ...orders.working import Working
from ...outbound.authorizing import Outbound
from ...outbound.kept import KeptFacts
from ...pins.alarm import tell_of_locks
from ...pins.book import StoredPins
from ...portal.administration import Administration
from ...portal.call_desk import CallDesk
from ...portal.media import media_files, recordings_of, talks_of
from ...portal.spending import spending_of
from ...portal.worker import Worker
from ...simulator.script import Action, Party, Script, read_parties, read_script
from ...speech.audio import Sound
from ...switchboard.gate import HookedGate
from ..site import TENANT
from .calls import ANNA_S_PHONE, HOTLINE, RECORDED, PastCall
from .changes import ANNA
from .sayings import SpeakingPort

ORIGIN: Final = "simulator"
TOLD: Final = 20.0
"""Seconds plugins get to learn of it all."""


@attrs.define
class Replay:
    """Serves calls of the past beside a worker.

    ``then`` is an administration that goes by ``clock``, as does ``orders``,
    its order office; ``sayings`` are what callers say to be recorded.
    """

    worker: Worker
    then: Administration
    clock: SetClock
    orders: Working
    sayings: Sequence[Sound]
    _endings: list[asyncio.Task[None]] = attrs.field(factory=list, init=False)

    async def run(self, calls: Sequence[PastCall]) -> None:
        """Serve all, one after the other, until they are in the database and plugins know of them."""
        for number, past in enumerate(calls):
            self.clock.moment = past.arrived
            if await self._serve(past, number) and past.aftermath:
                await self._follow_up(past)
        await asyncio.gather(*self._endings)
        await self.orders.all_due()
        await self.then.spending.settle()
        await self.worker.switchboard.feed.told(TOLD)

    async def _follow_up(self, past: PastCall) -> None:
        """What the portal does at that moment; and who hears messages looks after alerts as well."""
        node = self.then.settings.asterisk.systemname
        tape = recordings_of(self.then.settings, self.then.store, self.clock)
        await Sweeper(self.then.media, tape, lambda call, since: True, node).finish()
        await self.orders.all_due()
        await tell_of_locks(self.then.alerts)
        if past.caller == ANNA_S_PHONE:
            inbox = self.then.alerts.of(TENANT, ANNA)
            for alert in (await inbox.page(state="current")).alerts:
                await inbox.close(alert.id)

    async def _serve(self, past: PastCall, number: int) -> bool:
        """Whether the number leads anywhere: somebody may have changed the demonstration."""
        board = self.worker.switchboard
        routing = board.routes.routing(past.number)
        live = board.routes.current(TENANT, routing.flow) if routing is not None else None
        if routing is None or live is None:
            return False
        call = self._call(past, number, routing.language)
        call = attrs.evolve(call, caller=await board.hooks.fold("caller_identified", call.caller, call=call))
        session = self._session(call, past, live.flow.language)
        _begins(session)
        session.record("number.resolved", tenant=TENANT, flow=routing.flow, by="store")
        session.record("flow.chosen", flow=live.flow.id, version=live.version, by="number")
        try:
            await board.interpreter.run(session, live)
            session.record("call.ended", by="flow")
        except CallEnded as gone:
            session.record("call.ended", by="caller", **gone.data)
        self._endings.append(self._end(call))
        return True

    def _call(self, past: PastCall, number: int, language: str) -> Call:
        known, kind = self.worker.switchboard.classify(past.caller.number)
        key = self.worker.switchboard.key(known)
        shown = Caller(known, past.caller.name, "shown", kind, key)
        caller = Caller(presentation="suppressed", kind=kind, key=key) if past.caller.suppressed else shown
        node = self.then.settings.asterisk.systemname
        id = f"{node}-{past.arrived.timestamp():.0f}.{number}"  # noqa: A001 - the domain's own word
        return Call(id, TENANT, past.number, caller, past.arrived, ORIGIN, language)

    def _session(self, call: Call, past: PastCall, language: str) -> Session:
        board, then = self.worker.switchboard, self.then
        *sayings, answer = self.sayings
        saying = sayings[past.says % len(sayings)] if past.says is not None else None
        actions = read_script(past.keys)
        if saying is not None and past.number == HOTLINE:
            actions = (*actions, Action("say", "", saying.seconds))
        spending = spending_of(then.settings, then.store, self.clock)
        talks = talks_of(then.settings, then.store, self.clock)
        port = SpeakingPort(
            Script(actions, _parties(past, saying, answer)),
            self.clock,
            call=call,
            saying=saying,
            reply=answer,
            files=media_files(then.settings),
            talks=talks,
        )
        return Session(
            call,
            port,
            board.feed,
            board.prompts,
            HookedGate(board.hooks, Outbound(KeptFacts(then.store), spending)),
            self.clock,
            language=language,
            plugins=board.plugins,
            shelf=board.shelf,
            books=board.books,
            desk=CallDesk(then.orders, then.keeping, lambda: None),
            pins=StoredPins(then.store, self.clock),
            tape=recordings_of(then.settings, then.store, self.clock),
            in_call=board.in_call,
            talks=talks,
            network=NetworkNumber(board.classify(past.caller.number)[0]),
        )

    def _end(self, call: Call) -> asyncio.Task[None]:
        at = self.clock.now()

        async def end() -> None:
            outcome = await self.worker.journal.end(call, 1, at=at)
            if outcome is not None:
                await self.worker.switchboard.hooks.notify("call_ended", call=call, outcome=outcome)

        return asyncio.create_task(end(), name="end of a call of the past")


def _parties(past: PastCall, saying: Sound | None, answer: Sound) -> tuple[Party, ...]:
    """Who is called; a talk that is recorded lasts as long as both have something to say."""
    parties = read_parties(past.legs)
    if past.number != RECORDED or saying is None:
        return parties
    return tuple(attrs.evolve(one, talk_seconds=saying.seconds + answer.seconds) for one in parties)


def _begins(session: Session) -> None:
    call, caller = session.call, session.call.caller
    session.record(
        "call.started",
        number=call.number,
        origin=call.origin,
        caller=caller.number,
        name=caller.name,
        presentation=caller.presentation,
    )
