"""What lets a portal run for years: the disk watched, SQLite's log kept short, and what is old forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import attrs
import structlog

from ..alerts.inbox import Alerts
from ..asterisk.configured import asterisk_paths, asterisk_process
from ..asterisk.render import MESSAGES_FILE
from ..charges.book import Charges
from ..clock import Clock
from ..config import Settings
from ..errors import AsteriskUnavailable
from ..media.ordering import STORAGE, ExtraStorage
from ..numbers.closing import free_numbers_of_closed
from ..orders.book import forget_orders
from ..pins.alarm import tell_of_locks
from ..pins.book import forget_attempts
from ..placing.rows import forget_placed
from ..prompts.said import tidy_said
from ..publishing.purge import purge_flows
from ..resources.trash import empty_trash
from ..store.audit import Audit
from ..store.engine import Store
from ..store.news import forget_news
from ..store.retention import forget
from ..store.retention_post import forget_post
from .alarms import Alarms
from .disk_guard import DiskGuard
from .keys import installation_key
from .media import media_of
from .repeats import forget_answers
from .sounds import sounds_directory

DISK_EVERY: Final = 10.0
PINS_EVERY: Final = 5.0
"""Seconds between two looks at PINs that were locked."""
LOG_EVERY: Final = 60.0
OLD_EVERY: Final = 86_400.0
SAID_EVERY: Final = 600.0
OLD_FIRST: Final = 600.0
"""Seconds after the start before anything old is looked for: a portal that starts again has callers waiting."""
GROWN: Final = 64 << 20
"""Bytes of SQLite's log from which on it is emptied also while there are calls."""
STUCK: Final = 256 << 20
TURN: Final = 10 << 20
"""Bytes of Asterisk's log of warnings and errors from which on a new one is begun."""

log = structlog.get_logger(__name__)


@attrs.define
class Upkeep:
    """One piece of work a method, each to be called again and again, from one process a node."""

    _settings: Settings
    _store: Store
    _clock: Clock
    guard: DiskGuard = attrs.field(init=False)
    alarms: Alarms = attrs.field(init=False)
    _log_bytes: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        """The guard of the data directory's disk, where Asterisk's records are as well."""
        self.guard = DiskGuard(self._settings.data_dir, self._clock)
        self.alarms = Alarms(Alerts(self._store, self._clock))

    async def disk(self) -> None:
        """Look at the disk; when it is nearly full, give up copies that only serve to check others."""
        level = await asyncio.to_thread(self.guard.look)
        if level in ("scarce", "full"):
            await asyncio.to_thread(_remove, self._cdr.parent.glob(f"{self._cdr.name}.*.old"))
        await self.alarms.disk(level, str(self._settings.data_dir))

    async def pins(self) -> None:
        """Let people know of PINs that are locked."""
        await tell_of_locks(Alerts(self._store, self._clock))

    async def log(self, *, quiet: bool) -> None:
        """Empty SQLite's write-ahead log when no call is on, and when it has grown all the same."""
        if not quiet and await asyncio.to_thread(self._store.log_bytes) < GROWN:
            return
        left = await self._store.checkpoint()
        if left > max(STUCK, 2 * self._log_bytes):  # told again only when it has doubled
            self._log_bytes = left
            log.error("the database's log cannot be emptied: some program reads from it without an end", bytes=left)

    async def said(self) -> None:
        """Remove sounds that were made for calls and are not needed: see ``tidy_said``."""
        found = await asyncio.to_thread(tidy_said, sounds_directory(self._settings), self._clock.now())
        if found.removed:
            log.info("sounds that were made for calls were removed", **attrs.asdict(found))

    async def old(self) -> None:
        """Check SQLite's file, and forget what is older than ``portal.keep_days``, in the database and beside it.

        Numbers of tenants that were closed long ago go back to the pool.
        Asterisk begins a new log of its messages when the present one is long.
        """
        await self._turn_messages()
        damage = await self._store.damage()
        if damage:
            log.critical("the database is damaged: stop the portal and restore a backup", found=damage)
            return
        audit = Audit(installation_key(self._settings.data_dir, "audit"))
        removed = await empty_trash(self._store, audit, self._clock.now())
        if removed := removed + await purge_flows(self._store, audit, self._clock.now()):
            log.info("records that were deleted long ago were removed from the trash", records=removed)
        charges = Charges(self._store, self._clock, audit, {STORAGE.name: STORAGE})
        await ExtraStorage(media_of(self._settings, self._store, self._clock, audit), charges).bill()
        if freed := await free_numbers_of_closed(self._store, audit, self._clock.now()):
            log.info("numbers of tenants that were closed long ago went back to the pool", numbers=freed)
        await forget_news(self._store, self._clock.now())
        await forget_answers(self._store, self._clock.now())
        await forget_attempts(self._store, self._clock.now())
        await forget_orders(self._store, self._clock.now())
        await forget_placed(self._store, self._clock.now())
        await forget_post(self._store, self._clock.now(), self._settings.portal.keep_days)
        if not self._settings.portal.keep_days:
            return
        before = self._clock.now() - timedelta(days=self._settings.portal.keep_days)
        await asyncio.to_thread(self._forget_files, before)
        forgotten = await forget(self._store, before)
        if forgotten.calls or forgotten.records or forgotten.faults:
            log.info("old calls, records and faults were deleted", before=before.isoformat(), **attrs.asdict(forgotten))

    @property
    def _cdr(self) -> Path:
        return Path(asterisk_paths(self._settings).cdr_spool)

    async def _turn_messages(self) -> None:
        messages = self._messages
        if not messages.exists() or messages.stat().st_size < TURN:
            return
        messages.rename(self._aside(messages))
        with suppress(AsteriskUnavailable):  # one that does not run begins a new one at its start
            await asterisk_process(self._settings).command("logger reload")

    @property
    def _messages(self) -> Path:
        return Path(asterisk_paths(self._settings).log) / MESSAGES_FILE

    def _aside(self, file: Path) -> Path:
        return file.with_name(f"{file.name}.{self._clock.now():%Y%m%dT%H%M%S%f}.old")

    def _forget_files(self, before: datetime) -> None:
        """Asterisk opens its records for each line anew, so a file may be renamed at any moment."""
        cdr, cel = self._cdr, Path(asterisk_paths(self._settings).cel_spool)
        if cdr.exists():
            cdr.rename(self._aside(cdr))
        kept = [
            *cdr.parent.glob(f"{cdr.name}.*.old"),
            *cel.parent.glob(f"{cel.name}.*.bad"),
            *self._messages.parent.glob(f"{MESSAGES_FILE}.*.old"),
        ]
        _remove(file for file in kept if file.stat().st_mtime < before.timestamp())


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
