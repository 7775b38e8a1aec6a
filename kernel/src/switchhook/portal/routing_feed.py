"""Keeps the routing table in memory in step with the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import attrs
import structlog

from ..access.demo_limits import DEMO_LIMITS
from ..errors import FlowError, StoreError
from ..flows.document import read_flow
from ..flows.flow import LiveFlow, Routing
from ..flows.registry import ModuleRegistry
from ..store.directory import Directory
from ..store.routing import FlowVersion, RoutingState
from ..switchboard.routes import Routes, Snapshot
from .plugin_resets import PluginResets

EVERY: Final = 1.0
"""Seconds between two looks; a change reaches every worker within them."""

log = structlog.get_logger(__name__)


def _nothing() -> None:
    """Nobody else holds anything."""


@attrs.define
class StoredVersions:
    """Published versions read from the store and parsed."""

    _directory: Directory
    _modules: ModuleRegistry

    async def version(self, version: str) -> LiveFlow | None:
        """See :meth:`switchhook.switchboard.routes.OldVersions.version`."""
        found = await self._directory.version(int(version)) if version.isdigit() else None
        return await asyncio.to_thread(self.live, found) if found else None

    def live(self, version: FlowVersion) -> LiveFlow | None:
        """A version ready to take calls; None, with a log entry, when it can no longer be read.

        A version was read before it was published; a plugin that is gone since
        then may make it unreadable, and then its callers get the last resort.
        """
        try:
            flow = read_flow(version.document, self._modules, f"{version.flow} version {version.no}")
        except FlowError as error:
            log.exception("a published flow cannot be read", flow=version.flow, version=version.no, why=str(error))
            return None
        return LiveFlow(str(version.id), version.no, version.tenant, flow)


@attrs.define
class RoutingFeed:
    """Loads the routing state, and with it the resets of plugins, at the start and whenever the store's stamp grew.

    ``changed`` is called then, for whoever else holds something in memory.
    """

    _directory: Directory
    _versions: StoredVersions
    _routes: Routes
    _resets: PluginResets
    _changed: Callable[[], None] = _nothing
    stamp: int = attrs.field(default=-1, init=False)
    _parsed: dict[int, LiveFlow] = attrs.field(factory=dict, init=False)

    async def refresh(self) -> bool:
        """Load what changed; whether anything did. Raises ``StoreError`` while the store is away."""
        state = await self._directory.load_routing(self.stamp)
        if state is None:
            return False
        self._resets.obey(state.resets)
        self._changed()
        # Reading a large flow takes seconds of Python; callers must not wait for it.
        self._routes.replace(await asyncio.to_thread(self._snapshot, state))
        self.stamp = state.stamp
        return True

    async def run(self) -> None:
        """Refresh until cancelled. While the store is away, calls are routed by what is known."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.refresh()
            except StoreError as error:
                log.warning("the routing state cannot be read; calls go by the last known one", why=str(error))
            except Exception:  # whatever it was, the next look may find it mended, and no other task would ever look
                log.exception("the routing state cannot be taken over; calls go by the last known one")

    def _snapshot(self, state: RoutingState) -> Snapshot:
        known = self._parsed
        found = {one.id: known.get(one.id) or self._versions.live(one) for one in state.published.values()}
        self._parsed = {id: live for id, live in found.items() if live is not None}  # noqa: A001 - the domain's own word
        return Snapshot(
            numbers={
                one.e164: Routing(one.tenant, one.flow, state.tenants[one.tenant].language, one.label)
                for one in state.numbers.values()
            },
            flows={(live.tenant, live.flow.id): live for live in self._parsed.values()},
            last_resorts={one.id: one.last_resort_flow for one in state.tenants.values() if one.last_resort_flow},
            shut={one.id: one.state for one in state.tenants.values() if not one.open},
            most_calls={one.id: DEMO_LIMITS.calls for one in state.tenants.values() if one.state == "demo"},
        )
