from __future__ import annotations

import asyncio
import time

import attrs
import pytest

from switchhook import Refusal
from switchhook.errors import PluginError

from .portal_of import hooked, impatient
from .test_every_hook import CALL, VALUES, implementing


async def test_without_plugins_nothing_happens():
    portal = hooked()
    assert await portal.hooks.first("resolve_number", call=CALL) is None
    assert await portal.hooks.veto("leg_allowed", call=CALL, plan=VALUES["plan"]) is None
    assert await portal.hooks.fold("caller_identified", CALL.caller, call=CALL) == CALL.caller


async def test_filters_build_on_each_other_in_order():
    def shout(caller):
        return attrs.evolve(caller, name=caller.name + "!")

    def ask(caller):
        return attrs.evolve(caller, name=caller.name + "?")

    shout.__name__ = ask.__name__ = "caller_identified"
    assert (await hooked(a=[shout], b=[ask]).hooks.fold("caller_identified", CALL.caller, call=CALL)).name == "!?"
    assert (
        await hooked(a=[shout], b=[ask], order=["b"]).hooks.fold("caller_identified", CALL.caller, call=CALL)
    ).name == "?!"


async def test_the_first_answer_wins_and_later_plugins_are_not_asked():
    asked = []

    def one(call):
        asked.append("a")

    def two(call, routing):
        asked.append("b")
        return "closed"

    def three():
        asked.append("c")
        return "other"

    for function in (one, two, three):
        function.__name__ = "choose_flow"
    answer = await hooked(a=[one], b=[two], c=[three]).hooks.first("choose_flow", call=CALL, routing=VALUES["routing"])
    assert (answer.plugin, answer.value, asked) == ("b", "closed", ["a", "b"])


async def test_any_refusal_wins():
    portal = hooked(
        a=[implementing("leg_allowed", lambda: None)], b=[implementing("leg_allowed", lambda: Refusal("no"))]
    )
    assert await portal.hooks.veto("leg_allowed", call=CALL, plan=VALUES["plan"]) == Refusal("no", "b")


async def test_repeated_faults_suspend_a_plugin_until_it_is_reset():
    asked = []

    def fail():
        asked.append(1)
        raise RuntimeError("again")

    portal = hooked(bad=[implementing("point_entered", fail)])
    for _ in range(8):
        await portal.hooks.notify("point_entered", call=CALL, point="p", module="m")
    assert len(asked) == 5
    assert portal.breaker.suspended("bad").message == "RuntimeError('again')"
    assert [fault.kind for fault in portal.faults] == ["raised"] * 5 + ["suspended"]
    assert "switchhook plugins reset bad" in portal.faults[-1].message
    portal.breaker.reset("bad")
    await portal.hooks.notify("point_entered", call=CALL, point="p", module="m")
    assert len(asked) == 6


@pytest.mark.parametrize("name", ["switchhook", ""])
def test_what_is_no_plugin_is_never_suspended(name):
    portal = hooked()
    for _ in range(9):
        portal.breaker.report(name, "call", "raised", "again")
    assert portal.breaker.suspended(name) is None
    assert len(portal.faults) == 9


async def test_faults_far_apart_suspend_nobody():
    def fail():
        raise RuntimeError("now and then")

    portal = hooked(bad=[implementing("point_entered", fail)])
    for _ in range(20):
        await portal.hooks.notify("point_entered", call=CALL, point="p", module="m")
        portal.clock.advance(30)
    assert portal.breaker.suspended("bad") is None
    assert len(portal.faults) == 20


async def test_a_suspended_guard_of_money_refuses_and_a_suspended_guard_of_arrivals_does_not():
    def fail():
        raise RuntimeError("always")

    portal = hooked(bad=[implementing("leg_allowed", fail), implementing("call_arrives", fail)])
    for _ in range(5):
        await portal.hooks.veto("leg_allowed", call=CALL, plan=VALUES["plan"])
    refusal = await portal.hooks.veto("leg_allowed", call=CALL, plan=VALUES["plan"])
    assert refusal == Refusal("the guard of plugin 'bad' is suspended", "bad")
    assert await portal.hooks.veto("call_arrives", call=CALL) is None


async def test_one_that_blocks_the_loop_is_named():
    portal = hooked(bad=[implementing("point_entered", lambda: time.sleep(0.1))], specs=impatient(0.05))
    await portal.hooks.notify("point_entered", call=CALL, point="p", module="m")
    assert [(f.plugin, f.kind) for f in portal.faults] == [("bad", "blocked_loop")]


async def test_the_plugin_at_work_is_known_while_it_works():
    seen = []
    portal = None

    async def look():
        seen.append(portal.hooks.running)
        await asyncio.sleep(0)
        seen.append(portal.hooks.running)

    portal = hooked(busy=[implementing("point_entered", look)])
    await portal.hooks.notify("point_entered", call=CALL, point="p", module="m")
    assert seen == [("busy", "point_entered")] * 2
    assert portal.hooks.running is None


class Shy:
    """Something that cannot be shown, such as a row of a database that is closed."""

    def __repr__(self):
        raise RuntimeError("detached")


class ShyError(Exception):
    def __str__(self):
        raise RuntimeError("detached")

    __repr__ = __str__


class Talkative(Exception):
    def __repr__(self):
        return "x" * 10_000_000

    __str__ = __repr__


@pytest.mark.parametrize("said", [Shy(), ShyError(), Talkative()], ids=["a value", "an error", "much"])
async def test_what_cannot_be_shown_is_a_fault_like_any_other(said):
    def answer():
        if isinstance(said, Exception):
            raise said
        return said

    portal = hooked(bad=[implementing("choose_flow", answer)])
    assert await portal.hooks.first("choose_flow", call=CALL, routing=VALUES["routing"]) is None
    (fault,) = portal.faults
    assert 0 < len(fault.message) < 1000
    assert len(fault.trace) < 100_000


async def test_asking_a_hook_by_the_wrong_kind_is_an_error():
    with pytest.raises(PluginError, match="'point_entered' is of kind 'notify'"):
        await hooked().hooks.first("point_entered", call=CALL, point="p", module="m")
