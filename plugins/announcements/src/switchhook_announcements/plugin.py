"""What this plugin brings."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from switchhook import (
    Change,
    Job,
    Label,
    MailTemplate,
    MenuEntry,
    Module,
    Order,
    Pages,
    PluginMigrations,
    Rate,
    Resource,
    Service,
    hookimpl,
)

from .access import AnnouncementAccess
from .announcement import Announcement
from .plugin_settings import Announcements
from .production_mails import TEMPLATES
from .pronunciation import Pronunciation
from .record import DISCARDED, RECORDED, RecordAnnouncement
from .say import Say
from .sentences import SENTENCES

if TYPE_CHECKING:
    from switchhook.administration import Administration

    from .library import AnnouncementLibrary, TenantAnnouncements

SWEEP_EVERY: Final = 360
"""Looks after which what belongs to nothing is taken away."""
LOOK_EVERY: Final = 10.0
"""Seconds between two looks at what another process, such as a command, has changed."""


@attrs.define(eq=False)
class AnnouncementsPlugin(Announcements):
    """The plugin: one instance a process, with the operator's settings."""

    _changed: set[tuple[str, str]] = attrs.field(factory=set, init=False)
    _news: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)

    def library(self, administration: Administration) -> AnnouncementLibrary:
        """The announcements of a portal."""
        from .library import AnnouncementLibrary

        return AnnouncementLibrary(administration, self.speaking())

    @hookimpl
    def resources(self) -> list[type[Resource]]:
        """Announcements, who records them by telephone, and how words are pronounced."""
        return [Announcement, AnnouncementAccess, Pronunciation]

    @hookimpl
    def migrations(self) -> list[PluginMigrations]:
        """The tables of versions and prices."""
        return [PluginMigrations("announcements", Path(__file__).parent / "migrations")]

    @hookimpl
    def rates(self) -> list[Rate]:
        """What speaking a text costs."""
        from .tariff import rate_of

        return [rate_of(self.free, self.price)]

    @hookimpl
    def modules(self) -> list[type[Module]]:
        """Speaking a text, and recording by telephone."""
        return [Say, RecordAnnouncement]

    @hookimpl
    def jobs(self) -> list[Job]:
        """What becomes of recordings by telephone."""
        return [Job(RECORDED, self.recorded), Job(DISCARDED, self.discarded)]

    @hookimpl
    def change_made(self, change: Change) -> None:
        """Let the service know that another version is to be heard."""
        if change.kind == Announcement.kind:
            self._changed.add((change.tenant, change.id))
            self._news.set()

    @hookimpl
    def pages(self) -> list[Pages]:
        """Players, upload and speech."""
        return [Pages("switchhook_announcements.pages")]

    @hookimpl
    def menu_entries(self) -> list[MenuEntry]:
        """The library with its players, and beside it what is kept."""
        kinds = (Announcement, AnnouncementAccess, Pronunciation)
        return [
            MenuEntry(
                Announcement.plural,
                "/x/announcements",
                "announcement.view",
                Announcement.icon,
                109,
                tab=Label("Anhören", "Listen"),
                tabs=tuple(f"/r/{one.kind}" for one in kinds),
            )
        ]

    @hookimpl
    def services(self) -> list[Service]:
        """Puts in place what callers are to hear."""
        return [Service("announcements", self.follow)]

    @hookimpl
    def mail_templates(self) -> Sequence[MailTemplate]:
        """Mails about produced announcements."""
        return TEMPLATES

    @hookimpl
    def sentences(self) -> Sequence[Label]:
        """The reasons in a call's course in German."""
        return SENTENCES

    async def recorded(self, administration: Administration, order: Order) -> None:
        """Make a version of what was recorded."""
        theirs, told = await self._theirs(administration, order), order.payload
        await theirs.adopt(str(told["announcement"]), str(told["media"]), live=bool(told["live"]))

    async def discarded(self, administration: Administration, order: Order) -> None:
        """Take away what was recorded."""
        theirs = await self._theirs(administration, order)
        await theirs.discard(str(order.payload["announcement"]), str(order.payload["media"]))

    async def _theirs(self, administration: Administration, order: Order) -> TenantAnnouncements:
        from switchhook.administration import SYSTEM

        library = await asyncio.to_thread(self.library, administration)
        return library.of(order.tenant, attrs.evolve(SYSTEM, name="telephone"))

    async def follow(self, administration: Administration) -> None:
        """Keep the sounds callers hear as the announcements say, until cancelled."""
        library = await asyncio.to_thread(self.library, administration)
        for look in itertools.count():
            if look % SWEEP_EVERY == 0:
                await library.sweep()
            changed, self._changed = self._changed, set()
            self._news.clear()
            await library.place_all(changed or None)
            try:
                await asyncio.wait_for(self._news.wait(), LOOK_EVERY)
            except TimeoutError:
                continue
