"""A conference on real Asterisk (S74): who hears whom, what keys and people at the portal do, and who is not let in."""

from __future__ import annotations

import array
import asyncio
from collections.abc import AsyncIterator, Sequence

import attrs
import pytest
import pytest_asyncio
from lab import PASSWORD, TENANT, Lab, apply, exits, public_home
from phones import Desk, Phone, PhoneCall, Phones, tone_wav
from phones.tones import RATE, TONES, power, tone

from switchhook.asterisk.ami_client import AmiClient
from switchhook.asterisk.live_rooms import LiveRooms
from switchhook.calls.room import room_name
from switchhook.clock import SystemClock

from .flows import flow, point

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

OPEN, BOARD = "+4922155501", "+4922155502"
LEFT = "left: end-bye, denied: end-wrong, full: end-one"
FLOWS = {
    OPEN: flow("open", point("conference", 'room: "1"', LEFT)),
    BOARD: flow("board", point("conference", 'room: "2", tries: 1', LEFT)),
}
PROMPTS = [
    "bye", "wrong", "one", "stock/invalid", "stock/please-hold", "digits/2", "digits/3",
    *(f"stock/conference-{word}" for word in (
        "muted", "locked", "waits", "begins", "removed", "count", "full", "closed", "pin", "dial", "refused")),
]  # fmt: skip
KEPT = """
conference-room:
  "1": {name: Open, most: 3, tones: false}
  "2": {name: Board, pin: "2580", moderator_pin: "9173", waits: true, ends: true, dial_out: moderators}
"""
VOICES = TONES[-5:-2]


@attrs.define
class House:
    """A Switchhook with three phones, each with a voice of its own, and a view of its rooms."""

    lab: Lab
    lines: Sequence[Phone]
    rooms: LiveRooms

    async def call(self, line: int, number: str = OPEN, pin: str = "") -> PhoneCall:
        call = await self.lines[line].call(self.lab.sip(number))
        if pin:
            await self.hears(call, "stock/conference-pin")
            await call.press(pin)
        return call

    async def hears(self, call: PhoneCall, prompt: str, times: int = 1) -> None:
        await call.wait_for_tone(self.lab.tones[prompt], 8, times=times)

    async def all_hear(self, calls: Sequence[PhoneCall], *expected: set[int]) -> None:
        """Wait until each hears those voices and no others."""

        async def so() -> bool:
            pieces = await asyncio.gather(*(one.listen(0.3) for one in calls))
            return [voices(one) for one in pieces] == list(expected)

        await self.lab.until(so, f"calls to hear {expected}", 8)

    async def there(self, owner: str, count: int) -> dict[str, str]:
        """Wait for so many members of a room; the id of each by the phone."""
        name = room_name(TENANT, ("conference-room", owner))
        await self.lab.until(lambda: len(self.rooms.members(name)) == count, f"{count} in room {owner}", 8)
        return {one.channel[6:].partition("-")[0]: one.id for one in self.rooms.members(name)}

    def muted(self, room: str) -> set[str]:
        return {one.channel[6:].partition("-")[0] for one in self.rooms.members(room) if one.muted}


def voices(pcm: bytes) -> set[int]:
    """The voices that sound in a piece, together or alone."""
    samples = array.array("h", pcm)
    energy = sum(sample * sample for sample in samples)
    if energy <= 100 * 100 * len(samples):
        return set()
    return {one for one in VOICES if 2 * power(samples, one, RATE) / (len(samples) * energy) > 0.15}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(desk: Desk) -> AsyncIterator[House]:
    with public_home() as home:
        async with Phones(desk) as phones:
            names = ("anna", "berta", "carl")
            async with await Lab.make(home, FLOWS, PROMPTS, phones=names, seconds=0.3) as lab:
                await apply(lab, KEPT)
                for digit in set("0123456789") - {"2", "3"}:  # all or none of them are used
                    tone_wav(VOICES[0], 0.3, lab.settings.data_dir / "sounds" / "en" / "digits" / f"{digit}.wav")
                await lab.portal()
                lines = [await phones.register(name, PASSWORD, lab.where) for name in names]
                ami, rooms = lab.settings.ami, LiveRooms(SystemClock())
                client = AmiClient(ami.host, ami.port, ami.user, ami.secret.reveal(), [rooms], clock=SystemClock())
                watching = asyncio.create_task(client.run())
                await lab.until(lambda: not rooms.stale, "the view of rooms")
                yield House(lab, lines, rooms)
                log = (lab.settings.data_dir / "asterisk" / "log" / "messages.log").read_text()
                assert "onfbridge" not in log, log
                watching.cancel()
                await asyncio.wait([watching])


async def test_three_hear_the_other_two_and_the_portal_is_not_needed_for_it(house):
    """S74, and what keys and people do: mute, count, mute from the portal, remove, full."""
    lab, (a, b, c), room = house.lab, VOICES, room_name(TENANT, ("conference-room", "1"))
    calls = [await house.call(line) for line in range(3)]
    for call, voice in zip(calls, VOICES, strict=True):
        await call.say(tone(voice, 1), again=True)
    await house.all_hear(calls, {b, c}, {a, c}, {a, b})
    await calls[0].press("1")
    await house.hears(calls[0], "stock/conference-muted")
    await house.all_hear(calls, {b, c}, {c}, {b})
    members = await house.there("1", 3)
    await house.rooms.mute(room, members["berta"], muted=True)
    await house.all_hear(calls, {c}, {c}, set())
    await lab.until(lambda: house.muted(room) == {"anna", "berta"}, "who is muted")
    await calls[2].press("2")
    await house.hears(calls[2], "digits/3")
    fourth = await house.call(2)
    await house.hears(fourth, "stock/conference-full")
    await fourth.ended()
    await lab.ended(1)
    await lab.portals[-1].kill()
    await house.all_hear(calls, {c}, {c}, set())
    await house.rooms.mute(room, members["berta"], muted=False)
    await house.all_hear(calls, {b, c}, {c}, {b})
    again = LiveRooms(SystemClock())
    await again.connected(house.rooms._asterisk)
    told = {one.id: one.muted for one in again.members(room)}
    assert told == {members["anna"]: True, members["berta"]: False, members["carl"]: False}, "who comes back knows"
    await lab.portal()
    await house.rooms.remove(room, members["carl"])
    await house.hears(calls[2], "bye")
    await calls[1].press("#")
    await house.hears(calls[1], "bye")
    await calls[0].hang_up()
    await house.there("1", 0)
    courses = await lab.ended(4)
    ways = sorted((exits(one)[0][1], how(one)) for one in courses if exits(one))
    assert ways == [("full", ""), ("left", "left"), ("left", "removed")]


async def test_the_moderator_is_waited_for_locks_calls_out_and_ends_it(house):
    lab, room = house.lab, room_name(TENANT, ("conference-room", "2"))
    wrong = await house.call(0, BOARD, "1111#")
    await house.hears(wrong, "wrong")
    await wrong.ended()
    waiting = await house.call(0, BOARD, "2580#")
    await house.hears(waiting, "stock/please-hold")
    moderator = await house.call(1, BOARD, "9173#")
    await house.there("2", 2)
    for call, voice in ((waiting, VOICES[0]), (moderator, VOICES[1])):
        await call.say(tone(voice, 1), again=True)
    both = [waiting, moderator]
    await house.all_hear(both, {VOICES[1]}, {VOICES[0]})
    await moderator.press("4")
    await house.hears(moderator, "stock/conference-locked")
    late = await house.call(2, BOARD, "2580#")
    await house.hears(late, "stock/conference-closed")
    await late.ended()
    await house.rooms.look()
    assert house.rooms.locked(room)
    await house.rooms.lock(room, locked=False)
    late = await house.call(2, BOARD, "2580#")
    await house.there("2", 3)
    await moderator.press("6")
    await house.hears(moderator, "stock/conference-dial")
    await moderator.press("112#")
    await house.hears(moderator, "stock/conference-refused")
    await house.all_hear([waiting], {VOICES[1]})
    await moderator.hang_up()
    for call in (waiting, late):
        await house.hears(call, "bye")
        await call.ended()
    await house.there("2", 0)
    courses = {one.call.id: one for one in await lab.ended(9) if one.call.number == BOARD}.values()
    assert sorted(how(one) for one in courses if how(one)) == ["ended", "ended", "key/hangup"]
    assert sum(way == ("start", "denied") for one in courses for way in exits(one)) == 2


def how(course) -> str:
    """How the stays of a call ended."""
    return "/".join(str(event.data["ended_by"]) for event in course.events if event.kind == "room.left")
