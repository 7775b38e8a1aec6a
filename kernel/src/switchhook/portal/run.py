"""The running portal: workers, the manager connection, and the import of Asterisk's own log."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager

from ..alerts.inbox import Alerts
from ..clock import Clock
from ..config import Settings
from ..store.engine import Store
from ..store.journal import Journal
from ..store.migrations import migrate
from ..webhooks.outlet import Outlet
from .fault_reports import FaultReports
from .kept_choices import told_to_plugins
from .plugging import plug_in
from .plugin_resets import PluginResets
from .restarts import Restarts
from .supervisor import Supervisor, parent_gone
from .worker import JOURNAL_DRAIN, migrate_plugins, working


async def run_portal(settings: Settings, clock: Clock, command: Sequence[str]) -> bool:
    """Run until SIGTERM or SIGINT, or until an operator wishes a restart; then take no new calls, finish, and return.

    True asks to be started again. With one worker everything is in this
    process. With more, each is a process made by ``command`` with
    ``--worker N``, and this one does the rest.
    """
    async with _stopping() as stop:
        store = Store(settings.store.url.reveal())
        try:
            await migrate(store)
            if settings.agi.workers == 1:
                again = await _alone(settings, store, clock, stop)
            else:
                again = await _with_workers(settings, store, clock, command, stop)
        finally:
            await store.close()
        return again and not stop.is_set()  # who wants the portal to end while it ends means it


async def run_worker(settings: Settings, clock: Clock, number: int) -> None:
    """Run one worker for a supervisor, until a signal or the supervisor's end."""
    async with _stopping() as stop:
        store = Store(settings.store.url.reveal())
        try:
            async with working(settings, store, clock, number=number):
                gone = asyncio.create_task(parent_gone())
                await asyncio.wait([gone, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await store.close()


async def _alone(settings: Settings, store: Store, clock: Clock, stop: asyncio.Event) -> bool:
    async with working(settings, store, clock) as worker:
        restarts = Restarts(worker.plugged.kept.restarts)
        attending = await asyncio.to_thread(_attending)
        async with attending(settings, store, clock, worker.plugged, restarts=restarts) as task:
            await _until((stop, restarts.wanted), task)
    return restarts.wanted.is_set()


def _attending() -> Callable[..., AbstractAsyncContextManager[asyncio.Task[None]]]:
    """What is done beside the calls. Its imports take long, and callers of a portal that starts again wait already."""
    from .attending import attending

    return attending


async def _with_workers(
    settings: Settings, store: Store, clock: Clock, command: Sequence[str], stop: asyncio.Event
) -> bool:
    supervisor = Supervisor(command, settings.agi.workers, clock)
    report, journal = FaultReports(), Journal(store, clock, beside=Outlet(clock, Alerts(store, clock)))
    plugged = await plug_in(clock, report, **await told_to_plugins(settings, store))
    restarts = Restarts(plugged.kept.restarts)
    journal.start()
    report.keep_in(journal, early=False)
    workers = asyncio.create_task(supervisor.run(), name="supervisor")
    try:
        await migrate_plugins(plugged, store)
        # Here plugins hear of Asterisk and of calls that nobody saw end: what they need for it they open here as well.
        await plugged.hooks.notify("portal_started")
        attending = await asyncio.to_thread(_attending)
        resets = PluginResets(plugged.breaker)
        async with attending(settings, store, clock, plugged, resets, restarts=restarts) as task:
            await _until((stop, restarts.wanted), workers, task)
            workers.cancel()
    finally:
        workers.cancel()
        await asyncio.wait([workers], timeout=60)
        await plugged.hooks.notify("portal_stopping")
        await journal.drain(JOURNAL_DRAIN)
    return restarts.wanted.is_set()


async def _until(events: Iterable[asyncio.Event], *tasks: asyncio.Task[None]) -> None:
    """Wait for the first of some events; a task that ends before raises what ended it."""
    wishes = [asyncio.create_task(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait([*wishes, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done.intersection(tasks):
            task.result()
    finally:
        for wish in wishes:
            wish.cancel()


class _stopping:  # noqa: N801 - used as a context
    """An event that SIGTERM and SIGINT set."""

    async def __aenter__(self) -> asyncio.Event:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        return stop

    async def __aexit__(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(name)
