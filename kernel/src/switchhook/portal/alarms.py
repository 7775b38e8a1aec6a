"""The operator's alerts about the installation itself, each once while it lasts."""

from __future__ import annotations

import attrs

from ..access.account import OPERATOR_TENANT
from ..alerts.alert import Severity
from ..alerts.inbox import Alerts
from ..dispatch.loader import LoadedPlugin
from ..schema import Label
from .disk_guard import Level


@attrs.define
class Alarms:
    """Remembers what it raised, so that a look every second writes nothing while nothing changes."""

    _alerts: Alerts
    _told: dict[str, str] = attrs.field(factory=dict, init=False)

    async def disk(self, level: Level, directory: str) -> None:
        """A disk that is nearly full, or full; closed when there is room again."""
        if level not in ("scarce", "full"):
            await self._over("disk", directory)
            return
        text = {
            "scarce": Label(
                f"Die Platte mit {directory} ist fast voll: Anrufe gehen weiter, schaffen Sie Platz",
                f"The disk of {directory} is nearly full: calls go on, free some space",
            ),
            "full": Label(
                f"Die Platte mit {directory} ist voll: Schaffen Sie sofort Platz",
                f"The disk of {directory} is full: free some space at once",
            ),
        }[level]
        await self._raise("disk", directory, text, "error")

    async def configuration(self, trouble: str) -> None:
        """A configuration that Asterisk did not take up; an empty text when it did."""
        if not trouble:
            await self._over("asterisk.configuration", "asterisk")
            return
        text = Label(
            f"Asterisk hat die neue Konfiguration nicht übernommen: {trouble}",
            f"Asterisk did not take up its new configuration: {trouble}",
        )
        await self._raise("asterisk.configuration", "asterisk", text, "error")

    async def bad_lines(self, count: int) -> None:
        """Lines of Asterisk's log that cannot be read; each time counts."""
        text = Label(
            f"{count} Zeilen in Asterisks Anrufprotokoll sind unlesbar und liegen beiseite: "
            "Anrufe darin können ohne Ende bleiben",
            f"{count} lines of Asterisk's record of calls cannot be read and were put aside: "
            "calls in them may stay without an end",
        )
        await self._alerts.raise_(OPERATOR_TENANT, "asterisk.bad_lines", "cel", text)

    async def plugin(self, plugin: LoadedPlugin) -> None:
        """A plugin that cannot be used; closed when it could be loaded."""
        if plugin.state != "quarantined":
            await self._over("plugin.quarantined", plugin.name)
            return
        text = Label(
            f"Das Plugin {plugin.name} kann nicht benutzt werden: {plugin.reason}",
            f"The plugin {plugin.name} cannot be used: {plugin.reason}",
        )
        await self._raise("plugin.quarantined", plugin.name, text, "error")

    async def _raise(self, rule: str, key: str, text: Label, severity: Severity) -> None:
        if self._told.get(rule + key) != text.en:
            await self._alerts.raise_(OPERATOR_TENANT, rule, key, text, severity=severity)
            self._told[rule + key] = text.en

    async def _over(self, rule: str, key: str) -> None:
        """Closes what an earlier process raised as well, once."""
        if self._told.get(rule + key) != "":
            await self._alerts.settle(OPERATOR_TENANT, rule, key)
            self._told[rule + key] = ""
