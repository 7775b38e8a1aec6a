"""The announcements of a portal that has this plugin."""

from __future__ import annotations

import asyncio

from switchhook.administration import Administration

from .library import AnnouncementLibrary
from .plugin import AnnouncementsPlugin


async def of(administration: Administration) -> AnnouncementLibrary:
    """The announcements of a portal that has this plugin."""
    plugin = next(one for one in administration.plugged.objects if isinstance(one, AnnouncementsPlugin))
    return await asyncio.to_thread(plugin.library, administration)
