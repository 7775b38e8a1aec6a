"""Runs a flow against a script and gives the course the call would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from ..calls.call import Call
from ..calls.event import Event
from ..calls.network_number import NetworkNumber
from ..calls.outcome import Outcome, outcome_of
from ..calls.pins import OneCallsPins
from ..calls.programs import NoPrograms, Programs
from ..calls.served import InCall, NoInCall
from ..calls.session import Session
from ..calls.surroundings import Books, Gate, NoBooks, NothingKept, Prompts, Shelf
from ..clock import SetClock
from ..errors import CallEnded
from ..flows.flow import LiveFlow
from ..flows.interpreter import Interpreter
from .port import SimulatedPort, SimulatedTalks, SimulatedTape
from .script import Script


@attrs.frozen
class Simulated:
    """A simulated call: its events in order, its outcome, the cause the flow hung up with if it did,
    and the variables as they were at its end.
    """

    call: Call
    events: tuple[Event, ...]
    outcome: Outcome
    cause: int | None
    variables: Mapping[str, str] = attrs.field(factory=dict)


@attrs.define
class EventList:
    """Keeps events in the order they happen."""

    events: list[Event] = attrs.field(factory=list)

    def record(self, call: Call, event: Event) -> None:
        """See :meth:`switchhook.calls.surroundings.Recorder.record`."""
        self.events.append(event)


async def simulate(
    call: Call,
    live: LiveFlow,
    script: Script,
    *,
    interpreter: Interpreter,
    prompts: Prompts,
    gate: Gate,
    variables: Mapping[str, str] | None = None,
    plugins: Sequence[object] = (),
    shelf: Shelf | None = None,
    books: Books | None = None,
    programs: Programs | None = None,
    network: NetworkNumber | None = None,
    in_call: InCall | None = None,
) -> Simulated:
    """Walk ``call`` through a flow by the production interpreter, beginning at ``call.arrived``.

    ``variables`` are those the flow finds set, ``plugins`` those its modules may ask for, ``shelf`` what the tenant
    keeps, ``network`` the number the network gave for a caller who shows none. Raises ``ValueError`` for an arrival without a time zone.
    """
    clock, seen = SetClock(_utc(call.arrived)), EventList()
    port = SimulatedPort(script, clock)
    known = dict(variables or {})
    language = live.flow.language
    session = Session(
        call,
        port,
        seen,
        prompts,
        gate,
        clock,
        language=language,
        variables=known,
        plugins=plugins,
        shelf=shelf or NothingKept(),
        books=books or NoBooks(),
        programs=programs or NoPrograms(),
        in_call=in_call or NoInCall(),
        tape=SimulatedTape(port),
        talks=SimulatedTalks(port),
        pins=OneCallsPins(),
        network=network or NetworkNumber(call.caller.number),
    )
    session.record("call.started", number=call.number)
    try:
        await interpreter.run(session, live)
        session.record("call.ended", by="flow", cause=port.hung_up)
    except CallEnded:
        session.record("call.ended", by="caller")
    return Simulated(call, tuple(seen.events), outcome_of(seen.events), port.hung_up, dict(session.variables))


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a call's time needs a time zone")
    return moment
