"""Commands that plugins bring, found without letting a broken plugin break the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import attrs
import click

from .. import hookspecs
from ..clock import SystemClock
from ..config import PluginSections
from ..dispatch.dispatcher import Dispatcher
from ..dispatch.faults import Breaker, Fault
from ..dispatch.loader import LoadedPlugin, installed_plugins, load_plugins, unique
from ..dispatch.spec import specs_in
from ..errors import ConfigError
from ..portal.plugin_settings import OperatorSays
from .context import Context


@attrs.frozen
class Found:
    """The installed plugins, a dispatcher over them, what went wrong, and the settings that are for none of them."""

    plugins: tuple[LoadedPlugin, ...]
    hooks: Dispatcher
    faults: list[Fault]
    unclaimed: list[str]


def loaded_plugins(context: Context | None) -> Found:
    """The installed plugins as the settings choose them; one with wrong settings is quarantined with the reason.

    Without a usable settings file all installed plugins are loaded with their defaults.
    """
    faults: list[Fault] = []
    breaker = Breaker(SystemClock(), faults.append)
    order, disabled, given = _choice(context)
    sources = installed_plugins()
    says = OperatorSays(given, [source.name for source in sources])
    loaded = load_plugins(sources, hookspecs, breaker, make=says.make, order=order, disabled=disabled)
    hooks = Dispatcher(specs_in(hookspecs), loaded.implementations, breaker)
    return Found(loaded.plugins, hooks, faults, list(says.unclaimed()))


def plugin_commands(context: Context | None) -> dict[str, click.Command]:
    """Commands by name; two of one name stop with an error that names both plugins."""
    answers = asyncio.run(loaded_plugins(context).hooks.collect("commands"))
    commands = [(answer.plugin, answer.value) for answer in answers if isinstance(answer.value, click.Command)]
    unique([(plugin, command.name or "") for plugin, command in commands], "command")
    return {command.name or "": command for _, command in commands}


def _choice(context: Context | None) -> tuple[tuple[str, ...], tuple[str, ...], PluginSections]:
    if context is None or not Path(context.file).exists():
        return (), (), PluginSections()
    try:
        settings = context.settings
    except ConfigError:
        return (), (), PluginSections()  # the command itself will say what is wrong with the file
    return settings.plugins.order, settings.plugins.disabled, settings.plugin
