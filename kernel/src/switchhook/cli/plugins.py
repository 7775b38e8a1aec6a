"""``switchhook plugins``: what is installed and what became of it."""

from __future__ import annotations

import json

import attrs
import click

from .context import Context
from .plugin_commands import loaded_plugins


@click.group()
def plugins() -> None:
    """See the installed plugins."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_plugins(context: Context, as_json: bool) -> None:
    """Each plugin with its version, its state, the hooks it serves, and why it is not active."""
    loaded, _, _ = loaded_plugins(context)
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
    loaded, _, faults = loaded_plugins(context)
    for fault in faults:
        click.echo(f"{fault.plugin}: {fault.message}\n{fault.trace}", err=True)
    broken = [plugin for plugin in loaded.plugins if plugin.state == "quarantined"]
    click.echo(f"{len(loaded.plugins) - len(broken)} of {len(loaded.plugins)} plugins can be used")
    if broken:
        raise SystemExit(1)


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
