"""What ``switchhook plugins`` says to plugins in the portal's stead: settings, on and off, and a restart."""

from __future__ import annotations

import asyncio
import getpass
import json
import sys
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Final, TypeVar

import attrs
import click

from ..access.actor import SYSTEM
from ..clock import SystemClock
from ..errors import ConfigError
from ..portal.plugin_settings import Declared, declared_settings
from ..schema import value_of_text
from .context import Context
from .plugin_commands import Found, loaded_plugins

if TYPE_CHECKING:
    from ..portal.plugin_care import Plugins

T = TypeVar("T")
_AT_NEXT_START: Final = "this counts from the next start of the portal on: switchhook plugins restart"


@click.command("set")
@click.argument("name")
@click.argument("pairs", metavar="KEY=VALUE...", nargs=-1, required=True)
@click.pass_obj
def set_(context: Context, name: str, pairs: tuple[str, ...]) -> None:
    """Keep settings of a plugin, unless the environment or the settings file says them.

    A secret is given as KEY alone: it is asked for, or read from what is
    piped in, so that no list of processes shows it.
    """
    found = loaded_plugins(context)
    values = dict(_values(_known(found, name), pairs))
    _with_plugins(context, found, name, lambda plugins: _change(plugins, name, values))
    click.echo(f"kept; {_AT_NEXT_START}")


@click.command("unset")
@click.argument("name")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@click.pass_obj
def unset(context: Context, name: str, keys: tuple[str, ...]) -> None:
    """Give settings that were kept back to their defaults."""
    found = loaded_plugins(context)
    _with_plugins(context, found, name, lambda plugins: _change(plugins, name, dict.fromkeys(keys)))
    click.echo(f"back at the default; {_AT_NEXT_START}")


@click.command("on")
@click.argument("name")
@click.pass_obj
def on(context: Context, name: str) -> None:
    """Switch a plugin on that was switched off in the portal."""
    _with_plugins(context, loaded_plugins(context), name, lambda plugins: plugins.switch(name, on=True))
    click.echo(f"plugin {name!r} is switched on; {_AT_NEXT_START}")


@click.command("off")
@click.argument("name")
@click.option("--anyway", is_flag=True, help="Also when live flows need its modules.")
@click.pass_obj
def off(context: Context, name: str, *, anyway: bool) -> None:
    """Switch a plugin off; it is not even imported then."""
    found = loaded_plugins(context)
    _with_plugins(context, found, name, lambda plugins: plugins.switch(name, on=False, anyway=anyway))
    click.echo(f"plugin {name!r} is switched off; {_AT_NEXT_START}")


@click.command("restart")
@click.pass_obj
def restart(context: Context) -> None:
    """Let the running portal start again, so that what is kept counts; calls survive it."""
    _with_plugins(context, loaded_plugins(context), "", lambda plugins: plugins.restart())
    click.echo("a running portal starts again within seconds")


PLUGIN_WORDS: Final = (set_, unset, on, off, restart)


async def _change(plugins: Plugins, name: str, values: dict[str, object]) -> None:
    told = await plugins.told(name)
    await plugins.change(name, told.version, values)


def _known(found: Found, name: str) -> Declared:
    return next((declared_settings(plugin.named) for plugin in found.plugins if plugin.name == name), {})


def _values(known: Declared, pairs: Iterable[str]) -> Iterable[tuple[str, object]]:
    for pair in pairs:
        key, equals, text = pair.partition("=")
        meta = known[key][0] if key in known else None
        if meta is not None and meta.secret:
            if equals:
                raise ConfigError(f"{key} is a secret; give {key} alone, and it is asked for", key=key)
            yield key, _asked(key)
        elif not equals:
            raise ConfigError(f"expected KEY=VALUE, found {pair!r}", key=key)
        else:
            yield key, text if meta is None else _rows(text) if meta.kind == "rows" else value_of_text(meta, text)


def _rows(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ConfigError(f"rows are given as JSON, such as '[{{\"key\": 1}}]': {error}") from error


def _asked(key: str) -> str:
    return getpass.getpass(f"{key}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _with_plugins(context: Context, found: Found, name: str, work: Callable[[Plugins], Awaitable[T]]) -> T:
    """The plugins as the portal's pages have them; it must work whatever a plugin does."""
    return asyncio.run(_inside(context, found, name, work))


async def _inside(context: Context, found: Found, name: str, work: Callable[[Plugins], Awaitable[T]]) -> T:
    from ..flows.module import Module
    from ..flows.registry import ModuleRegistry
    from ..portal.keeping import keeping_of
    from ..portal.plugging import Plugged, sound
    from ..portal.plugin_care import PluginCare
    from ..store.engine import Store
    from ..store.migrations import migrate

    settings, store = context.settings, Store(context.settings.store.url.reveal())
    try:
        await migrate(store)
        answers = [one for one in await found.hooks.collect("modules") if one.plugin == name]
        modules = ModuleRegistry(sound(Module, answers, found.breaker))
        plugged = Plugged(found.plugins, found.hooks, found.breaker, modules, kept=found.kept)
        care = PluginCare(keeping_of(settings, store, SystemClock(), plugged), settings, plugged)
        return await work(care.of(attrs.evolve(SYSTEM, name=getpass.getuser())))
    finally:
        await store.close()
