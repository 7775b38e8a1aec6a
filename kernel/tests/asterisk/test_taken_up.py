"""A portal is killed anywhere in a module; the next one goes through it again and does nothing twice, nor leaves it out."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest

from switchhook.calls.call import Call, Caller
from switchhook.calls.port import DialPlan, Listen, Place, Target
from switchhook.calls.session import Session
from switchhook.calls.surroundings import LegRefused
from switchhook.clock import SetClock
from switchhook.errors import AsteriskError
from switchhook.simulator.simulate import EventList
from switchhook.testing import PromptShelf

from .line import Line, port_to

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALL = Call("sh1-1.1", "acme", "+4922112345", Caller("+491711234567"), NOW)
ANNA, BERT = (DialPlan((Target("phone", name),)) for name in ("anna", "bert"))
TALKED = "ANSWER:16:10.0:70.0:PJSIP/bert-00000003"


@attrs.define
class Purse:
    """A guard that reserves money for each leg it allows, while it says so."""

    allowed: bool = True
    reserved: list[str] = attrs.field(factory=list)

    async def check(self, call: Call, plan: DialPlan, leg: int | None) -> DialPlan:
        if not self.allowed:
            raise LegRefused("no money left")
        self.reserved.append(str(plan.targets[0]))
        return plan


def session_on(line: Line, purse: Purse, place: Place | None = None) -> tuple[Session, EventList]:
    """The session of a portal that is asked for the call; ``place`` is where an earlier one left it."""
    events = EventList()
    port = port_to(line, place.step if place else 0)
    session = Session(CALL, port, events, PromptShelf(), purse, SetClock(NOW), answered=line.up)
    if place:
        session.resume_at(place)
    else:
        session.at_point("7", "start")
    return session, events


async def killed(line: Line, module, purse: Purse | None = None) -> Place:
    """Run a module until the line breaks; the place the channel keeps."""
    session, _ = session_on(line, purse or Purse())
    with pytest.raises(AsteriskError, match="killed"):
        await module(session)
    line.breaks_in = 0
    return session.place


async def test_an_answer_of_its_own_does_not_shift_what_comes_after_it():
    async def module(session):
        await session.answer()
        await session.play("hello", interruptible=True)
        return await session.read("menu", listen=Listen(1))

    line = Line({"play": [""], "read": ["OK:7"]}, breaks_in=3)
    place = await killed(line, module)
    session, _ = session_on(line, Purse(), place)
    assert (await module(session)).pressed == "7"
    assert line.done == ["answer", "play", "read"]


async def test_a_leg_that_was_dialled_is_not_asked_for_again():
    async def module(session):
        first = await session.dial(ANNA)
        return first.status, (await session.dial(BERT)).status

    line, purse = Line({"dial": ["BUSY:17:::", TALKED]}, breaks_in=2), Purse()
    place = await killed(line, module, purse)
    purse.allowed = False
    session, events = session_on(line, purse, place)
    assert await module(session) == ("busy", "answered")
    assert purse.reserved == ["anna", "bert"]
    assert [event.data["status"] for event in events.events if event.kind == "leg.ended"] == ["answered"]


async def test_a_leg_that_was_refused_stays_refused():
    purse = Purse(allowed=False)

    async def module(session):
        with pytest.raises(LegRefused) as refused:
            await session.dial(ANNA)
        purse.allowed = True
        return str(refused.value), (await session.dial(BERT)).status

    line = Line({"dial": [TALKED]}, breaks_in=1)
    place = await killed(line, module, purse)
    session, _ = session_on(line, purse, place)
    assert await module(session) == ("the leg was refused before the call was taken up again", "answered")
    assert line.done == ["dial"]
    assert purse.reserved == ["bert"]


async def test_an_announcement_before_the_answer_leaves_the_call_unanswered():
    line = Line({"play": [""]})
    port = port_to(line)
    await port.play([PromptShelf().find("hello", "de")], interruptible=False, early=True, place=Place("7", "a", 1, 1))
    assert not await port.answered()
    await port.answer(Place("7", "a", 1, 2))
    assert await port.answered()
