"""``switchhook doctor``: looks at everything a call needs and says how to mend what is wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import attrs
import click

from ..config import Settings
from ..errors import ConfigError
from ..portal.plugging import missing
from . import asterisk_checks, database_checks, machine_checks, mail_checks
from .context import Context
from .examined import Check, Examination, examine
from .plugin_commands import Found, loaded_plugins

_MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def doctor(context: Context, as_json: bool) -> None:
    """Look at everything a call needs; the exit code is 1 when something has to be mended."""
    checks = look(context)
    if as_json:
        click.echo(json.dumps([attrs.asdict(check) for check in checks], indent=2))
    else:
        for check in checks:
            _show(check)
        _sum_up(checks)
    if any(check.state == "fail" for check in checks):
        raise SystemExit(1)


def look(context: Context) -> list[Check]:
    """All findings, in the order in which mending them makes sense."""
    try:
        settings = context.settings
    except ConfigError as error:
        return [Check("settings", "fail", str(error), f"switchhook init, or mend {context.file}")]
    return [Check("settings", "ok", str(context.file)), *examine(settings, _examinations(context))]


def _examinations(context: Context) -> list[Examination]:
    def plugins(settings: Settings) -> Iterator[Check]:
        return _plugins(settings, loaded_plugins(context))

    def database(settings: Settings) -> list[Check]:
        answers = asyncio.run(loaded_plugins(context).hooks.collect("migrations"))
        return database_checks.database(settings, [answer.value for answer in answers])

    return [
        machine_checks.data_directory,
        machine_checks.disk,
        machine_checks.clock,
        machine_checks.host_name,
        database,
        asterisk_checks.asterisk,
        asterisk_checks.ports,
        asterisk_checks.voice_ports,
        mail_checks.mail,
        plugins,
    ]


def _plugins(settings: Settings, loaded: Found) -> Iterator[Check]:
    for sentence in loaded.unclaimed:
        yield Check("plugin settings", "warn", sentence, "install the plugin, or take them out")
    for plugin in loaded.plugins:
        if plugin.misconfigured:
            mend = f'mend them, or: [plugins] disabled = ["{plugin.name}"]'
            yield Check("plugin settings", "fail", plugin.reason, mend)
        elif plugin.state == "quarantined":
            mend = f"mend it, or: pip uninstall {plugin.source.distribution or plugin.name}"
            yield Check(f"plugin {plugin.name}", "fail", plugin.reason, mend)
    for absent in missing(settings.plugins.required, loaded.plugins):
        yield Check("required plugins", "fail", absent, "mend or install it, or take it out of [plugins] required")
    active = [plugin.name for plugin in loaded.plugins if plugin.state == "active"]
    if active:
        yield Check("plugins", "ok", ", ".join(active))
    else:
        mend = "pip install switchhook-ivr switchhook-forward"
        yield Check("plugins", "warn", "none is active, so calls can only be refused", mend)


def _show(check: Check) -> None:
    click.echo(f"{_MARKS[check.state]}  {check.name:<24} {check.found}")
    if check.mend:
        click.echo(f"      {'':<24} mend: {check.mend}")


def _sum_up(checks: list[Check]) -> None:
    counts = {state: sum(check.state == state for check in checks) for state in _MARKS}
    click.echo(f"\n{len(checks)} checks: {counts['ok']} ok, {counts['warn']} warnings, {counts['fail']} failed")
