"""A worker that stops, or a connection that breaks, cancels a call wherever it waits."""

from __future__ import annotations

import asyncio

import attrs
import pytest

from switchhook.calls.in_call import InCallKey
from switchhook.calls.port import DialPlan, Target
from switchhook.calls.room import RoomPlan
from switchhook.calls.served import TalkGoesOn, TalkOver
from switchhook.flows.interpreter import Interpreter
from switchhook.flows.module import Exit
from switchhook.simulator.port import SimulatedPort

from .walks import END, LISTEN, Does, Published, Seen, flow, live, prepared

OPERATIONS = (
    "answer",
    "play",
    "read",
    "wait",
    "record",
    "recorded",
    "phone_states",
    "admit",
    "dial",
    "play_served",
    "ask_served",
    "talk_again",
    "let_go",
    "room",
    "join",
    "keep_alive",
    "remember",
    "hang_up",
)
OBSERVED = ("entered", "left")


async def everything(session):
    session.variables["x"] = "y"
    await session.answer()
    await session.play("one")
    await session.read("two", listen=LISTEN)
    await session.wait(1)
    await session.keep_alive(5)
    await session.record_voice("message", owner=("mailbox", "sales"))
    await session.phone_states(Target("phone", "anna"))
    await session.admit("sales", 3)
    await session.join(RoomPlan(owner=("room", "sales"), longest=1))
    await session.dial(DialPlan((Target("phone", "anna"),), in_call=True))
    return Exit("next")


class TalksOnOnce:
    """A feature that speaks to whoever pressed its key, who talks on after the first time and goes after the second."""

    async def keys(self, call, flow):
        return (InCallKey("*2", "feature/one"), InCallKey("*3", "feature/other"))

    async def act(self, pressed, served):
        await served.play("one")
        await served.read(listen=LISTEN)
        return TalkGoesOn() if pressed.feature == "feature/one" else TalkOver()


@attrs.frozen
class Hanging:
    """Stands before a port or an observer and never comes back from one of its methods."""

    behind: object
    name: str
    reached: asyncio.Event = attrs.field(factory=asyncio.Event)

    def __getattr__(self, name: str) -> object:
        return self.hang if name == self.name else getattr(self.behind, name)

    async def hang(self, *args: object, **named: object) -> None:
        self.reached.set()
        await asyncio.Event().wait()


async def cancelled(session, observer, hanging: Hanging) -> None:
    main = flow(a=(Does(everything), {"next": END, "error": "b"}), b=(Does(everything), END))
    interpreter = Interpreter(Published({"main": main}), observer)
    task = asyncio.create_task(interpreter.run(session, live(main)))
    async with asyncio.timeout(5):
        await hanging.reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_cancelling_passes_through_each_operation_and_is_no_fault_of_the_module(operation):
    walked = prepared(parties="answered:30/1:*2/2:*3/=1/=1")
    walked.session._in_call = TalksOnOnce()
    hanging = Hanging(walked.port, operation)
    walked.session._port = hanging
    await cancelled(walked.session, walked.seen, hanging)
    assert walked.seen.failed == []
    assert not {"plugin.fault", "last_resort.used", "call.failed"} & set(walked.kinds)
    assert walked.port.hung_up is None


@pytest.mark.parametrize("observed", OBSERVED)
async def test_cancelling_passes_while_an_observer_is_told(observed):
    walked = prepared()
    seen = Seen()
    hanging = Hanging(seen, observed)
    await cancelled(walked.session, hanging, hanging)
    assert seen.failed == []
    assert "plugin.fault" not in walked.kinds


async def test_cancelling_passes_through_a_module_that_waits_by_itself():
    started = asyncio.Event()

    async def run(session):
        started.set()
        await asyncio.Event().wait()

    walked = prepared()
    main = flow(a=(Does(run), END))
    task = asyncio.create_task(Interpreter(Published({}), walked.seen).run(walked.session, live(main)))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert walked.seen.failed == []


def test_every_operation_of_the_port_is_tried():
    public = {name for name, value in vars(SimulatedPort).items() if asyncio.iscoroutinefunction(value)}
    assert {name for name in public if not name.startswith("_")} == set(OPERATIONS)
