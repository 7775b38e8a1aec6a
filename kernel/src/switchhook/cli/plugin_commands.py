"""The installed plugins and the commands they bring, found without letting a broken one break the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs
import click

from .. import hookspecs
from ..clock import SystemClock
from ..config import PluginChoice, PluginSections, Settings
from ..dispatch.dispatcher import Dispatcher
from ..dispatch.faults import Breaker, Fault
from ..dispatch.loader import LoadedPlugin, installed_plugins, load_plugins, unique
from ..dispatch.spec import specs_in
from ..errors import ConfigError
from ..portal.kept import Kept, left_out
from ..portal.plugin_settings import OperatorSays
from .context import Context

if TYPE_CHECKING:
    from ..store.engine import Store

_PATIENCE: Final = 5.0
"""Seconds for what the database knows of plugins: commands that only show something go on without it."""


@attrs.frozen
class Found:
    """The installed plugins, a dispatcher over them, what went wrong, and the settings that are for none of them.

    ``settings`` are those they were loaded with, None where there are no usable
    ones. ``kept`` is what the portal keeps about them, and ``unread`` says why
    that could not be read.
    """

    plugins: tuple[LoadedPlugin, ...]
    hooks: Dispatcher
    breaker: Breaker
    faults: list[Fault]
    unclaimed: list[str]
    settings: Settings | None
    kept: Kept
    unread: str = ""


def loaded_plugins(context: Context | None) -> Found:
    """The installed plugins as the portal would load them; one with wrong settings is quarantined with the reason.

    Without a usable settings file all installed plugins are loaded with their
    defaults, without a database as the file has it.
    """
    faults: list[Fault] = []
    breaker = Breaker(SystemClock(), faults.append)
    settings = _settings(context)
    choice = settings.plugins if settings is not None else PluginChoice()
    kept, unread = asyncio.run(_kept(settings)) if settings is not None else (Kept(), "")
    sources = installed_plugins()
    names = [source.name for source in sources]
    says = OperatorSays(settings.plugin if settings is not None else PluginSections(), names, kept)
    out = left_out(names, disabled=choice.disabled, required=choice.required, kept=kept, safe=choice.safe)
    loaded = load_plugins(sources, hookspecs, breaker, make=says.make, order=choice.order, left_out=out)
    hooks = Dispatcher(specs_in(hookspecs), loaded.implementations, breaker)
    return Found(loaded.plugins, hooks, breaker, faults, list(says.unclaimed()), settings, kept, unread)


def plugin_commands(context: Context | None) -> dict[str, click.Command]:
    """Commands by name; two of one name stop with an error that names both plugins."""
    answers = asyncio.run(loaded_plugins(context).hooks.collect("commands"))
    commands = [(answer.plugin, answer.value) for answer in answers if isinstance(answer.value, click.Command)]
    unique([(plugin, command.name or "") for plugin, command in commands], "command")
    return {command.name or "": command for _, command in commands}


def _settings(context: Context | None) -> Settings | None:
    if context is None or not Path(context.file).exists():
        return None
    try:
        return context.settings
    except ConfigError:
        return None  # the command itself will say what is wrong with the file


async def _kept(settings: Settings) -> tuple[Kept, str]:
    """What the portal keeps, or why it cannot be read; a database that is not there yet keeps nothing."""
    from ..portal.kept_choices import kept_choices
    from ..store.engine import Store

    store: Store | None = None
    try:
        store = Store(settings.store.url.reveal())
        if not store.there():
            return Kept(), ""
        async with asyncio.timeout(_PATIENCE):
            return await kept_choices(store, settings.data_dir, perhaps=True), ""
    except Exception as error:  # noqa: BLE001, RUF100 - each driver raises its own, and commands go on without
        return Kept(), f"what the portal keeps about plugins cannot be read: {error or type(error).__name__}"
    finally:
        if store is not None:
            await store.close()
