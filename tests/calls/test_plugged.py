"""Hooks of an installed plugin act on real calls: they rename callers, refuse calls and legs, choose flows, and may fail."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lab import PASSWORD, Lab, exits, public_home
from phones import Carrier, Desk, Phones

from .conftest import Office
from .flows import flow, forward, point

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

WELCOME, UNWELCOME, UNLUCKY = "+4930100001", "+4930100002", "+4930100003"
LINE, COLLEAGUE, CLOSED, GONE, KEPT = "+4922155540", "+4922155541", "+4922155542", "+4922155543", "+4922155544"
PROMPTS = ("hello", "closed", "bye", "one", "two", "ext", "wrong", "silent", "sorry")
FLOWS = {
    LINE: flow("line", point("announcement", "prompts: [hello]", "next: end-bye")),
    COLLEAGUE: forward("colleague", '"+4922190007"'),
    KEPT: flow("kept", point("greet", "which: ours", "next: end-bye")),
    CLOSED: flow("closed", point("announcement", "prompts: [closed]", "next: end-bye")),
}
PLUGIN = f"""
import attrs
from switchhook import Exit, Label, Module, Refusal, Resource, hookimpl, setting

@attrs.frozen
class Greeting(Resource):
    kind = "greeting"
    label = Label("Begrüßung", "Greeting")
    plural = Label("Begrüßungen", "Greetings")
    name: str = setting("text", "Name", "Name")
    prompt: str = setting("prompt", "Ansage", "Prompt")

@attrs.frozen
class Greet(Module):
    kind = "greet"
    label = Label("Begrüßen", "Greet")
    which: str = setting("reference", "Welche", "Which", to="greeting")

    def exits(self):
        return ("next",)

    async def run(self, session):
        greeting = await session.resource(Greeting, self.which)
        await session.play(greeting.prompt)
        return Exit("next", f"greeted by {{greeting.name}}")

@hookimpl
def modules():
    return [Greet]

@hookimpl
def resources():
    return [Greeting]

@hookimpl
def caller_identified(caller):
    if caller.number == "{UNLUCKY}":
        raise RuntimeError("the address book is torn")
    return attrs.evolve(caller, name=f"Known as {{caller.number[-2:]}}")

@hookimpl
async def call_arrives(call):
    return Refusal("on the list of callers nobody wants") if call.caller.number == "{UNWELCOME}" else None

@hookimpl
def choose_flow(call, routing):
    if routing.flow == "line" and call.caller.number == "{UNLUCKY}":
        return "closed"
    return "unpublished" if routing.flow == "closed" else None

@hookimpl
async def leg_allowed(call, plan):
    return Refusal("nobody calls out today")
"""


def install(where: Path, name: str, text: str) -> Path:
    """Put a plugin of one file where a portal with this directory on its path finds it."""
    info = where / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[switchhook]\n{name} = {name}\n")
    (where / f"{name}.py").write_text(text)
    return where


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def plugged(desk: Desk) -> AsyncIterator[Office]:
    with public_home() as home:
        async with Carrier(home / "carrier") as carrier, Phones(desk) as phones:
            lab = await Lab.make(home / "lab", FLOWS, PROMPTS, trunk_port=carrier.port, trunk_matches=[desk.where])
            async with lab:
                site = install(home / "site", "doorkeeper", PLUGIN)
                await lab.portal(environment={"PYTHONPATH": str(site)})
                anna = await phones.register("anna", PASSWORD, lab.where)
                berta = await phones.register("berta", PASSWORD, lab.where)
                yield Office(lab, phones, carrier, anna, berta)


async def test_what_administrators_keep_is_what_the_next_call_hears(plugged):
    lab = plugged.lab

    async def keep(prompt: str) -> None:
        file = lab.home / "greetings.yaml"
        file.write_text(f"greeting: {{ours: {{name: Ours, prompt: {prompt}}}}}\n")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "switchhook.cli", "--config", str(lab.home / "switchhook.toml")),
            *("resources", "apply", str(file)),
            env={**os.environ, "PYTHONPATH": str(lab.home.parent / "site")},
        )
        assert await asyncio.wait_for(process.wait(), 30) == 0

    async def heard() -> str:
        call = await plugged.call(KEPT, number=WELCOME)
        await call.ended()
        course = await plugged.course(KEPT)
        assert exits(course)[0] == ("start", "next")
        return next(prompt for prompt in PROMPTS if plugged.tone(prompt) == call.tones()[0])

    await keep("one")
    assert await heard() == "one"
    assert await heard() == "one"
    await keep("two")

    async def changed() -> bool:
        return await heard() == "two"

    await lab.until(changed, "the change to reach the calls", 20)


async def test_a_plugin_gives_a_caller_a_name(plugged):
    call = await plugged.call(LINE, number=WELCOME, name="Somebody")
    await call.ended()
    course = await plugged.course(LINE)
    assert call.tones() == [plugged.tone("hello"), plugged.tone("bye")]
    assert (course.call.caller.name, course.call.caller.number) == ("Known as 01", WELCOME)
    assert [event.data["name"] for event in course.events if event.kind == "call.started"] == ["Known as 01"]


async def test_a_plugin_refuses_a_caller_before_anything_is_answered(plugged):
    call = await plugged.call(LINE, number=UNWELCOME)
    end = await call.ended()
    assert (call.answered_at, call.tones()) == (None, [])
    assert end.status == 403
    course = await plugged.course(LINE)
    assert course.outcome == "blocked"
    assert [event.kind for event in course.events] == ["call.started", "call.refused", "call.ended"]
    assert course.events[1].data == {"why": "on the list of callers nobody wants", "plugin": "doorkeeper"}


async def test_a_plugin_refuses_a_leg_and_nobody_is_called(plugged):
    call = await plugged.call(COLLEAGUE, number=WELCOME)
    await call.wait_for_tone(plugged.tone("wrong"))
    await call.ended()
    course = await plugged.course(COLLEAGUE)
    assert exits(course)[0] == ("start", "rejected")
    (refused,) = (event for event in course.events if event.kind == "leg.refused")
    assert refused.data == {"targets": ["+4922190007"], "why": "nobody calls out today"}
    assert plugged.carrier.numbers() == []
    assert (course.legs, course.outcome) == ((), "rejected")


async def test_a_plugin_that_fails_costs_its_own_change_alone(plugged):
    call = await plugged.call(LINE, number=UNLUCKY, name="As Sent")
    await call.ended()
    course = await plugged.course(LINE)
    assert course.call.caller.name == "As Sent"
    assert call.tones() == [plugged.tone("closed"), plugged.tone("bye")]
    assert [event.data["by"] for event in course.events if event.kind == "flow.chosen"] == ["doorkeeper"]
    assert "the address book is torn" in plugged.lab.logged()


async def test_a_flow_that_is_not_published_is_no_silence(plugged):
    call = await plugged.call(CLOSED, number=WELCOME)
    assert (await call.ended()).status == 404
    course = await plugged.course(CLOSED)
    assert course.outcome == "failed"
    assert [event.kind for event in course.events] == [
        "call.started", "number.resolved", "last_resort.used", "call.failed", "call.ended",
    ]  # fmt: skip
