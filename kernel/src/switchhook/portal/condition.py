"""How the installation fares, for the operator: the disk, the database, Asterisk."""

from __future__ import annotations

import asyncio
import shutil
from datetime import datetime

import attrs

from ..access.actor import Actor, Forbidden
from ..asterisk.live import LiveCalls
from ..config import Settings
from .disk_guard import Level, level_of


@attrs.frozen
class Storage:
    """Bytes of the data directory's disk, and how the portal's guard calls what is left."""

    total: int
    free: int
    level: Level

    @property
    def used(self) -> float:
        """The part that is taken, from 0 to 1."""
        return 1 - self.free / self.total if self.total else 1.0


@attrs.frozen
class Condition:
    """The installation as the operator may see it; whoever else asks is ``Forbidden``."""

    settings: Settings
    live: LiveCalls

    async def storage(self, actor: Actor) -> Storage:
        """The disk below the data directory."""
        _operator(actor)
        usage = await asyncio.to_thread(shutil.disk_usage, self.settings.data_dir)
        return Storage(usage.total, usage.free, level_of(usage.total, usage.free))

    def asterisk(self, actor: Actor) -> tuple[str, datetime | None, int]:
        """Why nothing certain is known of Asterisk (else empty), since when it runs, and how many calls it has."""
        _operator(actor)
        return self.live.stale, self.live.started, len(self.live.snapshot())


def _operator(actor: Actor) -> None:
    if actor.role != "operator":
        raise Forbidden("the installation is the operator's", actor=actor.name)
