"""Workers are processes that are started again, also when a start itself fails."""

from __future__ import annotations

import asyncio

import pytest

from switchhook.clock import SystemClock
from switchhook.portal import supervisor
from switchhook.portal.supervisor import Supervisor


async def test_a_machine_that_cannot_start_a_process_now_is_asked_again(monkeypatch):
    begin, tries, running = asyncio.create_subprocess_exec, [], asyncio.Event()

    async def start(*command, **options):
        tries.append(command)
        if len(tries) < 3:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        process = await begin(*command, **options)
        running.set()
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
    monkeypatch.setattr(supervisor, "BACK_OFF", (0.0,))
    task = asyncio.create_task(Supervisor(("-c", "input()"), 1, SystemClock()).run())
    await asyncio.wait([task, asyncio.create_task(running.wait())], timeout=20, return_when="FIRST_COMPLETED")
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(tries) == 3
