"""One worker: everything one process needs to take calls from Asterisk."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

import attrs
import structlog

from ..alerts.inbox import Alerts
from ..asterisk.agi_connection import AgiConnection
from ..asterisk.agi_server import AgiLimits, AgiServer
from ..calls.numbers import caller_key, caller_number
from ..clock import Clock
from ..config import Settings
from ..dispatch.faults import KERNEL
from ..flows.interpreter import Interpreter
from ..in_call.board import FeatureBoard
from ..orders.book import Orders
from ..outbound.authorizing import Outbound
from ..outbound.kept import KeptFacts
from ..pins.book import StoredPins
from ..prompts.library import PromptLibrary
from ..prompts.making import LibraryMaker
from ..resources.kept import Rows
from ..resources.seal import Seal
from ..resources.shelf import Shelf
from ..store.books import StoredBooks
from ..store.directory import Directory
from ..store.engine import Store
from ..store.journal import Journal
from ..store.migrations import MigrationFailure, migrate
from ..switchboard.feed import Feed
from ..switchboard.gate import HookedGate
from ..switchboard.observer import HookedObserver
from ..switchboard.placed import PlacedDesk
from ..switchboard.routes import Routes
from ..switchboard.switchboard import Switchboard
from ..webhooks.asking import AskedPrograms
from ..webhooks.outlet import Outlet
from .call_desk import CallDesk
from .fault_reports import FaultReports
from .keeping import keeping_of
from .kept_choices import told_to_plugins
from .keys import installation_key
from .media import asterisk_name, recordings_of, talks_of
from .placed_orders import PlacedOrders
from .plugging import Plugged, plug_in
from .plugin_resets import PluginResets
from .routing_feed import RoutingFeed, StoredVersions
from .sounds import follow_sounds, sounds_directory
from .spending import spending_of
from .watchdog import Watchdog

DRAIN: Final = 0.0
"""Seconds a stopping worker keeps its calls: none. They are better off with the next one, which takes them up at once."""
JOURNAL_DRAIN: Final = 10.0
FEED_DRAIN: Final = 2.0
HEAD_START: Final = 1.0
"""Seconds plugins get for what they need before the first call. Callers of a portal that was restarted wait already."""

log = structlog.get_logger(__name__)


@attrs.frozen
class Worker:
    """A running worker. ``port`` is where it listens for Asterisk."""

    plugged: Plugged
    switchboard: Switchboard
    routing: RoutingFeed
    journal: Journal
    library: PromptLibrary
    server: AgiServer

    @property
    def port(self) -> int:
        """Where Asterisk finds this worker."""
        return self.server.port


@asynccontextmanager
async def working(settings: Settings, store: Store, clock: Clock, *, number: int = 0) -> AsyncIterator[Worker]:
    """A worker that takes calls while the block runs, and finishes them after it.

    The store must be up to date. Raises ``ConfigError`` for settings that do
    not fit what a plugin declares, ``PluginError`` for plugins that cannot
    live together and ``OSError`` when the port cannot be had.
    """
    report = FaultReports()
    plugged = await plug_in(clock, report, **await told_to_plugins(settings, store))
    async with AsyncExitStack() as stack:
        outlet = Outlet(clock, Alerts(store, clock))
        journal = Journal(store, clock, beside=outlet)
        journal.start()
        stack.push_async_callback(journal.drain, JOURNAL_DRAIN)
        report.keep_in(journal, early=number == 0)
        if number == 0:
            for sentence in plugged.unclaimed:
                log.warning("settings for no plugin", why=sentence)
        await migrate_plugins(plugged, store)
        worker = _assemble(settings, store, clock, plugged, journal, number, outlet.forget)
        await worker.routing.refresh()
        tasks = await stack.enter_async_context(_background(worker))
        started = asyncio.create_task(plugged.hooks.notify("portal_started"), name="portal_started")
        stack.callback(started.cancel)
        await asyncio.wait([started], timeout=HEAD_START)
        await worker.server.start()
        stack.push_async_callback(_finish, worker)
        gc.freeze()  # what is there now stays: no collection need look through it while calls are served
        log.info("worker takes calls", worker=number, port=worker.port, tasks=len(tasks))
        yield worker
        await plugged.hooks.notify("portal_stopping")


async def migrate_plugins(plugged: Plugged, store: Store) -> None:
    """Bring the plugins' own tables up to date; a plugin whose migrations fail, or are another's, is suspended."""
    answers = await plugged.hooks.collect("migrations")
    own = [answer.value for answer in answers if answer.value.plugin == answer.plugin]
    failed = [
        MigrationFailure(answer.plugin, f"its migrations are those of {answer.value.plugin!r}; name them after itself")
        for answer in answers
        if answer.value.plugin != answer.plugin
    ]
    for failure in [*failed, *await migrate(store, own)]:
        plugged.breaker.suspend(
            plugged.breaker.report(failure.plugin, "migrations", "migration", failure.message, error=failure.error)
        )


def _assemble(
    settings: Settings,
    store: Store,
    clock: Clock,
    plugged: Plugged,
    journal: Journal,
    number: int,
    changed: Callable[[], None],
) -> Worker:
    directory = Directory(store, clock)
    versions = StoredVersions(directory, plugged.modules)
    routes = Routes(versions)
    library = PromptLibrary(sounds_directory(settings), fallback=(settings.portal.language, "en", "de"))
    secret = installation_key(settings.data_dir, "callers")
    shelf = Shelf(store, Rows(plugged.resources, Seal(installation_key(settings.data_dir, "seal"))))
    talks = talks_of(settings, store, clock)
    facts, feed = KeptFacts(store), Feed(journal, plugged.hooks)
    observer = HookedObserver(feed.tell, plugged.breaker, dict(plugged.module_owners))
    switchboard = Switchboard(
        hooks=plugged.hooks,
        routes=routes,
        interpreter=Interpreter(routes, observer),
        feed=feed,
        ledger=journal,
        prompts=library,
        gate=HookedGate(plugged.hooks, Outbound(facts, spending_of(settings, store, clock))),
        clock=clock,
        sound=partial(asterisk_name, library),
        classify=caller_number,
        key=lambda text: caller_key(text, secret),
        plugins=plugged.objects,
        shelf=shelf,
        books=StoredBooks(store),
        placed=PlacedDesk(PlacedOrders(store, plugged.placed), observer, clock),
        pins=StoredPins(store, clock),
        programs=AskedPrograms(clock, settings.webhooks.allow_private),
        maker=LibraryMaker(library, secret),
        desk=CallDesk(Orders(store, clock), keeping_of(settings, store, clock, plugged), shelf.forget),
        tape=recordings_of(settings, store, clock),
        in_call=FeatureBoard(plugged.in_call, shelf, plugged.breaker),
        talks=talks,
        consents=talks,
    )
    server = AgiServer(
        switchboard.serve,
        secret=settings.agi.secret.reveal(),
        host=settings.agi.host,
        port=settings.agi.ports[number],
        paths=("call", "farewell", "consent"),
        limits=AgiLimits(sessions=settings.agi.max_sessions),
        clock=clock,
        on_fault=partial(_call_failed, plugged),
    )

    def forget() -> None:
        shelf.forget()
        facts.forget()
        changed()

    routing = RoutingFeed(directory, versions, routes, PluginResets(plugged.breaker), forget)
    return Worker(plugged, switchboard, routing, journal, library, server)


@asynccontextmanager
async def _background(worker: Worker) -> AsyncIterator[list[asyncio.Task[None]]]:
    hooks = worker.plugged.hooks
    watchdog = Watchdog(lambda: hooks.running)
    tasks = [
        asyncio.create_task(worker.routing.run(), name="routing"),
        asyncio.create_task(worker.switchboard.feed.run(), name="feed"),
        asyncio.create_task(watchdog.run(), name="watchdog"),
        asyncio.create_task(follow_sounds(worker.library), name="sounds"),
    ]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=5)


async def _finish(worker: Worker) -> None:
    await worker.server.stop(DRAIN)
    await worker.switchboard.drain(JOURNAL_DRAIN)
    await worker.switchboard.feed.told(FEED_DRAIN)


def _call_failed(plugged: Plugged, error: BaseException, connection: AgiConnection) -> None:
    log.error("a call was given back to Asterisk", call=connection.request.uniqueid, exc_info=error)
    plugged.breaker.report(KERNEL, "call", "raised", repr(error), call=connection.request.uniqueid, error=error)
