"""What a caller says is kept, and silence is not (S37, S38, I28)."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import attrs
import pytest
from lab import NUMBER, Lab
from phones import CALLERS, TONES, Desk, PhoneCall, Phones, tone
from sqlalchemy import select

from switchhook.media.files import MediaFiles
from switchhook.portal.media import media_files
from switchhook.speech.audio import Sound, read_wav
from switchhook.store.tables_media import media as table
from switchhook.store.tables_orders import work_order

pytestmark = [pytest.mark.asterisk, pytest.mark.alone, pytest.mark.timeout(120)]

STARTING = 0.3
"""Seconds a telephone may take until what it says arrives."""
UNWRITTEN = 0.7
"""Seconds of sound an Asterisk that is killed may take with it: the third of one it writes at a time, and the way to it."""
VOICE = TONES[4]
PLUGIN = """
import attrs
from switchhook import Exit, Label, Module, StorageFull, hookimpl

@attrs.frozen
class Records(Module):
    kind = "records"
    label = Label("Nimmt auf", "Records")

    def exits(self):
        return ("kept", "empty", "full")

    async def run(self, session):
        await session.play("a/beep")
        try:
            done = await session.record_voice("message", owner=("probe", "box"), first_silence=3, last_silence=1)
        except StorageFull as full:
            return Exit("full", str(full))
        return Exit("empty" if done.empty else "kept", f"{done.seconds:g} {done.ended_by}")

@hookimpl
def modules():
    return [Records]
"""
FLOW = """
flow: leave
label: Leave
language: en
start: leave
points:
  leave: {module: records, exits: {kept: bye, empty: nothing, full: full}}
  bye: {module: announcement, settings: {prompts: [a/bye]}, exits: {next: hang-up}}
  nothing: {module: announcement, settings: {prompts: [a/nothing]}, exits: {next: hang-up}}
  full: {module: announcement, settings: {prompts: [a/full]}, exits: {next: hang-up}}
"""


@attrs.frozen
class Kept:
    """A message that was kept: its length, and how much of it is the caller's voice, in seconds."""

    call: str
    seconds: float
    voice: float


@attrs.define
class Box:
    """A lab whose callers leave messages."""

    lab: Lab
    phones: Phones
    environment: dict[str, str]
    callers: int = 0

    @property
    def files(self) -> MediaFiles:
        return media_files(self.lab.settings)

    async def portal(self):
        return await self.lab.portal(environment=self.environment)

    async def calling(self) -> PhoneCall:
        """A caller who has heard the tone, and whose recording has begun."""
        self.callers += 1
        before = {path.name for path in self.files.spool.iterdir()}
        call = await (await self.phones.call(self.lab.sip(), number=f"+4930{self.callers:03}")).answered(10)
        await call.wait_for_tone(self.lab.tones["a/beep"], 10)
        await self.lab.until(
            lambda: {path.name for path in self.files.spool.iterdir()} - before, "a recording that begins"
        )
        return call

    async def kept(self) -> list[Kept]:
        """All messages, once none is in the making: each with one file of its length, and ordered once."""

        async def finished():
            async with self.lab.store.read() as conn:
                states = list((await conn.execute(select(table.c.state))).scalars())
            return "recording" not in states

        await self.lab.until(finished, "every recording to be kept", 45)
        async with self.lab.store.read() as conn:
            rows = (await conn.execute(select(table).order_by(table.c.made))).mappings().all()
            orders = list(
                (await conn.execute(select(work_order.c.once).where(work_order.c.kind == "probe.kept"))).scalars()
            )
        assert sorted(orders) == sorted(row["id"] for row in rows)
        on_disk = {path.stem: path for path in self.files.directory.glob("*/*.wav")}
        assert on_disk.keys() == {row["id"] for row in rows}
        found = []
        for row in rows:
            sound = read_wav(on_disk[row["id"]])
            assert sound.seconds == row["seconds"]
            assert on_disk[row["id"]].stat().st_size == row["bytes"]
            found.append(Kept(row["call"], row["seconds"], voice_in(sound)))
        return found


def voice_in(sound: Sound) -> float:
    """The seconds in which somebody speaks."""
    frames = [sound.samples[start : start + 80] for start in range(0, len(sound.samples), 80)]
    return sum(max(frame) > 2000 for frame in frames) / 100


@pytest.fixture
async def box(tmp_path: Path, desk: Desk, phones: Phones) -> AsyncIterator[Box]:
    home = tmp_path / "lab"
    prompts, matches = ["a/beep", "a/bye", "a/nothing", "a/full"], (desk.where, CALLERS)
    async with await Lab.make(home, {NUMBER: FLOW}, prompts, trunk_matches=matches, seconds=0.3) as lab:
        info = home / "site" / "probe-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: probe\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[switchhook]\nprobe = probe\n")
        (home / "site" / "probe.py").write_text(PLUGIN)
        yield Box(lab, phones, {"PYTHONPATH": str(home / "site")})


async def test_a_message_is_what_was_said_and_silence_is_none(box: Box) -> None:
    await box.portal()
    talks = await box.calling()
    await talks.say(tone(VOICE, 2.0) + bytes(16000 * 8))
    silent = await box.calling()
    await silent.say(bytes(16000 * 12))
    leaves = await box.calling()
    await leaves.say(tone(VOICE, 5.0))
    closes = await box.calling()
    await closes.say(tone(VOICE, 5.0))
    since = time.monotonic()
    await leaves.listen(1.5)
    await leaves.hang_up()
    await closes.press("#")
    await closes.wait_for_tone(box.lab.tones["a/bye"])
    await talks.wait_for_tone(box.lab.tones["a/bye"], 15)
    await silent.wait_for_tone(box.lab.tones["a/nothing"], 15)
    assert time.monotonic() - since < 12
    for call in (talks, silent, closes):
        await call.ended()
    await box.lab.ended(4)
    kept = await box.kept()
    first, second, third = [one.seconds for one in kept]
    assert 1.7 < first < 2.7, "two seconds, without the silence after them"
    assert 1.8 < kept[0].voice < 2.2
    assert 1.0 < second < 3.5, "hung up in the middle"
    assert 1.0 < third < 4.5, "closed by the key"


async def test_an_asterisk_that_is_killed_takes_less_than_a_second_with_it(box: Box) -> None:
    """Before the first round of two seconds is over, so that nothing but the size of Asterisk's buffer counts."""
    await box.portal()
    call = await box.calling()
    await call.say(tone(VOICE, 10.0))
    since = time.monotonic()
    await asyncio.sleep(1.6)
    pid = box.lab.asterisk.status_now().pid
    assert pid is not None
    spoken = time.monotonic() - since
    os.kill(pid, signal.SIGKILL)
    await box.lab.asterisk.start()
    await call.hang_up()
    [kept] = await box.kept()
    assert kept.voice >= spoken - STARTING - UNWRITTEN
