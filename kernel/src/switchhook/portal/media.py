"""The media of one portal: where its files are, and the service that brings files and rows together."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from ..alerts.inbox import Alerts
from ..asterisk.configured import asterisk_paths
from ..asterisk.live import LiveCalls
from ..calls.prompts import Prompt
from ..calls.recording import LONGEST, MEDIA
from ..clock import Clock
from ..config import Settings
from ..media.files import MediaFiles
from ..media.library import Media
from ..media.recordings import Recordings
from ..media.room import Room
from ..media.sweeping import Sweeper
from ..media.talks import Talks
from ..media.values import MediaFile
from ..orders.book import Orders
from ..prompts.library import PromptLibrary
from ..store.audit import Audit
from ..store.engine import Store

if TYPE_CHECKING:
    from .administration import Administration

EVERY: Final = 2.0
"""Seconds between two looks for recordings that nobody finished."""
COMPARED: Final = 1800
"""Looks after which files and rows are compared: once an hour."""


def media_files(settings: Settings) -> MediaFiles:
    """Where the media of an installation are."""
    return MediaFiles(settings.data_dir / "media", Path(asterisk_paths(settings).recordings))


def media_of(settings: Settings, store: Store, clock: Clock, audit: Audit) -> Media:
    """The media of an installation, to be administered."""
    return Media(store, clock, audit, media_files(settings), Room(Alerts(store, clock)))


def recordings_of(settings: Settings, store: Store, clock: Clock) -> Recordings:
    """The tape of the calls of an installation."""
    return Recordings(
        store, clock, media_files(settings), Room(Alerts(store, clock)), partial(order, Orders(store, clock))
    )


def talks_of(settings: Settings, store: Store, clock: Clock) -> Talks:
    """The book of recorded talks of an installation."""
    return Talks(store, clock, media_files(settings), Room(Alerts(store, clock)))


async def order(orders: Orders, conn: AsyncConnection, kept: MediaFile) -> None:
    """Order the plugin whose it is to look after what was kept; see ``Session.record_voice``."""
    payload = {"media": kept.id, "owner": kept.owner, "call": kept.call}
    await orders.add(conn, kept.tenant, f"{kept.owner_kind}.kept", payload, once=kept.id)


def asterisk_name(library: PromptLibrary, prompt: Prompt) -> str:
    """The name by which Asterisk plays a prompt, or something kept."""
    return str(prompt.path.with_suffix("")) if prompt.id.startswith(MEDIA) else library.asterisk_name(prompt)


async def sweep_media(administration: Administration) -> None:
    """The service that finishes what died: recordings first, for somebody waits for them."""
    media, node = administration.media, administration.settings.asterisk.systemname
    recordings = recordings_of(administration.settings, media.store, media.clock)
    sweeper = Sweeper(media, recordings, lambda call, since: _gone(administration.live, media.clock, call, since), node)
    looks = 0
    while True:
        await sweeper.finish()
        await sweeper.forget()
        if looks % COMPARED == 0:
            await sweeper.compare()
            await talks_of(administration.settings, media.store, media.clock).forget()
        looks += 1
        await asyncio.sleep(EVERY)


def _gone(live: LiveCalls, clock: Clock, call: str, since: datetime) -> bool:
    """Whether a call that nobody closed is over: Asterisk has it no more, or it cannot last that long."""
    if clock.now() - since > timedelta(seconds=LONGEST + 60):
        return True
    if live.stale:
        return False
    return live.leg(call) is None
