"""What a call meets between Asterisk and its flow: another worker's call, flows that are gone, plugins that hang."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import attrs

from switchhook import Call, CallEnded, Outcome, Session, hookimpl, hookspecs
from switchhook.asterisk.agi_request import AgiRequest
from switchhook.calls.numbers import caller_number
from switchhook.calls.outcome import outcome_of
from switchhook.clock import SetClock
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker, Fault
from switchhook.dispatch.loader import Source, load_plugins
from switchhook.dispatch.spec import specs_in
from switchhook.flows.flow import HANG_UP, Flow, LiveFlow, Point, Routing
from switchhook.flows.interpreter import Interpreter
from switchhook.flows.module import Exit, Module
from switchhook.schema import Label
from switchhook.simulator.simulate import EventList
from switchhook.switchboard import switchboard as switchboard_of
from switchhook.switchboard.feed import Feed
from switchhook.switchboard.gate import HookedGate
from switchhook.switchboard.observer import HookedObserver
from switchhook.switchboard.routes import Routes, Snapshot
from switchhook.switchboard.switchboard import Switchboard
from switchhook.testing import PromptShelf

from .line import Line

NUMBER = "+4922112345"
BEGAN = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
NOW = BEGAN + timedelta(minutes=30)


@attrs.frozen
class Says(Module):
    kind = "says"
    label = Label("Sagt", "Says")
    prompt: str = "hello"

    def exits(self) -> tuple[str, ...]:
        return ("next",)

    async def run(self, session: Session) -> Exit:
        await session.play(self.prompt)
        return Exit("next")


def flow(id: str) -> LiveFlow:  # noqa: A002
    return LiveFlow(f"{id}-v1", 1, "acme", Flow(id, id, "a", {"a": Point("a", Says(id), "", {"next": HANG_UP})}, "en"))


@attrs.frozen
class Ends(Module):
    kind = "ends"
    label = Label("Endet", "Ends")

    def exits(self) -> tuple[str, ...]:
        return ("next",)

    async def run(self, session: Session) -> Exit:
        raise CallEnded("that is all", by="me", kind="mine")


@attrs.define
class Books(EventList):
    """A ledger on the table."""

    async def end(self, call: Call, session: int) -> Outcome | None:
        return Outcome.MACHINE_ONLY


@attrs.frozen
class Nothing:
    """A store without old versions."""

    async def version(self, version: str) -> LiveFlow | None:
        return None


@attrs.define
class Asked(Line):
    """Asterisk asks for a call that stands at point ``a`` of a version, after one step."""

    request: AgiRequest = attrs.field(kw_only=True)
    gone: asyncio.Future[None] = attrs.field(factory=lambda: asyncio.get_running_loop().create_future(), kw_only=True)


def asked(version: str = "") -> Asked:
    state = f"{version}:a:1:1" if version else ""
    request = AgiRequest("call", ("2" if version else "1", NUMBER, "trunk", state, "3"), uniqueid="sh1-1.1")
    return Asked(request=request, variables={"CDR(start,u)": f"{BEGAN.timestamp():.6f}"})


def switchboard(
    flows: Mapping[str, LiveFlow], resort: str = "", plugin: object = None, faults: list[Fault] | None = None
) -> tuple[Switchboard, Books]:
    breaker = Breaker(SetClock(NOW), ([] if faults is None else faults).append)
    loaded = load_plugins([Source("odd", lambda: plugin or SimpleNamespace())], hookspecs, breaker)
    hooks = Dispatcher(specs_in(hookspecs), loaded.implementations, breaker)
    books = Books()
    routes = Routes(Nothing())
    numbers = {NUMBER: Routing("acme", "hotline", "de")}
    routes.replace(Snapshot(numbers, {("acme", name): live for name, live in flows.items()}, {"acme": resort}))
    feed = Feed(books, hooks)
    return Switchboard(
        hooks=hooks,
        routes=routes,
        interpreter=Interpreter(routes, HookedObserver(feed.tell, breaker, {})),
        feed=feed,
        ledger=books,
        prompts=PromptShelf(),
        gate=HookedGate(hooks),
        clock=SetClock(NOW),
        sound=lambda prompt: prompt.id,
        classify=caller_number,
        key=str,
    ), books


async def test_plugins_are_told_of_the_call_as_it_was_when_it_arrived():
    ended: list[Call] = []
    plugin = SimpleNamespace(call_ended=hookimpl(lambda call: ended.append(call), specname="call_ended"))
    board, _ = switchboard({"hotline": flow("hotline")}, plugin=plugin)
    await board.serve(asked("hotline-v1"))  # type: ignore[arg-type]
    await board.drain(5)
    assert [(call.arrived, call.tenant, call.language) for call in ended] == [(BEGAN, "acme", "de")]


async def test_a_flow_that_is_gone_with_its_plugin_leaves_the_caller_to_the_last_resort():
    board, books = switchboard({"sorry": flow("sorry")}, "sorry")
    line = asked("hotline-v1")
    await board.serve(line)  # type: ignore[arg-type]
    assert books.events[0].kind == "last_resort.used"
    assert "cannot be read any more" in books.events[0].data["why"]
    assert [words[4] for words in line.commands if words[0] == "GOSUB"] == ["sorry,sorry-v1:a:2:2,,1,2,."]
    assert books.events[-1].data == {"by": "flow"}


class Hangs:
    """A plugin whose database does not answer, and that asks it before everything."""

    @hookimpl
    async def caller_identified(self):
        await asyncio.Event().wait()

    @hookimpl
    async def resolve_number(self):
        await asyncio.Event().wait()

    @hookimpl
    async def call_arrives(self):
        await asyncio.Event().wait()

    @hookimpl
    async def choose_flow(self):
        await asyncio.Event().wait()


async def test_a_plugin_that_hangs_in_every_hook_costs_a_caller_no_more_than_in_one(monkeypatch):
    monkeypatch.setattr(switchboard_of, "PLUGINS_SHARE", 0.05)
    faults: list[Fault] = []
    board, _ = switchboard({"hotline": flow("hotline")}, plugin=Hangs(), faults=faults)
    line = asked()
    await board.serve(line)  # type: ignore[arg-type]
    assert line.done == ["play"]
    assert [(fault.hook, fault.kind) for fault in faults] == [("caller_identified", "too_slow")]


async def test_a_module_that_says_by_itself_that_the_call_ended_ends_it():
    ends = Flow("hotline", "", "a", {"a": Point("a", Ends(), "", {"next": HANG_UP})})
    board, books = switchboard({"hotline": LiveFlow("hotline-v1", 1, "acme", ends)})
    line = asked()
    await board.serve(line)  # type: ignore[arg-type]
    assert line.commands[-1] == ("EXEC", "MSet", "SH_CAUSE=16,SH_DONE=1")
    assert (books.events[-1].kind, books.events[-1].data) == ("call.ended", {"by": "flow", "cause": 16})


async def test_a_suspended_tenants_new_calls_get_the_numbers_fallback_and_those_in_progress_go_on():
    board, books = switchboard({"hotline": flow("hotline")})
    numbers = {NUMBER: Routing("acme", "hotline", "de")}
    board.routes.replace(Snapshot(numbers, {("acme", "hotline"): flow("hotline")}, shut={"acme": "suspended"}))
    line = asked()
    await board.serve(line)  # type: ignore[arg-type]
    assert line.commands[-1] == ("SET", "VARIABLE", "SH_DONE", "0")
    assert line.done == []
    assert [event.kind for event in books.events] == ["call.started", "call.taken"]
    assert "suspended" in books.events[-1].data["why"]
    books.events.clear()
    held = asked("hotline-v1")
    await board.serve(held)  # type: ignore[arg-type]
    assert held.variables.get("SH_DONE") != "0"
    assert [event.kind for event in books.events][-1] == "call.ended"
    assert "play" in held.done


async def test_a_demo_takes_so_many_calls_at_the_same_time_and_lifting_that_leaves_those_in_progress_alone():
    board, books = switchboard({"hotline": flow("hotline")})
    numbers, flows = {NUMBER: Routing("acme", "hotline", "de")}, {("acme", "hotline"): flow("hotline")}
    board.routes.replace(Snapshot(numbers, flows, most_calls={"acme": 2}))
    second, third = asked(), asked()
    second.variables["GROUP_COUNT(acme@switchhook)"], third.variables["GROUP_COUNT(acme@switchhook)"] = "2", "3"
    await board.serve(second)  # type: ignore[arg-type]
    assert (second.done, second.variables["GROUP(switchhook)"]) == (["play"], "acme")
    books.events.clear()
    await board.serve(third)  # type: ignore[arg-type]
    assert (third.done, third.commands[-1]) == ([], ("EXEC", "MSet", "SH_CAUSE=17,SH_DONE=1"))
    assert [event.kind for event in books.events] == ["call.started", "call.refused", "call.ended"]
    assert books.events[1].data["limit"] == "calls"
    assert "may have 2 calls at the same time; the operator lifts this limit" in books.events[1].data["why"]
    assert outcome_of(books.events) is Outcome.BLOCKED
    board.routes.replace(Snapshot(numbers, flows))
    held, fourth = asked("hotline-v1"), asked()
    await board.serve(held)  # type: ignore[arg-type]
    await board.serve(fourth)  # type: ignore[arg-type]
    assert (held.done, fourth.done) == (["play"], ["play"])
    assert not [words for words in fourth.commands if "GROUP" in words[2]]
