"""Plugins that watch calls: told in order, and never waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

from switchhook import Call, Caller, Event, Exit, hookimpl, hookspecs
from switchhook.clock import SetClock
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.loader import Source, load_plugins
from switchhook.dispatch.spec import specs_in
from switchhook.flows.flow import Point
from switchhook.flows.module import Module
from switchhook.simulator.simulate import EventList
from switchhook.switchboard.feed import Feed
from switchhook.switchboard.observer import HookedObserver

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALL = Call("sh1-1.1", "acme", "+4922112345", Caller("+491711234567"), NOW)


class Slow:
    """A plugin that takes its time with everything it is told."""

    def __init__(self) -> None:
        self.may_go_on = asyncio.Event()
        self.told: list[str] = []

    @hookimpl
    async def point_entered(self, point):
        await self._think(f"> {point}")

    @hookimpl
    async def point_left(self, point):
        await self._think(f"< {point}")

    @hookimpl
    async def event_recorded(self, event):
        await self._think(event.kind)

    async def _think(self, what: str) -> None:
        await self.may_go_on.wait()
        self.told.append(what)


@asynccontextmanager
async def watched(*plugins: object) -> AsyncIterator[Feed]:
    breaker = Breaker(SetClock(NOW), lambda fault: None)
    sources = [Source(f"p{number}", lambda plugin=plugin: plugin) for number, plugin in enumerate(plugins)]
    loaded = load_plugins(sources, hookspecs, breaker)
    feed = Feed(EventList(), Dispatcher(specs_in(hookspecs), loaded.implementations, breaker))
    task = asyncio.create_task(feed.run())
    try:
        yield feed
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait([task])


async def pass_a_point(feed: Feed) -> None:
    observer = HookedObserver(feed.tell, feed._hooks.breaker, {})
    point = Point("menu", type("Silence", (Module,), {"kind": "silence"})())
    await observer.entered(CALL, point)
    feed.record(CALL, Event(1, 0, NOW, "keys"))
    await observer.left(CALL, point, Exit("next"))


async def test_a_call_does_not_wait_for_those_who_watch_it_and_they_see_all_in_order():
    slow = Slow()
    async with watched(slow) as feed:
        await pass_a_point(feed)
        assert slow.told == []
        slow.may_go_on.set()
        assert await feed.told(5)
    assert slow.told == ["> menu", "keys", "< menu"]


async def test_one_that_ends_as_if_cancelled_keeps_nobody_from_being_told():
    async def event_recorded(event):
        raise asyncio.CancelledError

    slow = Slow()
    slow.may_go_on.set()
    async with watched(SimpleNamespace(event_recorded=hookimpl(event_recorded)), slow) as feed:
        await pass_a_point(feed)
        assert await feed.told(5)
    assert slow.told == ["> menu", "keys", "< menu"]


async def test_what_nobody_can_be_told_in_time_is_not_waited_for():
    async with watched(Slow()) as feed:
        await pass_a_point(feed)
        assert not await feed.told(0.01)
