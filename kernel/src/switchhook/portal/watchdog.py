"""Notices when something blocks the event loop, names the plugin, and gives up a loop that hangs for good."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import traceback
from collections.abc import Callable
from time import monotonic
from typing import Final

import attrs
import structlog

BEAT: Final = 0.25
"""Seconds between two signs of life."""
WARN: Final = 1.0
GIVE_UP: Final = 5.0
HUNG: Final = 70
"""Exit status of a process whose loop hung; the supervisor starts another and calls go on there."""

log = structlog.get_logger(__name__)


def _exit_hung() -> None:
    os._exit(HUNG)


@attrs.define
class Watchdog:
    """A thread that watches the loop it was started in.

    ``running`` tells the plugin and hook whose code runs at the moment. After
    ``warn`` seconds without a sign of life the stack is logged; after
    ``give_up`` seconds ``on_hung`` is called, which by default ends the
    process: calls in prompts are taken up by another worker, calls in
    conversation go on.
    """

    _running: Callable[[], tuple[str, str] | None]
    warn: float = WARN
    give_up: float = GIVE_UP
    on_hung: Callable[[], None] = _exit_hung
    blocked: int = attrs.field(default=0, init=False)
    _last: float = attrs.field(factory=monotonic, init=False)
    _over: threading.Event = attrs.field(factory=threading.Event, init=False)

    async def run(self) -> None:
        """Watch until cancelled."""
        self._last = monotonic()
        thread = threading.Thread(
            target=self._watch, args=(threading.get_ident(),), name="switchhook-watchdog", daemon=True
        )
        thread.start()
        try:
            while True:
                self._last = monotonic()
                await asyncio.sleep(BEAT)
        finally:
            self._over.set()

    def _watch(self, watched: int) -> None:
        warned, looked = False, monotonic()
        while not self._over.wait(BEAT):
            slept, looked = monotonic() - looked, monotonic()
            if slept > self.warn:
                self._last = looked  # the whole process stood still, this thread too: the loop gets its chance
            silent = looked - self._last
            if silent < self.warn:
                warned = False
            elif not warned:
                warned = True
                self._tell(watched, silent)
            if silent > self.give_up:
                log.critical("the event loop hangs; giving up this process", seconds=round(silent, 1))
                self.on_hung()
                return

    def _tell(self, watched: int, silent: float) -> None:
        self.blocked += 1
        plugin, hook = self._running() or ("", "")
        frame = sys._current_frames().get(watched)
        stack = "".join(traceback.format_stack(frame)) if frame else ""
        log.error("the event loop is blocked", seconds=round(silent, 1), plugin=plugin, hook=hook, stack=stack)
