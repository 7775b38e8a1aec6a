"""``switchhook asterisk``: getting, configuring, starting and stopping Asterisk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import attrs
import click

from ..asterisk.configured import asterisk_process, write_configuration
from ..asterisk.install import MIRROR, install
from ..asterisk.place import find_asterisk
from ..asterisk.process import BOOT_SECONDS, AsteriskStatus
from ..clock import SystemClock
from ..config import Settings
from ..errors import AsteriskUnavailable
from .context import Context, settings


@click.group()
def asterisk() -> None:
    """Get, configure, start and stop Asterisk."""


@asterisk.command("install")
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    help="Where to (else where the settings say, else a cache directory of this account).",
)
@click.option("--mirror", default=MIRROR, show_default=True, help="Debian archive to take the packages from.")
def install_command(root: Path | None, mirror: str) -> None:
    """Unpack a private Asterisk 22 from Debian's packages; the host's own files are not touched."""
    named = _named_root()
    place = install(root or named, lambda line: click.echo(line, err=True), mirror=mirror)
    click.echo(place.root)
    if root is not None and place.root != named:
        click.echo(f'Name it in the settings: [asterisk] root = "{place.root}"', err=True)


@asterisk.command("render")
@click.option("--print", "show", is_flag=True, help="Print the files instead of writing them.")
def render_command(show: bool) -> None:
    """Write Asterisk's whole configuration from the settings; the previous one is kept."""
    given = settings()
    files = asyncio.run(_files(given))
    if show:
        for name, text in sorted(files.items()):
            click.echo(f"; ==== {name} ====\n{text}")
        return
    click.echo(write_configuration(given, files))
    if asterisk_process(given).status_now().running:
        click.echo("Asterisk runs with what was there before until: switchhook asterisk reload", err=True)


@asterisk.command("start")
@click.option("--wait", default=BOOT_SECONDS, show_default=True, help="Seconds it may take to boot.")
def start_command(wait: float) -> None:
    """Start Asterisk, detached, and wait until it has booted; rendered first if nothing is rendered yet."""
    given = settings()
    process = asterisk_process(given)
    if not process.conf_file.exists():
        write_configuration(given, asyncio.run(_files(given)))
    reason = process.account().reason
    if reason:
        click.echo(f"warning: {reason}", err=True)
    status = asyncio.run(process.start(wait))
    click.echo(f"Asterisk {process.place.version_text} runs (pid {status.pid}, user {status.uid})")


@asterisk.command("stop")
@click.option("--drain", default=0.0, help="Seconds to let calls end by themselves before they are cut.")
def stop_command(drain: float) -> None:
    """Stop Asterisk; calls in progress end."""
    process = asterisk_process(settings())
    if not process.status_now().running:
        click.echo("Asterisk does not run")
        return
    asyncio.run(process.stop(drain))
    click.echo("Asterisk is stopped")


@asterisk.command("reload")
@click.option("--everything", is_flag=True, help="Reload every module, not only dialplan, phones, trunk and manager.")
def reload_command(everything: bool) -> None:
    """Let the running Asterisk take up what was rendered."""
    asyncio.run(asterisk_process(settings()).reload(everything=everything))
    click.echo("Asterisk has taken up the configuration")


@asterisk.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status_command(as_json: bool) -> None:
    """Say whether Asterisk runs; the exit code is 1 when it does not, or is not ready."""
    process = asterisk_process(settings())
    status = asyncio.run(process.status())
    if as_json:
        shown = {**attrs.asdict(status), "version": process.place.version_text, "conf": str(process.conf_file)}
        click.echo(json.dumps(shown))
    else:
        click.echo(_sentence(status))
    if not status.booted:
        raise SystemExit(1)
    if not as_json:
        try:
            click.echo(asyncio.run(process.command("core show channels count")).strip())
        except AsteriskUnavailable as error:
            click.echo(str(error), err=True)


async def _files(given: Settings) -> Mapping[str, str]:
    """What the portal itself would write: with the fallback of each number in the store."""
    from ..portal.configuration import configuration
    from ..store.engine import Store
    from ..store.migrations import migrate

    place = find_asterisk(given)
    store = Store(given.store.url.reveal())
    try:
        await migrate(store)
        return await configuration(given, place, store, SystemClock())
    finally:
        await store.close()


def _named_root() -> Path | None:
    """Where the settings want it; they need not be there yet."""
    if not cast(Context, click.get_current_context().obj).file.exists():
        return None
    named = settings().asterisk.root
    return Path(named) if named else None


def _sentence(status: AsteriskStatus) -> str:
    if not status.running:
        return "Asterisk does not run; start it with: switchhook asterisk start"
    ready = "ready" if status.booted else "not ready"
    return f"Asterisk runs (pid {status.pid}, user {status.uid}) and is {ready}"
