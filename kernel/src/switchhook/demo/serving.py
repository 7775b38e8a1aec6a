"""Serves the demonstration's pages until an operator wishes the portal to start again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..clock import Clock
from ..portal.attending import attending
from ..portal.restarts import Restarts
from ..portal.worker import Worker
from .site import Site


async def until_restart(site: Site, worker: Worker, clock: Clock, begin: Callable[[], Awaitable[None]]) -> None:
    """Serve beside a worker; ``begin`` is awaited once everything was started. Returns when a restart is wished."""
    restarts = Restarts(worker.plugged.kept.restarts)
    beside = attending(site.settings, site.store, clock, worker.plugged, restarts=restarts, calls_first=0)
    async with beside:
        await begin()
        await restarts.wanted.wait()
