"""Services of plugins: kept going, told of, ended; never a danger to the portal."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from switchhook import Service, hookimpl
from switchhook.clock import SetClock
from switchhook.dispatch.faults import Fault
from switchhook.dispatch.loader import Source
from switchhook.portal.plugging import plug_in
from switchhook.portal.services import Services


async def of(*services: Service, back_off: tuple[float, ...] = (0.0,)) -> tuple[Services, list[Fault], object]:
    """Services over a plugin that brings these; what their ``run`` gets is the last value."""
    clock, faults = SetClock(datetime(2026, 11, 27, tzinfo=UTC)), []
    brings = SimpleNamespace(services=hookimpl(lambda: list(services)))
    plugged = await plug_in(clock, faults.append, sources=[Source("web", lambda: brings)])
    administration = SimpleNamespace(plugged=plugged, clock=clock)
    return Services(administration, back_off), faults, administration


@pytest.mark.parametrize("error", [RuntimeError("no port"), SystemExit(3), asyncio.CancelledError("its own")], ids=repr)
async def test_one_that_fails_is_told_of_and_started_again_beside_the_others(error: BaseException) -> None:
    starts, well = [], asyncio.Event()

    async def fails(administration: object) -> None:
        starts.append(administration)
        if len(starts) <= 7:
            raise error
        well.set()
        await asyncio.Event().wait()

    async def lasts(_: object) -> None:
        await asyncio.Event().wait()

    services, faults, administration = await of(Service("fails", fails), Service("lasts", lasts))
    task = asyncio.create_task(services.run())
    await asyncio.wait_for(well.wait(), 10)
    names = {one.get_name() for one in asyncio.all_tasks()}
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert {"service fails", "service lasts"} <= names
    assert starts == [administration] * 8
    assert [(one.plugin, one.hook, one.kind) for one in faults] == [("web", "services", "raised")] * 7  # not suspended
    assert type(error).__name__ in faults[0].message


async def test_one_that_returns_is_left_at_that() -> None:
    starts = []

    async def off(_: object) -> None:
        starts.append(1)

    services, faults, _ = await of(Service("off", off))
    task = asyncio.create_task(services.run())
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert (starts, faults) == ([1], [])


async def test_the_end_does_not_wait_for_one_that_will_not_end() -> None:
    began, let_go, ended = asyncio.Event(), asyncio.Event(), []

    async def stays(_: object) -> None:
        began.set()
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue

    async def closes(_: object) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("closed")

    services, _, _ = await of(Service("stays", stays, stop_within=0.05), Service("closes", closes))
    task = asyncio.create_task(services.run())
    await asyncio.wait_for(began.wait(), 10)
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()
    assert ended == ["closed"]
    let_go.set()
