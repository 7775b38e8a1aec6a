"""A program that takes webhooks, on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import attrs
from aiohttp import web


@attrs.frozen
class Got:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: str


@attrs.define
class Receiver:
    """``answer`` makes each answer; ``silent`` takes requests and says nothing."""

    port: int = 0
    answer: Callable[[], web.Response] = lambda: web.Response(text="thanks")
    silent: bool = False
    got: list[Got] = attrs.field(factory=list)
    asked: asyncio.Event = attrs.field(factory=asyncio.Event)
    over: asyncio.Event = attrs.field(factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        self.got.append(Got(request.path_qs, dict(request.headers), await request.text()))
        self.asked.set()
        if self.silent:
            await self.over.wait()
        return self.answer()


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    it = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", it.handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    it.port = runner.addresses[0][1]
    try:
        yield it
    finally:
        it.over.set()
        await runner.cleanup()
