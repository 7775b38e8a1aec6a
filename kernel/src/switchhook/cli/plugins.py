"""``switchhook plugins``: what is installed and what became of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import attrs
import click

from ..clock import SystemClock
from ..dispatch.faults import Fault
from ..dispatch.loader import LoadedPlugin
from ..errors import NotFound, PluginError, near_match
from ..portal.diagnosis.safe_mode import safe_mode
from ..portal.plugin_settings import declared_settings, variable
from ..schema import expected
from .context import Context
from .plugin_commands import loaded_plugins
from .plugin_words import PLUGIN_WORDS

if TYPE_CHECKING:
    from ..store.engine import Store


@click.group()
def plugins() -> None:
    """See the installed plugins, their settings and faults."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_plugins(context: Context, as_json: bool) -> None:
    """Each plugin with its version, its state, the hooks it serves, and why it is not active."""
    loaded = loaded_plugins(context)
    in_safe_mode = [f"safe mode: {one.found}" for one in safe_mode(loaded.settings)] if loaded.settings else []
    for sentence in [*loaded.unclaimed, *in_safe_mode, *filter(None, [loaded.unread])]:
        click.echo(f"warning: {sentence}", err=True)
    rows = [
        {
            "name": plugin.name,
            "distribution": plugin.source.distribution,
            "version": plugin.source.version,
            "state": plugin.state,
            "hooks": list(plugin.hooks),
            "reason": plugin.reason,
        }
        for plugin in loaded.plugins
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    elif not rows:
        click.echo("No plugin is installed: calls reach the kernel, which has no modules to serve them.")
        click.echo("Install some, such as: pip install switchhook-ivr switchhook-forward")
    for row in rows if not as_json else ():
        click.echo(
            f"{row['name']:<16} {row['version']:<10} {row['state']:<12} {row['reason'] or ', '.join(row['hooks'])}"
        )


@plugins.command("check")
@click.pass_obj
def check(context: Context) -> None:
    """Load every plugin and fail, with the trace, if one of them cannot be used."""
    loaded = loaded_plugins(context)
    for fault in loaded.faults:
        click.echo(f"{fault.plugin}: {fault.message}\n{fault.trace}", err=True)
    for plugin in loaded.plugins:
        if plugin.misconfigured:
            click.echo(f"{plugin.name}: {plugin.reason}", err=True)
    broken = [plugin for plugin in loaded.plugins if plugin.state == "quarantined"]
    click.echo(f"{len(loaded.plugins) - len(broken)} of {len(loaded.plugins)} plugins can be used")
    if broken:
        raise SystemExit(1)


@plugins.command("settings")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def settings(context: Context, names: tuple[str, ...], as_json: bool) -> None:
    """What plugins may be told in [plugin.NAME], what each key means, and what it is now."""
    rows = [row for plugin in _named(loaded_plugins(context).plugins, names) for row in _settings(plugin)]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"[plugin.{row['plugin']}] {row['key']} = {row['value']}")
        default = f"else {row['default']}" if row["default"] else "must be given"
        click.echo(f"    {row['meaning']}: {row['expected']}, {default}\n    from outside: {row['variable']}\n")
    if not rows:
        click.echo("No such plugin has settings of its own.", err=True)


def _named(found: Sequence[LoadedPlugin], names: Iterable[str]) -> Sequence[LoadedPlugin]:
    """The plugins of these names, all of them without any; raises ``NotFound``."""
    known = {plugin.name: plugin for plugin in found}
    for name in names:
        if name not in known:
            raise NotFound(f"no plugin {name!r} is installed{near_match(name, known)}", plugin=name)
    return [known[name] for name in names] or found


def _settings(plugin: LoadedPlugin) -> list[dict[str, str]]:
    return [
        {
            "plugin": plugin.name,
            "key": key,
            "value": "***" if meta.secret else _toml(getattr(plugin.made, key, attrs.NOTHING)) or "?",
            "default": _toml(field.default),
            "expected": expected(meta),
            "meaning": meta.label.en + (f" ({meta.help.en})" if meta.help else ""),
            "variable": variable(plugin.name, key),
        }
        for key, (meta, field) in declared_settings(plugin.named).items()
    ]


def _toml(value: object) -> str:
    """A value as the settings file has it, empty when there is none."""
    return "" if value is attrs.NOTHING else json.dumps(value, ensure_ascii=False)


@plugins.command("faults")
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the traces.")
@click.pass_obj
def faults(context: Context, name: str | None, limit: int, *, as_json: bool) -> None:
    """The latest faults of plugins, or of one: when, in which hook and call, and what happened."""
    found = asyncio.run(_faults(context, name, limit))
    if name and not found:
        _named(loaded_plugins(context).plugins, [name])
    if as_json:
        click.echo(json.dumps([{**attrs.asdict(one), "at": one.at.isoformat()} for one in found], indent=2))
        return
    for one in found:
        where = f"{one.hook} {one.call}".strip()
        click.echo(f"{one.at:%Y-%m-%d %H:%M:%S}  {one.plugin:<16} {one.kind:<12} {where:<40} {one.message}")
    if not found:
        click.echo("There are no faults.")


async def _faults(context: Context, plugin: str | None, limit: int) -> list[Fault]:
    from ..store.faults import FaultLog

    async with _store(context) as store:
        return await FaultLog(store).latest(limit, plugin)


@plugins.command("reset")
@click.argument("name")
@click.pass_obj
def reset(context: Context, name: str) -> None:
    """Let a plugin that was suspended for its faults take part again, in every process of a running portal."""
    (plugin,) = _named(loaded_plugins(context).plugins, [name])
    if plugin.state != "active":
        raise PluginError(f"plugin {name!r} is {plugin.state}, not suspended: {plugin.reason}", plugin=name)
    asyncio.run(_reset(context, name))
    click.echo(f"plugin {name!r} takes part again in a running portal within seconds")


async def _reset(context: Context, plugin: str) -> None:
    from ..store.directory import Directory

    async with _store(context) as store:
        await Directory(store, SystemClock()).reset_plugin(plugin)


@asynccontextmanager
async def _store(context: Context) -> AsyncIterator[Store]:
    from ..store.engine import Store
    from ..store.migrations import migrate

    store = Store(context.settings.store.url.reveal())
    try:
        await migrate(store)
        yield store
    finally:
        await store.close()


@plugins.command("hooks")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def hooks(as_json: bool) -> None:
    """Every hook with its kind, arguments, deadline and contract."""
    from .. import hookspecs
    from ..dispatch.spec import specs_in

    specs = specs_in(hookspecs).values()
    if as_json:
        shown = [{**attrs.asdict(spec), "result": spec.result.__name__ if spec.result else None} for spec in specs]
        click.echo(json.dumps(shown, indent=2))
        return
    for spec in specs:
        click.echo(f"{spec.name}({', '.join(spec.arguments)})  [{spec.kind}, {spec.deadline:g} s, since {spec.since}]")
        click.echo(f"    {spec.doc.splitlines()[0]}\n")


for _command in PLUGIN_WORDS:
    plugins.add_command(_command)
