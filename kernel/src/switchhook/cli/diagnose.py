"""``switchhook diagnose``: one file for those who help, also when the portal does not run."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click
from sqlalchemy import make_url

from ..clock import SystemClock
from ..config import Settings
from ..errors import ConfigError, PluginError
from ..flows.registry import ModuleRegistry
from ..portal.diagnosis.bundle import Ground, archive, bundle
from ..portal.diagnosis.doctor import Installed
from ..portal.kept import Kept
from ..portal.plugging import plug_in
from ..store.engine import Store
from .context import Context
from .doctor import installed, look


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def diagnose(context: Context, file: Path) -> None:
    """Write FILE (zip) for support, without anybody's secrets, numbers, names and addresses."""
    data = _made(context)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"there is a {file} already; name another file") from error
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "wb") as opened:
        opened.write(data)
    click.echo(f"{file}: {len(data) // 1000 + 1} kB. Look into it before you hand it on.")


def _made(context: Context) -> bytes:
    """The bundle; without usable settings all there is to tell is what is wrong with them."""
    try:
        settings = context.settings
    except ConfigError as error:
        return archive({"doctor": [{"name": "settings", "state": "fail", "found": str(error)}]}, [])
    return asyncio.run(_of(settings, installed(context), context))


async def _of(settings: Settings, there: Installed, context: Context) -> bytes:
    clock, store = SystemClock(), _store(settings)
    try:
        return await bundle(
            Ground(
                settings=settings,
                clock=clock,
                store=store,
                installed=there,
                modules=await _modules(settings, clock, there.kept),
                examined=lambda: look(context),
            )
        )
    finally:
        if store is not None:
            await store.close()


def _store(settings: Settings) -> Store | None:
    """The database, unless SQLite would only now make its file, or the driver is missing."""
    url = make_url(settings.store.url.reveal())
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return None
    try:
        return Store(settings.store.url.reveal())
    except ModuleNotFoundError:
        return None


async def _modules(settings: Settings, clock: SystemClock, kept: Kept) -> ModuleRegistry:
    """Those of the installed plugins; none where they do not fit together, which the doctor tells."""
    choice = settings.plugins
    try:
        plugged = await plug_in(
            clock,
            lambda _: None,
            order=choice.order,
            disabled=choice.disabled,
            required=choice.required,
            given=settings.plugin,
            kept=kept,
            safe=choice.safe,
            insist=False,
        )
    except (ConfigError, PluginError):
        return ModuleRegistry()
    return plugged.modules
