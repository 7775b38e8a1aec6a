"""Commands that plugins bring, found without letting a broken plugin break the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from .. import hookspecs
from ..clock import SystemClock
from ..dispatch.dispatcher import Dispatcher
from ..dispatch.faults import Breaker, Fault
from ..dispatch.loader import Loaded, installed_plugins, load_plugins, unique
from ..dispatch.spec import specs_in
from ..errors import ConfigError
from .context import Context


def loaded_plugins(context: Context | None) -> tuple[Loaded, Dispatcher, list[Fault]]:
    """The installed plugins as the settings choose them, a dispatcher over them, and what went wrong.

    Without a usable settings file all installed plugins are loaded.
    """
    faults: list[Fault] = []
    breaker = Breaker(SystemClock(), faults.append)
    order, disabled = _choice(context)
    loaded = load_plugins(installed_plugins(), hookspecs, breaker, order=order, disabled=disabled)
    return loaded, Dispatcher(specs_in(hookspecs), loaded.implementations, breaker), faults


def plugin_commands(context: Context | None) -> dict[str, click.Command]:
    """Commands by name; two of one name stop with an error that names both plugins."""
    _, hooks, _ = loaded_plugins(context)
    answers = asyncio.run(hooks.collect("commands"))
    commands = [(answer.plugin, answer.value) for answer in answers if isinstance(answer.value, click.Command)]
    unique([(plugin, command.name or "") for plugin, command in commands], "command")
    return {command.name or "": command for _, command in commands}


def _choice(context: Context | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if context is None or not Path(context.file).exists():
        return (), ()
    try:
        chosen = context.settings.plugins
    except ConfigError:
        return (), ()  # the command itself will say what is wrong with the file
    return chosen.order, chosen.disabled
