"""A module that misbehaves costs its own point, never the call and never another call."""

from __future__ import annotations

import asyncio
import time

import attrs
import pytest

from switchhook import Exit, Label, Module
from switchhook.calls.outcome import Outcome
from switchhook.flows.flow import HANG_UP, Flow, Point
from switchhook.testing import Tried, call

from .plugins import bringing, module_that

FLOW = """
flow: hotline
start: bad
points:
  bad: {module: hostile, exits: {next: good, error: good}}
  good: {module: good, exits: {next: hang-up}}
"""


async def says_sorry(session):
    await session.play("sorry")
    return Exit("next")


async def called(run, **given) -> Tried:
    plugin = bringing(module_that(run), module_that(says_sorry, "good"))
    return await call(FLOW, plugins=[plugin], **given)


async def raises(session):
    raise RuntimeError("no database")


async def exits(session):
    raise SystemExit(4)


async def exits_by_call(session):
    raise SystemExit


async def gives_nothing(session):
    return None


async def gives_text(session):
    return "next"


async def gives_odd_exit(session):
    return Exit({"next": 1})


async def overflows(session):
    session.variables["x"] = "y" * 100_000
    await session.play("one")


async def recurses(session):
    return await recurses(session)


async def gives_up_early(session):
    async with asyncio.timeout(0.01):
        await asyncio.Event().wait()


async def plays_a_path(session):
    await session.play("../../etc/passwd")
    await session.play("http://evil/x.wav&tone")
    return Exit("next")


FAULTY = [raises, exits, exits_by_call, gives_nothing, gives_text, gives_odd_exit, overflows, recurses, gives_up_early]


@pytest.mark.parametrize("run", FAULTY, ids=lambda run: run.__name__)
async def test_the_caller_goes_on_and_the_fault_names_the_module(run):
    done = await called(run)
    assert (done.heard[-1], done.outcome, done.cause) == ("sorry", Outcome.MACHINE_ONLY, 16)
    assert done.ways == (("bad", "error"), ("good", "next"))
    (fault,) = done.faults
    assert (fault.kind, fault.hook, fault.call) == ("raised", "module hostile", "test-1")
    assert [event.data["module"] for event in done.events if event.kind == "plugin.fault"] == ["hostile"]


async def test_a_prompt_that_is_no_name_is_never_looked_for():
    done = await called(plays_a_path)
    assert done.heard == ("sorry",)
    assert [event.kind for event in done.events].count("prompt.missing") == 2


async def test_a_module_that_hangs_holds_up_no_other_call_and_is_told_of_by_the_test_kit():
    async def hangs(session):
        await asyncio.Event().wait()

    stuck = asyncio.create_task(called(hangs, deadline=0.3))
    done = await called(gives_nothing)
    assert done.cause == 16
    with pytest.raises(AssertionError, match=r"did not end within 0\.3 s of real time: a module hangs"):
        await stuck


async def test_a_module_that_blocks_ends_with_its_own_result():
    """Nothing in a process can interrupt it; the worker's watchdog ends the process when it takes too long."""

    async def blocks(session):
        time.sleep(0.05)  # noqa: ASYNC251 - that is the point
        return Exit("next")

    done = await called(blocks)
    assert done.ways[0] == ("bad", "next")


async def test_a_module_cannot_swallow_that_the_caller_left():
    async def ignores(session):
        while True:
            try:
                await session.play("one", interruptible=True)
            except Exception as gone:
                session.variables["seen"] = type(gone).__name__
                return Exit("next")

    done = await called(ignores, keys="hangup")
    assert done.events[-1].data["by"] == "caller"
    assert done.variables == {"seen": "CallEnded"}


async def test_settings_cannot_be_changed_from_one_call_to_the_next():
    @attrs.frozen
    class Counts(Module):
        kind = "counts"
        label = Label("Zählt", "Counts")

        def exits(self):
            return ("next",)

        async def run(self, session):
            self.seen = 1
            return Exit("next")

    flow = Flow("f", "F", "a", {"a": Point("a", Counts(), "", {"error": HANG_UP, "next": HANG_UP})})
    assert "FrozenInstanceError" in (await call(flow)).why


async def test_a_plugin_that_fails_again_and_again_is_suspended_and_calls_still_end():
    flow = Flow(
        "f", "F", "a0", {f"a{n}": Point(f"a{n}", module_that(raises)(), "", {"error": f"a{n + 1}"}) for n in range(8)}
    )
    done = await call(flow)
    assert len(done.faults) == 8
    assert (done.heard, done.cause) == (("stock/unavailable",), 16)
