"""Bytes between Asterisk and the portal are harmed on the way: a call goes on, or falls back, and nothing spins (REL04)."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import psutil
import pytest
from lab import FALLBACK_TONE, Lab, Portal
from phones import Desk, Phones, free_port

from switchhook.clock import SystemClock
from switchhook.portal.housekeeping import Housekeeping
from switchhook.portal.plugging import plug_in

from . import site
from .crowd import Crowd, place
from .leftovers import environment, left_open, nothing_left
from .proxy import FAULTS, Fault, FaultProxy
from .site import LONG, LONGEST_SILENCE

pytestmark = [pytest.mark.asterisk, pytest.mark.alone, pytest.mark.timeout(600 if LONG else 150)]

EXPOSED_SECONDS = 60.0 if LONG else 5.0
"""How long a caller is exposed to a fault."""
SPIN_SECONDS = 1.1


@asynccontextmanager
async def worker(lab: Lab, port: int) -> AsyncIterator[Portal]:
    """One worker on a port Asterisk does not know, with the housekeeping of a portal beside it in this process."""
    log = lab.home / "worker.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "switchhook.cli", "--config", str(lab.home / "switchhook.toml")),
            *("run", "--worker", "0"),
            stdin=asyncio.subprocess.PIPE,
            stdout=out,
            stderr=out,
            env={**os.environ, **environment(lab), "SWITCHHOOK_AGI_PORT": str(port)},
        )
    portal = Portal(process, log)
    lab.portals.append(portal)
    plugged = await plug_in(SystemClock(), lambda fault: None)
    housekeeping = asyncio.create_task(Housekeeping(lab.settings, lab.store, SystemClock(), plugged.hooks).run())
    try:
        await lab.until(lambda: "worker takes calls" in log.read_text(), "the worker to take calls", 20)
        yield portal
    finally:
        housekeeping.cancel()
        await asyncio.wait([housekeeping])
        await portal.stop()


async def test_harmed_bytes(tmp_path: Path, desk: Desk, phones: Phones, chance: Random) -> None:
    port = free_port(kind=socket.SOCK_STREAM)
    async with (
        await site.make(tmp_path / "lab", desk) as lab,
        worker(lab, port) as portal,
        FaultProxy(lab.settings.agi.port, port, chance) as proxy,
    ):
        await unharmed(lab, phones)
        before = await left_open(lab, portal)
        for fault in FAULTS:
            await harmed(lab, phones, proxy, fault)
        await unharmed(lab, phones)
        courses = await lab.ended(len(FAULTS) + 2, 30)
        assert len(courses) == len(FAULTS) + 2
        for course in courses:
            site.closed_once(course)
        await nothing_left(lab, portal, before)


async def test_harmed_bytes_with_forty_calls(desk: Desk, phones: Phones, chance: Random) -> None:
    port = free_port(kind=socket.SOCK_STREAM)
    async with (
        place(desk) as lab,
        worker(lab, port) as portal,
        FaultProxy(lab.settings.agi.port, port, chance) as proxy,
    ):
        crowd = Crowd(lab, phones)
        before = await crowd.at_rest(portal, services=False)

        async def harm() -> None:
            proxy.expose("none", *FAULTS)
            await asyncio.sleep(EXPOSED_SECONDS)
            proxy.expose("none")

        await crowd.through(harm, 18 + EXPOSED_SECONDS)
        print(f"{proxy.struck} connections struck")
        assert proxy.struck
        await nothing_left(lab, portal, before)


async def harmed(lab: Lab, phones: Phones, proxy: FaultProxy, fault: Fault) -> None:
    """One caller whose every connection is struck is not left in silence, and Asterisk keeps still."""
    asterisk = psutil.Process(lab.asterisk.status_now().pid)
    struck, spent = proxy.struck, sum(asterisk.cpu_times()[:2])
    proxy.faults = (fault,)
    call = await (await phones.call(lab.sip(site.LOOP), number=f"+4930{FAULTS.index(fault)}")).answered(LONGEST_SILENCE)
    await call.listen(EXPOSED_SECONDS)
    proxy.faults = ("none",)
    struck, spent = proxy.struck - struck, sum(asterisk.cpu_times()[:2]) - spent
    silence, fell_back = site.longest_silence(call), FALLBACK_TONE in call.tones()
    print(
        f"{fault}: {struck} connections struck, at most {silence:.2f} s of silence, {spent:.2f} s of Asterisk's CPU, "
        f"{'fell back' if fell_back else 'served'}"
    )
    assert struck
    assert silence < LONGEST_SILENCE
    assert fell_back or call.tones()[-1] == lab.tones["a/loop"]
    # Only half a line makes Asterisk spin, for a second each time.
    assert spent < 1 + (SPIN_SECONDS * struck if fault == "stall" else 0)
    await call.hang_up()
    # With half a line in hand Asterisk spins on for a moment, which is not the next fault's.
    await lab.until(lambda: no_channel(lab), "no channel to be left")


async def no_channel(lab: Lab) -> bool:
    return await lab.channels() == 0


async def unharmed(lab: Lab, phones: Phones) -> None:
    """A caller of whom nothing is harmed is served to the end."""
    call = await (await phones.call(lab.sip(site.LOOP), number="+4930222")).answered()
    await call.wait_for_tone(lab.tones["a/loop"])
    await call.press("1")
    await call.wait_for_tone(lab.tones["a/bye"])
    await call.ended()
    assert call.tones() == [lab.tones["a/loop"], lab.tones["a/bye"]]
