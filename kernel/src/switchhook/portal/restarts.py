"""Lets the portal start again when an operator says so: in every process, on every host of one database."""

from __future__ import annotations

import asyncio

import attrs
import structlog

log = structlog.get_logger(__name__)


@attrs.define
class Restarts:
    """Notices wishes to start again. ``seen`` is how many there were when plugins were loaded: those are fulfilled."""

    seen: int = 0
    wanted: asyncio.Event = attrs.field(factory=asyncio.Event)

    def obey(self, count: int) -> None:
        """Want a restart when the store counts more wishes than this start fulfilled."""
        if count != self.seen and not self.wanted.is_set():
            log.info("the portal starts again because an operator wishes it")
            self.wanted.set()
