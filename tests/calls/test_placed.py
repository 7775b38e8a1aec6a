"""Calls the portal places: whoever answers is served, how it ended goes back to the plugin, and nobody is rung twice (I22)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import attrs
import psutil
import pytest
import pytest_asyncio
from lab import NUMBER, PASSWORD, Lab, Portal, public_home
from phones import Carrier, Desk, Phone, Phones, Refuse, tone_wav

from switchhook import Label, Module, Target, setting
from switchhook.calls.event import Event
from switchhook.clock import SystemClock
from switchhook.placing import rows
from switchhook.placing.placed_call import Placement
from switchhook.placing.service import Placing
from switchhook.store.journal_batch import Happened, save

from .flows import flow, point
from .test_plugged import install

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

BUSY, REJECTS, FORBIDDEN, GONE = (f"+492219000{n}" for n in range(1, 5))
LONG = 20.0
PLUGIN = f"""
import json
import attrs
from pathlib import Path
from switchhook import Exit, Label, Listen, Module, PlacedCall, Refusal, hookimpl, setting

@attrs.frozen
class Reminder(Module):
    kind = "reminder"
    label = Label("Erinnerung", "Reminder")
    prompt: str = setting("prompt", "Ansage", "Prompt")

    def exits(self):
        return ("confirmed", "not-confirmed")

    async def run(self, session):
        keys = await session.read(self.prompt, listen=Listen(max_keys=1, first_seconds=5))
        await session.play("bye")
        return Exit("confirmed" if keys.pressed == "1" else "not-confirmed", "the key was " + keys.pressed)

async def ended(administration, order):
    with Path({{told!r}}).open("a") as file:
        file.write(json.dumps([order.subject, order.status, order.exit, order.why]) + chr(10))

async def wanted(administration, order):
    return "nobody is reminded of that any more" if order.subject == "stale" else ""

@hookimpl
def placed_calls():
    return [PlacedCall(Reminder, ended, wanted)]

@hookimpl
async def leg_allowed(call, plan):
    return Refusal("nobody calls there") if str(plan.targets[0]) == "{FORBIDDEN}" else None
"""


@attrs.frozen
class Reminder(Module):
    """The same as the plugin's, to order by."""

    kind = "reminder"
    label = Label("Erinnerung", "Reminder")
    prompt: str = setting("prompt", "Ansage", "Prompt")


@attrs.define
class House:
    """A Switchhook whose portal places calls."""

    lab: Lab
    portal: Portal
    carrier: Carrier
    anna: Phone
    site: Path

    @property
    def placing(self) -> Placing:
        phones = {name: phone.extension for name, phone in self.lab.settings.phones.items()}
        node = self.lab.settings.asterisk.systemname
        return Placing(self.lab.store, SystemClock(), node, phones, frozenset({"reminder"}))

    async def order(self, subject: str, target: Target, prompt: str = "hello", **more) -> Placement:
        more.setdefault("number", NUMBER)
        return await self.placing.place("acme", Reminder(prompt=prompt), target, subject=subject, **more)

    def told(self) -> dict[str, list[list[str]]]:
        file = self.site / "told"
        found: dict[str, list[list[str]]] = {}
        for line in file.read_text().splitlines() if file.exists() else ():
            subject, *rest = json.loads(line)
            found.setdefault(subject, []).append(rest)
        return found

    async def end(self, subject: str, deadline: float = 40) -> list[str]:
        """How the plugin was told that the call about ``subject`` ended; it is told once."""
        await self.lab.until(lambda: subject in self.told(), f"the plugin to be told of {subject}", deadline)
        (said,) = self.told()[subject]
        return said

    async def restart(self) -> None:
        """``kill -9``, and another one."""
        await self.portal.kill()
        self.portal = await self.lab.portal(environment={"PYTHONPATH": str(self.site)})


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(desk: Desk) -> AsyncIterator[House]:
    with public_home() as home:
        numbers = {BUSY: Refuse(486), REJECTS: Refuse(603), GONE: Refuse(480)}
        async with Carrier(home / "carrier", numbers=numbers) as carrier, Phones(desk) as phones:
            flows = {NUMBER: flow("line", point("announcement", "prompts: [hello]", "next: end-bye"))}
            prompts = ("hello", "bye", "long", "one", "two", "ext", "wrong", "silent", "sorry")
            lab = await Lab.make(home / "lab", flows, prompts, trunk_port=carrier.port, seconds=0.3)
            tone_wav(lab.tones["long"], LONG, lab.settings.data_dir / "sounds" / "en" / "long.wav")
            async with lab:
                site = home / "site"
                install(site, "reminders", PLUGIN.replace("{told!r}", repr(str(site / "told"))))
                portal = await lab.portal(environment={"PYTHONPATH": str(site)})
                yield House(lab, portal, carrier, await phones.register("anna", PASSWORD, lab.where), site)


async def test_whoever_answers_is_served_and_the_plugin_learns_the_result(house):
    order = await house.order("message 1", Target("phone", "anna"))
    again = await house.order("message 1", Target("phone", "anna"))
    assert again.id == order.id
    call = await house.anna.answers(deadline=20)
    await call.wait_for_tone(house.lab.tones["hello"])
    await call.press("1")
    await call.wait_for_tone(house.lab.tones["bye"])
    await call.ended()
    assert await house.end("message 1") == ["answered", "confirmed", "the key was 1"]
    (course,) = [one for one in await house.lab.courses() if one.call.id == order.id]
    assert (course.call.direction, course.call.number, course.call.caller.number) == ("outbound", NUMBER, "201")
    assert (course.outcome, [leg.status for leg in course.legs]) == ("human", ["answered"])
    assert [event.kind for event in course.events if event.kind.startswith("call.")] == [
        "call.started", "call.answered", "call.ended",
    ]  # fmt: skip
    assert NUMBER in call.peer
    assert (await house.order("message 1", Target("phone", "anna"), key=order.key)).id == order.id


async def test_each_way_not_to_answer_is_told_as_what_it_is(house):
    for subject, target in (("busy", BUSY), ("rejects", REJECTS), ("gone", GONE), ("forbidden", FORBIDDEN)):
        await house.order(subject, Target("number", target))
    await house.order("nobody", Target("phone", "berta"))
    await house.order("stale", Target("phone", "anna"))
    await house.order("silent", Target("phone", "anna"), ring_seconds=1)
    assert await house.end("busy") == ["busy", "", ""]
    assert await house.end("rejects") == ["rejected", "", ""]
    assert (await house.end("gone"))[0] in ("unreachable", "no_answer")
    assert await house.end("forbidden") == ["refused", "", "nobody calls there"]
    assert await house.end("nobody") == ["unreachable", "", ""]
    assert await house.end("stale") == ["withdrawn", "", "nobody is reminded of that any more"]
    assert await house.end("silent") == ["no_answer", "", ""]
    outcomes = [one.outcome for one in await house.lab.courses() if one.call.caller.number == BUSY]
    assert outcomes == ["busy"]
    await (await house.anna.incoming()).ended()


async def test_a_ringing_phone_stops_when_the_call_is_not_wanted_any_more(house):
    await house.order("heard", Target("phone", "anna"))
    call = await house.anna.incoming(20)
    await house.placing.withdraw("acme", Reminder, "heard")
    await call.ended()
    assert (await house.end("heard"))[0] == "withdrawn"


async def test_a_portal_killed_while_it_rings_rings_nobody_twice(house):
    order = await house.order("killed ringing", Target("phone", "anna"), ring_seconds=20)
    call = await house.anna.incoming(20)
    await house.restart()
    assert (await house.order("killed ringing", Target("phone", "anna"))).id == order.id
    await call.answer()
    await call.wait_for_tone(house.lab.tones["hello"])
    await call.press("2")
    await call.ended()
    assert await house.end("killed ringing") == ["answered", "not-confirmed", "the key was 2"]


async def test_a_portal_killed_while_it_talks_goes_on_where_it_stood(house):
    await house.order("killed talking", Target("phone", "anna"), prompt="long")
    call = await house.anna.answers(deadline=20)
    await call.wait_for_tone(house.lab.tones["long"])
    await house.restart()
    await call.press("1")
    await call.wait_for_tone(house.lab.tones["bye"])
    await call.ended()
    assert await house.end("killed talking") == ["answered", "confirmed", "the key was 1"]


async def test_asterisk_itself_ends_a_call_at_its_limit_while_the_portal_hangs(house):
    await house.order("limit", Target("phone", "anna"), prompt="long", limit_seconds=3)
    call = await house.anna.answers(deadline=20)
    await call.wait_for_tone(house.lab.tones["long"])
    house.portal.pause()
    await call.ended(8)
    house.portal.go_on()
    assert (await house.end("limit"))[0] == "answered"


async def test_an_asterisk_killed_while_it_rings_rings_nobody_again(house):
    order = await house.order("asterisk killed", Target("phone", "anna"))
    call = await house.anna.incoming(20)
    process = psutil.Process(house.lab.asterisk.status_now().pid)
    process.kill()
    await asyncio.to_thread(process.wait, 10)
    await house.lab.asterisk.start()
    assert (await house.end("asterisk killed"))[0] == "no_answer"
    assert await house.lab.channels() == 0
    (course,) = [one for one in await house.lab.courses() if one.call.id == order.id]
    assert (course.outcome, course.ended_by) == ("no_answer", "asterisk")
    await call.reject()


async def test_an_attempt_that_never_reached_asterisk_is_told_as_failed_and_never_made(house):
    await house.portal.kill()
    order = await house.order("never said", Target("phone", "anna"))
    now = SystemClock().now() - timedelta(seconds=1)
    phones = {"anna": "201"}
    async with house.lab.store.write() as conn:
        assert await rows.claim(conn, order.id, now)
        await save(conn, [Happened(order.call(now, phones, str), Event(0, 0, now, "call.started", "", {}))], now)
    house.portal = await house.lab.portal(environment={"PYTHONPATH": str(house.site)})
    assert (await house.end("never said"))[0] == "failed"
    assert await house.lab.channels() == 0
