"""Lets suspended plugins take part again when an operator says so."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import structlog

from ..dispatch.faults import Breaker

log = structlog.get_logger(__name__)


@attrs.define
class PluginResets:
    """Ends suspensions in this process; each reset counts once, and those before its start do not."""

    _breaker: Breaker
    _seen: Mapping[str, int] | None = None

    def obey(self, resets: Mapping[str, int]) -> None:
        """Reset each plugin that was reset more often, by the store's count, than when last looked."""
        before, self._seen = self._seen, resets
        if before is None:
            return
        for plugin, count in resets.items():
            if count != before.get(plugin, 0):
                self._reset(plugin)

    def _reset(self, plugin: str) -> None:
        suspended_by = self._breaker.suspended(plugin)
        if suspended_by is not None and suspended_by.kind == "migration":
            log.warning("a plugin without its tables stays suspended until the portal is restarted", plugin=plugin)
            return
        self._breaker.reset(plugin)
        if suspended_by is not None:
            log.info("a plugin takes part again", plugin=plugin)
