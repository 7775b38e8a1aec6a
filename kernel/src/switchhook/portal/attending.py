"""What one process of a portal does beside the calls: housekeeping, services, and the administration they work with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from ..clock import Clock
from ..config import Settings
from ..contributions import Service
from ..store.engine import Store
from ..store.plugin_choices import PortalStart, put_start
from .administration import Administration, administration_of
from .door_keeping import keep_door
from .flows import publish_what_is_due
from .housekeeping import Housekeeping
from .lamp_office import LampOffice
from .media import sweep_media
from .order_office import OrderOffice
from .placing_office import PlacingOffice
from .plugging import Plugged
from .plugin_resets import PluginResets
from .post_office import PostOffice
from .restarts import Restarts
from .services import Services
from .sounds import sounds_of_administration
from .webhook_office import WebhookOffice

CALLS_FIRST: Final = 5.0
"""Seconds that calls have to themselves: those of a portal that was gone wait for it, browsers and mails can."""


async def note_start(administration: Administration) -> None:
    """Keep how this portal was started, for commands that ask."""
    node, now = administration.settings.asterisk.systemname, administration.clock.now()
    await put_start(administration.store, PortalStart(node, now, administration.plugged.safe))


async def _later(services: Services, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await services.run()


@asynccontextmanager
async def attending(
    settings: Settings,
    store: Store,
    clock: Clock,
    plugged: Plugged,
    resets: PluginResets | None = None,
    *,
    restarts: Restarts | None = None,
    calls_first: float = CALLS_FIRST,
) -> AsyncIterator[asyncio.Task[None]]:
    """What one process does beside the calls, while the block runs: housekeeping, whose task is given, and services.

    ``resets`` where no worker is in this process, ``restarts`` where the portal can start again; services begin
    after ``calls_first`` seconds.
    """
    housekeeping = Housekeeping(settings, store, clock, plugged.hooks, resets, plugged.plugins, restarts)
    administration = administration_of(settings, store, clock, plugged, housekeeping.live, rooms=housekeeping.rooms)
    own = [
        Service("post", PostOffice(administration).run, stop_within=10.0),
        Service("lamps", LampOffice(store, housekeeping.client, housekeeping.lamps).run),
        Service("placing", PlacingOffice(administration, housekeeping.client, housekeeping.placed).run),
        Service("webhooks", WebhookOffice(administration).run),
        Service("orders", OrderOffice(administration).run),
        Service("door", keep_door),
        Service("publishing", publish_what_is_due),
        Service("start", note_start),
        Service("sounds", sounds_of_administration),
        Service("media", sweep_media),
    ]
    services = Services(administration, own=own)
    task = asyncio.create_task(housekeeping.run(), name="housekeeping")
    beside = asyncio.create_task(_later(services, calls_first), name="services")
    try:
        yield task
    finally:
        for one in (beside, task):
            one.cancel()
        await asyncio.wait([beside, task], timeout=35)
