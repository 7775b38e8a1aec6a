"""``switchhook doctor``: looks at everything a call needs and says how to mend what is wrong."""

from __future__ import annotations

import asyncio
import json

import attrs
import click

from ..errors import ConfigError
from ..portal.diagnosis.doctor import Installed, examinations
from ..portal.diagnosis.examined import Check, examine
from .context import Context
from .plugin_commands import loaded_plugins

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
    found = examine(settings, examinations(lambda: installed(context)))
    return [Check("settings", "ok", str(context.file)), *found]


def installed(context: Context) -> Installed:
    """The installed plugins as the settings choose them."""
    loaded = loaded_plugins(context)
    answers = asyncio.run(loaded.hooks.collect("migrations"))
    return Installed(loaded.plugins, loaded.unclaimed, [answer.value for answer in answers], loaded.kept)


def _show(check: Check) -> None:
    click.echo(f"{_MARKS[check.state]}  {check.name:<24} {check.found}")
    if check.mend:
        click.echo(f"      {'':<24} mend: {check.mend}")


def _sum_up(checks: list[Check]) -> None:
    counts = {state: sum(check.state == state for check in checks) for state in _MARKS}
    click.echo(f"\n{len(checks)} checks: {counts['ok']} ok, {counts['warn']} warnings, {counts['fail']} failed")
