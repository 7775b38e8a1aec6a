"""Plugins that are slow together cost a caller no more than one that is slow alone."""

from __future__ import annotations

import asyncio

from switchhook.dispatch.patience import Patience

from .portal_of import hooked
from .test_every_hook import CALL, VALUES, implementing


def thinking(name: str, answer: object = None):
    async def think():
        await asyncio.sleep(60)
        return answer

    return implementing(name, think)


async def test_what_was_slow_in_one_hook_leaves_less_time_for_the_next_and_is_blamed():
    portal = hooked(victim=[thinking("choose_flow", "closed")])
    patience = Patience(0.05)
    patience.spent("slow", "call_arrives", 1000.0)
    answer = await portal.hooks.first("choose_flow", call=CALL, routing=VALUES["routing"], patience=patience)
    assert answer is None
    (fault,) = portal.faults
    assert (fault.plugin, fault.hook, fault.kind, fault.call) == ("slow", "call_arrives", "too_slow", CALL.id)
    assert fault.message == "took 1000.0 s of the 0.05 s that all plugins have together at this moment"


async def test_whoever_answers_at_once_is_heard_after_the_time_is_over_and_one_plugin_is_blamed_once():
    hangs, too = thinking("choose_flow"), thinking("choose_flow")
    portal = hooked(a=[hangs], b=[too], c=[implementing("choose_flow", lambda: "closed")])
    patience = Patience(0.05)
    answer = await portal.hooks.first("choose_flow", call=CALL, routing=VALUES["routing"], patience=patience)
    assert (answer.plugin, answer.value) == ("c", "closed")
    assert [(fault.plugin, fault.kind) for fault in portal.faults] == [("a", "too_slow")]


async def test_a_guard_of_money_that_had_no_time_refuses():
    portal = hooked(slow=[thinking("leg_proposed")], guard=[thinking("leg_allowed")])
    patience = Patience(0.05)
    plan = await portal.hooks.fold("leg_proposed", VALUES["plan"], call=CALL, patience=patience)
    assert plan == VALUES["plan"]
    assert (await portal.hooks.veto("leg_allowed", call=CALL, plan=plan, patience=patience)).plugin == "guard"
    assert [fault.plugin for fault in portal.faults] == ["slow"]
