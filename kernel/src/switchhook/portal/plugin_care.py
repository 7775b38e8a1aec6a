"""The installed plugins for the operator: what became of each, its settings, its faults, and a new start."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

import attrs

from ..access.actor import Actor, Forbidden
from ..clock import Clock
from ..config import Settings
from ..dispatch.faults import Fault
from ..dispatch.loader import LoadedPlugin
from ..errors import NotFound, PluginError, near_match
from ..schema import Label, expected
from ..store.directory import Directory
from ..store.engine import Store
from ..store.faults import FaultLog
from .plugging import Plugged
from .plugin_settings import declared_settings, variable

PluginState = Literal["active", "disabled", "quarantined", "suspended"]
Origin = Literal["environment", "file", "default", "missing"]


@attrs.frozen
class PluginLine:
    """A plugin as it stands: ``reason`` says why when it is not active."""

    name: str
    distribution: str
    version: str
    state: PluginState
    reason: str
    hooks: tuple[str, ...]
    settings: int
    """How many settings it declares."""


@attrs.frozen
class SettingLine:
    """A setting of a plugin, what it is now and where that was said. A secret's value is never told."""

    key: str
    label: Label
    help: Label | None
    expected: str
    value: str
    origin: Origin
    secret: bool
    variable: str


@attrs.frozen
class PluginCare:
    """The plugins of this portal, for the operator alone."""

    store: Store
    clock: Clock
    settings: Settings
    plugged: Plugged

    def of(self, actor: Actor) -> Plugins:
        """The plugins as ``actor`` may see and change them."""
        return Plugins(self, actor)


@attrs.frozen
class Plugins:
    """For the operator: whoever else asks is ``Forbidden``. A name that is not installed is ``NotFound``."""

    care: PluginCare
    actor: Actor

    def all(self) -> Sequence[PluginLine]:
        """Every installed plugin, by name."""
        self._operator()
        return sorted((self._line(plugin) for plugin in self.care.plugged.plugins), key=lambda line: line.name)

    def get(self, name: str) -> PluginLine:
        """One plugin."""
        self._operator()
        return self._line(self._found(name))

    def declared(self, name: str) -> Sequence[SettingLine]:
        """The settings a plugin declares, in its order."""
        self._operator()
        plugin = self._found(name)
        given = self.care.settings.plugin
        found = []
        for key, (meta, field) in declared_settings(plugin.named).items():
            name_outside = variable(name, key)
            value = getattr(plugin.made, key, attrs.NOTHING)
            origin: Origin = "default" if field.default is not attrs.NOTHING else "missing"
            if key in given.sections.get(name, {}):
                origin = "file"
            if name_outside in given.environment or f"{name_outside}_FILE" in given.environment:
                origin = "environment"
            shown = "" if value is attrs.NOTHING or meta.secret else json.dumps(value, ensure_ascii=False, default=str)
            found.append(
                SettingLine(key, meta.label, meta.help, expected(meta), shown, origin, meta.secret, name_outside)
            )
        return found

    async def faults(self, name: str = "", limit: int = 50) -> Sequence[Fault]:
        """The latest faults, newest first, of one plugin if it is named."""
        self._operator()
        return await FaultLog(self.care.store).latest(max(1, min(limit, 500)), name or None)

    async def reset(self, name: str) -> None:
        """Let a suspended plugin take part again, in every process within seconds; ``PluginError`` for one that is not active."""
        self._operator()
        plugin = self._found(name)
        if plugin.state != "active":
            raise PluginError(f"plugin {name!r} is {plugin.state}, not suspended: {plugin.reason}", plugin=name)
        await Directory(self.care.store, self.care.clock).reset_plugin(name)

    def _operator(self) -> None:
        if self.actor.role != "operator":
            raise Forbidden("plugins are the operator's", actor=self.actor.name)

    def _found(self, name: str) -> LoadedPlugin:
        known = {plugin.name: plugin for plugin in self.care.plugged.plugins}
        if name not in known:
            raise NotFound(f"no plugin {name!r} is installed{near_match(name, known)}", plugin=name)
        return known[name]

    def _line(self, plugin: LoadedPlugin) -> PluginLine:
        suspended = self.care.plugged.breaker.suspended(plugin.name)
        state: PluginState = "suspended" if suspended is not None and plugin.state == "active" else plugin.state
        reason = suspended.message if suspended is not None else plugin.reason
        source, declared = plugin.source, declared_settings(plugin.named)
        return PluginLine(plugin.name, source.distribution, source.version, state, reason, plugin.hooks, len(declared))
