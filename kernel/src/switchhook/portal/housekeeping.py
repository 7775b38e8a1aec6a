"""What one process of a portal does beside the calls: the manager connection, Asterisk's log, its configuration."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import attrs
import structlog

from ..asterisk.ami_client import AmiClient
from ..asterisk.ami_listener import AmiListener, Asterisk
from ..asterisk.cel import read_cel
from ..asterisk.configured import asterisk_paths, asterisk_process
from ..asterisk.live import LiveCalls
from ..asterisk.live_rooms import LiveRooms
from ..asterisk.place import find_asterisk
from ..asterisk.placed import PlacedEvents
from ..calls.call import Call
from ..calls.numbers import caller_number
from ..calls.outcome import Outcome
from ..clock import Clock
from ..config import Settings
from ..dispatch.dispatcher import Dispatcher
from ..dispatch.loader import LoadedPlugin
from ..errors import SwitchhookError
from ..outbound.kept import QUARTER
from ..prompts.library import PromptLibrary
from ..store.cel_close import CelClosing, LiveChannels
from ..store.cel_import import CelImport
from ..store.directory import Directory
from ..store.engine import Store
from ..webhooks.deliveries import tell
from ..webhooks.events import of_end
from .configuration import put_configuration
from .lamp_office import AsteriskForgot
from .plugin_resets import PluginResets
from .restarts import Restarts
from .sounds import sounds_directory
from .spending import spending_of
from .upkeep import DISK_EVERY, LOG_EVERY, OLD_EVERY, OLD_FIRST, PINS_EVERY, SAID_EVERY, Upkeep

EVERY: Final = 1.0
"""Seconds between two looks at Asterisk's log and at the numbers."""

IMPORTED: Final = 8.0
"""Seconds after which Asterisk's log of a moment has surely been imported: it rests for 2 s, and two looks take 2 s."""

MUSIC: Final = "musiconhold.conf"

log = structlog.get_logger(__name__)


@attrs.define
class _Tells(AmiListener):
    """Lets plugins know of the manager connection."""

    hooks: Dispatcher

    async def connected(self, asterisk: Asterisk) -> None:
        """See :class:`AmiListener`."""
        await self.hooks.notify("asterisk_connected")

    async def lost(self, reason: str) -> None:
        """See :class:`AmiListener`."""
        await self.hooks.notify("asterisk_lost", reason=reason)


@attrs.define
class Housekeeping:
    """Runs beside the workers, once for each Asterisk; with ``resets`` where no worker is in this process.

    ``plugins`` are those whose troubles are the operator's, ``restarts`` gets
    to know of wishes to start again.
    """

    _settings: Settings
    _store: Store
    _clock: Clock
    _hooks: Dispatcher
    _resets: PluginResets | None = None
    _plugins: Sequence[LoadedPlugin] = ()
    _restarts: Restarts | None = None
    _then: LiveChannels | None = attrs.field(default=None, init=False)
    live: LiveCalls = attrs.field(init=False)
    rooms: LiveRooms = attrs.field(init=False)
    lamps: AsteriskForgot = attrs.field(factory=AsteriskForgot, init=False)
    placed: PlacedEvents = attrs.field(factory=PlacedEvents, init=False)
    client: AmiClient = attrs.field(init=False)
    upkeep: Upkeep = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """The live view and its connection."""
        ami = self._settings.ami
        self.live, self.rooms = LiveCalls(self._clock), LiveRooms(self._clock)
        self.upkeep = Upkeep(self._settings, self._store, self._clock)
        listeners = (self.live, self.rooms, self.placed, self.lamps, _Tells(self._hooks))
        self.client = AmiClient(ami.host, ami.port, ami.user, ami.secret.reveal(), listeners, clock=self._clock)

    async def run(self) -> None:
        """Until cancelled: follow Asterisk, import its log, close what nobody closed, keep its configuration right, tidy up."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.client.run(), name="manager")
            group.create_task(self._again(self._import), name="log import")
            group.create_task(self._again(self._settle), name="money of legs that ended")
            group.create_task(self._again(self._configure()), name="configuration")
            group.create_task(self._again(self._look_at_plugins, LOG_EVERY), name="plugins")
            group.create_task(self._again(self.upkeep.disk, DISK_EVERY), name="disk")
            group.create_task(self._again(self.upkeep.pins, PINS_EVERY), name="locked PINs")
            group.create_task(self._again(self._empty_log, LOG_EVERY), name="database log")
            group.create_task(self._again(self.upkeep.said, SAID_EVERY, first=OLD_FIRST), name="sounds made for calls")
            group.create_task(self._again(self.upkeep.old, OLD_EVERY, first=OLD_FIRST), name="retention")

    async def _again(self, work: Callable[[], Awaitable[None]], every: float = EVERY, *, first: float = 0.0) -> None:
        await asyncio.sleep(first)
        while True:
            try:
                await work()
            except (SwitchhookError, OSError) as error:  # a full disk refuses a configuration, which is a ConfigError
                log.warning("housekeeping must wait", why=str(error))
            await asyncio.sleep(every)

    async def _settle(self) -> None:
        await spending_of(self._settings, self._store, self._clock).settle()

    async def _look_at_plugins(self) -> None:
        for plugin in self._plugins:
            await self.upkeep.alarms.plugin(plugin)

    async def _empty_log(self) -> None:
        await self.upkeep.log(quiet=not self.live.snapshot())

    async def _import(self) -> None:
        spool = Path(asterisk_paths(self._settings).cel_spool)
        taken = await CelImport(self._store, self._clock, spool, read_cel).run()
        if taken.bad_lines:
            log.error("lines of Asterisk's log cannot be read and were put aside", count=taken.bad_lines)
            await self.upkeep.alarms.bad_lines(taken.bad_lines)
        closing = CelClosing(self._store, self._clock, canonical=lambda text: caller_number(text)[0] or text)
        for closed in await closing.run(self._channels()):
            log.warning("a call was closed from Asterisk's log", call=closed.call.id, outcome=closed.outcome.value)
            await self._tell_webhooks(closed.call, closed.outcome)
            await self._hooks.notify("call_ended", call=closed.call, outcome=closed.outcome)

    async def _tell_webhooks(self, call: Call, outcome: Outcome) -> None:
        now = self._clock.now()
        told = of_end(call, outcome, now)
        if told is not None:
            async with self._store.write() as conn:
                await tell(conn, told, now)

    def _channels(self) -> LiveChannels | None:
        """The channels Asterisk had some seconds ago, once a look: by now its log of that moment is imported.

        A call that is missing there and that the log does not end was lost.
        """
        then, now = self._then, self._clock.now()
        if then is not None and (now - then.as_of).total_seconds() < IMPORTED:
            return None
        self._then = self._look(now)
        return then

    def _look(self, now: datetime) -> LiveChannels | None:
        """What Asterisk has, when that is known for certain."""
        started = self.live.started
        if self.live.stale or started is None:
            return None
        channels = frozenset(leg.id for call in self.live.snapshot() for leg in call.legs)
        return LiveChannels(self._settings.asterisk.systemname, now, channels, started)

    async def _put_configuration(self) -> None:
        place = find_asterisk(self._settings)
        changed = await put_configuration(self._settings, place, self._store, self._clock)
        if changed:
            music_only = changed == {MUSIC}
            await asterisk_process(self._settings, place, self._clock).reload(music_only=music_only)
            log.info("Asterisk took up a changed configuration", files=sorted(changed))

    def _configure(self) -> Callable[[], Awaitable[None]]:
        """Render again whenever numbers, sounds, permissions or prices changed, and as time goes by: each number has
        its fallback, which rings only whom its tenant may call at that moment, and each sound its music.
        """
        stamp, quarter = -1, -1
        library = PromptLibrary(sounds_directory(self._settings))

        async def look() -> None:
            nonlocal stamp, quarter
            now = int(self._clock.now().timestamp() // QUARTER.total_seconds())
            state = await Directory(self._store, self._clock).load_routing(stamp)
            heard = await asyncio.to_thread(library.rescan)
            if state is not None:
                if self._resets is not None:
                    self._resets.obey(state.resets)
                if self._restarts is not None:
                    self._restarts.obey(state.restarts)
            elif not heard and now == quarter:
                return
            try:
                await self._put_configuration()
            except (SwitchhookError, OSError) as error:
                await self.upkeep.alarms.configuration(str(error))
                raise
            await self.upkeep.alarms.configuration("")
            stamp, quarter = stamp if state is None else state.stamp, now

        return look
