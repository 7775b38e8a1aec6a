"""Serves calls: what happens between Asterisk asking for a call and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, Protocol

import attrs

from ..access.demo_limits import why_refused
from ..asterisk.agi_connection import AgiConnection
from ..asterisk.port import AsteriskPort
from ..calls.call import Call, Caller
from ..calls.making import Maker, NoMaker
from ..calls.network_number import NetworkNumber
from ..calls.outcome import Outcome
from ..calls.pins import NoPinBook, PinBook
from ..calls.port import Place
from ..calls.programs import NoPrograms, Programs
from ..calls.prompts import Prompt
from ..calls.recording import NoTape, Tape
from ..calls.served import InCall, NoInCall
from ..calls.session import Session
from ..calls.surroundings import Books, Desk, Gate, NoBooks, NoDesk, NothingKept, Prompts, Recorder, Shelf
from ..calls.talk import NoTalks, TalkBook
from ..calls.variables import unpack_variables
from ..clock import Clock
from ..dispatch.dispatcher import Dispatcher
from ..dispatch.patience import Patience
from ..errors import AsteriskError, CallEnded, CallTaken
from ..flows.flow import LiveFlow, Routing
from ..flows.interpreter import Interpreter
from ..media.talks import Talks
from .arrival import Asked, Classify, Key, asked, call_of, caller_of, said_of
from .farewells import Farewells, WaitForFarewell
from .feed import Feed
from .placed import PlacedDesk
from .routes import Routes

NORMAL_CLEARING: Final = 16  # Q.850
USER_BUSY: Final = 17  # Q.850
CALL_REJECTED: Final = 21  # Q.850
UNALLOCATED_NUMBER: Final = 1  # Q.850
PLUGINS_SHARE: Final = 2 / 3
"""What all plugins together may take of the time in which a call's first step must begin."""


class Ledger(Recorder, Protocol):
    """Where calls are kept."""

    async def end(self, call: Call, session: int) -> Outcome | None:
        """Close a call after its last event; None when a later session has it."""


@attrs.define
class Switchboard:
    """Everything a worker needs to serve calls. One task per call; calls share only what is given here."""

    hooks: Dispatcher
    routes: Routes
    interpreter: Interpreter
    feed: Feed
    ledger: Ledger
    prompts: Prompts
    gate: Gate
    clock: Clock
    sound: Callable[[Prompt], str]
    classify: Classify
    key: Key
    plugins: Sequence[object] = ()
    """The active plugins, for their modules to ask for."""
    shelf: Shelf = NothingKept()  # noqa: RUF009 - a value that never changes
    books: Books = NoBooks()  # noqa: RUF009 - a value that never changes
    placed: PlacedDesk | None = None
    """Serves calls the portal places."""
    maker: Maker = NoMaker()  # noqa: RUF009 - a value that never changes
    desk: Desk = NoDesk()  # noqa: RUF009 - a value that never changes
    pins: PinBook = NoPinBook()  # noqa: RUF009 - a value that never changes
    programs: Programs = NoPrograms()  # noqa: RUF009 - a value that never changes
    tape: Tape = attrs.field(factory=NoTape)
    in_call: InCall = NoInCall()  # noqa: RUF009 - a value that never changes
    talks: TalkBook = NoTalks()  # noqa: RUF009 - a value that never changes
    consents: Talks | None = None
    """Writes down what whoever is called answers."""
    _farewells: Farewells = attrs.field(factory=Farewells, init=False)
    _aftermath: set[asyncio.Task[None]] = attrs.field(factory=set, init=False)

    async def serve(self, connection: AgiConnection) -> None:
        """Serve one call to its end, or from where an earlier session left it.

        Raises nothing for a caller who hangs up. Any other error leaves the
        call to the dialplan, which asks again.
        """
        request = connection.request
        if request.path == "farewell":
            self._farewells.said(request)
            return
        if request.path == "consent":
            await self._consented(connection)
            return
        ask = asked(request)
        connection.arm(ask.seconds)
        with self._farewells.expected(ask.call) as farewell:
            await self._serve(connection, ask, farewell)

    async def _consented(self, connection: AgiConnection) -> None:
        """Whoever was called answered whether the talk may be recorded: Asterisk gets a file's name, or none."""
        if self.consents is None:
            return
        file = await self.consents.answered(said_of(connection.request))
        if file:
            await connection.command("SET", "VARIABLE", "SH_TAPE", file, deadline=1.0)

    async def drain(self, seconds: float) -> None:
        """Wait up to ``seconds`` for what is still to be said about calls that ended."""
        if self._aftermath:
            await asyncio.wait(self._aftermath, timeout=seconds)

    async def _serve(self, connection: AgiConnection, ask: Asked, farewell: WaitForFarewell) -> None:
        port = AsteriskPort(connection, self.sound, farewell, done_before=ask.place.step if ask.place else 0)
        patience = Patience(ask.seconds * PLUGINS_SHARE)
        if ask.origin == "placed":
            session, live = await self._session_of_placed(ask, port)
        else:
            session, live = await self._session(connection, ask, port, patience), None
        try:
            if shut := await self._lead(session, live, ask, port, patience):
                session.record("call.taken", why=f"the tenant is {shut}: the number's own fallback answers")
                await port.leave_to_fallback()
                return
        except CallTaken:
            session.record("call.taken", why="no answer to Asterisk in time")
            return
        except CallEnded as gone:
            if "unsaid" in gone.data:
                # A later session goes on with the call, or Asterisk's own record closes it and knows how it ended.
                session.record("call.taken", why="the connection to Asterisk broke")
                return
            if connection.gone.done():
                session.record("call.ended", by="caller", **gone.data)
            else:  # a module says so by itself, and the caller is still there
                await self._hang_up(session, NORMAL_CLEARING, by="flow")
        self._later(self._end(session.call, ask.session))

    async def _lead(
        self, session: Session, placed: LiveFlow | None, ask: Asked, port: AsteriskPort, patience: Patience
    ) -> str:
        """Serve the call, as what it is; why its tenant takes none, empty when it was served."""
        if placed is not None and self.placed is not None:
            await self.placed.serve(session, placed, port, ask.place)
        elif ask.place:
            await self._take_up(session, ask.place)
        else:
            return await self._take(session, port, patience)
        return ""

    async def _session(self, connection: AgiConnection, ask: Asked, port: AsteriskPort, patience: Patience) -> Session:
        request = connection.request
        known = caller_of(request, ask.origin, self.classify, self.key)
        arrived = (await port.began() if ask.place else None) or self.clock.now()
        call = call_of(request, ask, known, arrived, self.classify)
        caller: Caller = await self.hooks.fold("caller_identified", known, call=call, patience=patience)
        answered = await port.answered() if ask.place else False
        session = await self._session_with(attrs.evolve(call, caller=caller), ask, port, answered=answered)
        session.network = NetworkNumber(self.classify(request.caller_number)[0] if request.caller_number else "")
        return session

    async def _session_of_placed(self, ask: Asked, port: AsteriskPort) -> tuple[Session, LiveFlow]:
        """Whoever answered a call of the portal's own; it counts among its tenant's calls from now on."""
        if self.placed is None:
            raise AsteriskError("this portal places no calls", call=ask.call)
        call, live = await self.placed.orders.find(ask.call)
        if self.routes.most_calls(call.tenant) is not None:
            await port.calls_with(call.tenant)
        session = await self._session_with(call, ask, port, answered=True)
        session.network = NetworkNumber(call.caller.number)
        return session, live

    async def _session_with(self, call: Call, ask: Asked, port: AsteriskPort, *, answered: bool) -> Session:
        variables = unpack_variables(await port.remembered()) if ask.place else {}
        return Session(
            call,
            port,
            self.feed,
            self.prompts,
            self.gate,
            self.clock,
            number=ask.session,
            variables=variables,
            plugins=self.plugins,
            shelf=self.shelf,
            books=self.books,
            desk=self.desk,
            pins=self.pins,
            programs=self.programs,
            maker=self.maker,
            tape=self.tape,
            in_call=self.in_call,
            talks=self.talks,
            answered=answered,
        )

    async def _take(self, session: Session, port: AsteriskPort, patience: Patience) -> str:
        """Serve a new call; why its tenant takes none, such as ``suspended``, empty when it was served."""
        call = session.call
        routing, found_by = await self._resolve(call, patience)
        if routing:
            session.call = call = attrs.evolve(call, tenant=routing.tenant, language=routing.language)
        caller = call.caller
        session.record(
            "call.started",
            number=call.number,
            origin=call.origin,
            caller=caller.number,
            name=caller.name,
            presentation=caller.presentation,
            diverted_from=call.diverted_from,
        )
        if routing and (shut := self.routes.shut(routing.tenant)):
            return shut
        if routing and await self._one_too_many(routing.tenant, port):
            session.record("call.refused", why=f"the tenant {why_refused('calls')}", limit="calls")
            await self._hang_up(session, USER_BUSY)
            return ""
        refusal = await self.hooks.veto("call_arrives", call=call, patience=patience)
        if refusal is not None:
            session.record("call.refused", why=refusal.why, plugin=refusal.plugin)
            await self._hang_up(session, CALL_REJECTED)
        elif routing is None:
            session.record("call.failed", why=f"number {call.number} leads nowhere")
            await self._hang_up(session, UNALLOCATED_NUMBER)
        else:
            session.record("number.resolved", tenant=routing.tenant, flow=routing.flow, by=found_by)
            await self._follow(session, routing, patience)
        return ""

    async def _one_too_many(self, tenant: str, port: AsteriskPort) -> bool:
        """Whether a new call is more than its tenant may have. Asterisk counts, for all workers alike."""
        most = self.routes.most_calls(tenant)
        return most is not None and await port.calls_with(tenant) > most

    async def _resolve(self, call: Call, patience: Patience) -> tuple[Routing | None, str]:
        answer = await self.hooks.first("resolve_number", call=call, patience=patience)
        if answer is not None:
            return answer.value, answer.plugin
        return self.routes.routing(call.number), "store"

    async def _follow(self, session: Session, routing: Routing, patience: Patience) -> None:
        answer = await self.hooks.first("choose_flow", call=session.call, routing=routing, patience=patience)
        flow, by = (answer.value, answer.plugin) if answer else (routing.flow, "number")
        live = self.routes.current(routing.tenant, flow)
        if live is None:
            last = self.routes.last_resort(routing.tenant)
            session.record("last_resort.used", why=f"flow {flow!r} is not published", to=last)
            live = self.routes.current(routing.tenant, last)
        if live is None:
            session.record("call.failed", why=f"flow {flow!r} is not published and there is no last resort")
            await self._hang_up(session, UNALLOCATED_NUMBER)
            return
        session.record("flow.chosen", flow=live.flow.id, version=live.version, by=by)
        await self._run(session, live)

    async def _take_up(self, session: Session, place: Place) -> None:
        routing = self.routes.routing(session.call.number)
        live = await self.routes.version(place.version)
        if live is None:
            live = self._resort_instead(session, routing, place)
            place = attrs.evolve(
                place, version=live.version, point=live.flow.start, first_step=place.step + 1, returns=()
            )
        same = routing is not None and routing.tenant == live.tenant
        language = routing.language if routing and same else live.flow.language
        session.call = attrs.evolve(session.call, tenant=live.tenant, language=language)
        session.record("call.resumed", version=place.version, point=place.point, step=place.step)
        session.language = live.flow.language
        waiting = [await self.routes.version(version) for version, _ in place.returns]
        await self.interpreter.run(session, live, place, waiting)
        session.record("call.ended", by="flow")

    def _resort_instead(self, session: Session, routing: Routing | None, place: Place) -> LiveFlow:
        """Who serves a call whose flow version is gone, such as with the plugin of one of its modules."""
        why = f"version {place.version!r}, with which the call began, cannot be read any more"
        last = self.routes.last_resort(routing.tenant) if routing else ""
        live = self.routes.current(routing.tenant, last) if routing else None
        if live is None:
            raise AsteriskError(f"{why}, and there is no last resort", version=place.version)
        session.record("last_resort.used", why=why, to=f"flow:{last}")
        return live

    async def _run(self, session: Session, live: LiveFlow) -> None:
        session.language = live.flow.language
        await self.interpreter.run(session, live)
        session.record("call.ended", by="flow")

    async def _hang_up(self, session: Session, cause: int, *, by: str = "portal") -> None:
        await session.hang_up(cause)
        session.record("call.ended", by=by, cause=cause)

    async def _end(self, call: Call, session: int) -> None:
        outcome = await self.ledger.end(call, session)
        if outcome is not None:
            await self.hooks.notify("call_ended", call=call, outcome=outcome)

    def _later(self, rest: Coroutine[Any, Any, None]) -> None:
        """The caller is gone: what remains must not be cut off with the connection."""
        task = asyncio.create_task(rest)
        self._aftermath.add(task)
        task.add_done_callback(self._aftermath.discard)
