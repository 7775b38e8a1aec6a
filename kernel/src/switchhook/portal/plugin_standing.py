"""How a plugin stands now, and how it will stand after the portal's next start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ..config import Settings, load_settings
from ..dispatch.loader import LoadedPlugin
from ..errors import ConfigError, PluginError
from ..schema import Kinds, Label
from ..store.plugin_choices import StoredChoice
from .kept import IN_FILE, IN_PORTAL, PAGES, UNSAFE, Kept, KeptChoice, left_out
from .kept_choices import opened
from .plugging import Plugged
from .plugin_settings import OperatorSays, SettingsWait, declared_settings
from .plugin_values import OffBy, PluginLine, PluginState, RestartRefused

_OFF_BY: Final[Mapping[str, OffBy]] = {IN_FILE: "file", IN_PORTAL: "portal", UNSAFE: "safe", "": ""}


def line_of(settings: Settings, plugged: Plugged, plugin: LoadedPlugin, stored: StoredChoice | None) -> PluginLine:
    """A plugin with what became of it, and what will."""
    suspended = plugged.breaker.suspended(plugin.name)
    state: PluginState = "suspended" if suspended is not None and plugin.state == "active" else plugin.state
    reason = suspended.message if suspended is not None else plugin.reason
    choice = opened(stored, settings.data_dir) if stored is not None else KeptChoice()
    off_by = _off_by(settings, plugin.name, choice)
    return PluginLine(
        plugin.name,
        plugin.source.distribution,
        plugin.source.version,
        state,
        reason,
        plugin.hooks,
        len(declared_settings(plugin.named)),
        off_by,
        plugin.name in settings.plugins.required,
        _waits(settings, plugged, plugin.name, choice, off_by),
        _labels(plugged.modules, plugin.name),
        _labels(plugged.in_call, plugin.name),
    )


def _labels(kinds: Kinds[Any], plugin: str) -> tuple[Label, ...]:
    """What people call those of a sort that a plugin brings."""
    found = (kinds.get(kind) for kind in kinds if kinds.plugin_of(kind) == plugin)
    return tuple(one.label for one in found if one is not None)


def _off_by(settings: Settings, name: str, choice: KeptChoice) -> OffBy:
    """Who switches a plugin off at a start that is like the last one, were it with all plugins."""
    words, kept = settings.plugins, Kept({name: choice})
    reasons = left_out([name], disabled=words.disabled, required=words.required, kept=kept, safe=False)
    return _OFF_BY[reasons.get(name, "")]


def _waits(settings: Settings, plugged: Plugged, name: str, choice: KeptChoice, off_by: OffBy) -> bool:
    """Whether what is kept differs from what was kept when plugins were loaded, in something that counts."""
    then = plugged.kept.of(name)
    was_off = _off_by(settings, name, then)
    if off_by or was_off:
        return off_by != was_off
    says = OperatorSays(settings.plugin, [plugin.name for plugin in plugged.plugins])
    return _counting(says, name, then) != _counting(says, name, choice)


def _counting(says: OperatorSays, name: str, choice: KeptChoice) -> tuple[Mapping[str, object], str]:
    return {key: value for key, value in choice.values.items() if not says.said_by(name, key)}, choice.trouble


def must_be_switched_in_file(settings: Settings, name: str, *, on: bool) -> None:
    """Raise ``PluginError`` where the settings file decides whether a plugin is on."""
    choice, file = settings.plugins, settings.plugin.file
    if name in choice.disabled:
        raise PluginError(f"{file}: [plugins] disabled switches {name!r} off; take it out there first", plugin=name)
    if not on and name in choice.required:
        raise PluginError(f"{file}: [plugins] required names {name!r}; take it out there first", plugin=name)
    if not on and name == PAGES:
        raise PluginError(f"plugin {name!r} serves these pages; only the settings file switches it off", plugin=name)


def must_start_again(settings: Settings, plugged: Plugged) -> None:
    """Raise :class:`RestartRefused` when the portal would not come up with the settings file as it is now."""
    file = Path(settings.plugin.file)
    if not file.is_file():
        return
    try:
        now = load_settings(file, os.environ)
        installed = [plugin.name for plugin in plugged.plugins]
        if gone := [name for name in now.plugins.required if name not in installed]:
            raise RestartRefused(f"{file}: [plugins] required names what is not installed: {', '.join(gone)}")
        says = OperatorSays(now.plugin, installed)
        for plugin in plugged.plugins:
            if plugin.named is not None and plugin.name not in now.plugins.disabled:
                _made(says, plugin)
    except ConfigError as error:
        raise RestartRefused(f"the portal would not come up again: {error}") from error


def _made(says: OperatorSays, plugin: LoadedPlugin) -> None:
    try:
        says.make(plugin.name, plugin.named)
    except SettingsWait:
        return
