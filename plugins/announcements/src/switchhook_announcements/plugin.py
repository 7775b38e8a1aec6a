"""What this plugin brings."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from switchhook import Change, Label, Module, Money, PluginMigrations, Resource, Service, hookimpl, setting

from .announcement import Announcement
from .pronunciation import Pronunciation
from .sentences import SENTENCES

if TYPE_CHECKING:
    from switchhook.administration import Administration

    from .library import AnnouncementLibrary
    from .speech import Speaking

SWEEP_EVERY: Final = 360
"""Looks after which what belongs to nothing is taken away."""
LOOK_EVERY: Final = 10.0
"""Seconds between two looks at what another process, such as a command, has changed."""


@attrs.define(eq=False)
class Announcements:
    """The plugin: one instance a process, with the operator's settings."""

    free: int = setting(
        "integer",
        "Kostenlose Generierungen je Mandant",
        "Announcements generated free of charge, for each tenant",
        default=10,
        minimum=0,
        maximum=1_000_000,
    )
    price: Money = setting("money", "Preis jeder weiteren", "Price of each further one", default=Money(490_000, "EUR"))
    piper_voices: tuple[str, ...] = setting(
        "words",
        "Stimmen für Piper",
        "Voices for Piper",
        default=(),
        help=Label("etwa de=/srv/de_DE-thorsten-medium.onnx", "such as en=/srv/en_US-joe-medium.onnx"),
    )
    _changed: set[tuple[str, str]] = attrs.field(factory=set, init=False)
    _news: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)

    def speaking(self) -> Speaking:
        """The voices that can be used here. Looks at the disk: call it in a thread."""
        from .speech import Speaking

        pairs = (one.partition("=") for one in self.piper_voices)
        return Speaking.installed({language: Path(file) for language, _, file in pairs if file})

    def library(self, administration: Administration) -> AnnouncementLibrary:
        """The announcements of a portal."""
        from .library import AnnouncementLibrary
        from .tariff import Tariff

        return AnnouncementLibrary(administration, Tariff(self.free, self.price), self.speaking())

    @hookimpl
    def resources(self) -> list[type[Resource]]:
        """Announcements, and how words are pronounced."""
        return [Announcement, Pronunciation]

    @hookimpl
    def migrations(self) -> list[PluginMigrations]:
        """The tables of versions and prices."""
        return [PluginMigrations("announcements", Path(__file__).parent / "migrations")]

    @hookimpl
    def modules(self) -> list[type[Module]]:
        """None yet."""
        return []

    @hookimpl
    def change_made(self, change: Change) -> None:
        """Let the service know that another version is to be heard."""
        if change.kind == Announcement.kind:
            self._changed.add((change.tenant, change.id))
            self._news.set()

    @hookimpl
    def services(self) -> list[Service]:
        """Puts in place what callers are to hear."""
        return [Service("announcements", self.follow)]

    @hookimpl
    def sentences(self) -> Sequence[Label]:
        """The reasons in a call's course in German."""
        return SENTENCES

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
