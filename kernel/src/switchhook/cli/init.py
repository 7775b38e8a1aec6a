"""``switchhook init``: the settings file, the secrets and the store of a new installation."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click

from ..clock import SystemClock
from ..config import data_dir_of, default_toml, make_secrets
from .context import Context


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("switchhook-data"),
    show_default=True,
    help="Directory for everything that is kept; a settings file that exists names its own.",
)
@click.option("--language", type=click.Choice(["de", "en"]), default="en", show_default=True)
@click.pass_obj
def init(context: Context, data: Path, language: str) -> None:
    """Make a settings file, secrets and a store; nothing that exists is overwritten.

    With a settings file that is there, make what it names and is missing: the
    secrets, and the tables of a database that is new.
    """
    file = context.file
    there = file.exists()
    data = data_dir_of(file, os.environ) if there else data.absolute()
    data.mkdir(parents=True, exist_ok=True)
    made = make_secrets(data)
    if not there:
        file.write_text(default_toml(data, language=language), encoding="utf-8")
    asyncio.run(_store(context, language))
    click.echo(f"{'kept' if there else 'made'} {file}; data is in {data}, with {len(made)} new secrets")
    click.echo("Next:\n  switchhook prompts build       speak the stock prompts")
    click.echo("  switchhook asterisk install    when this machine has no Asterisk 20 or newer")
    click.echo("  switchhook asterisk start\n  switchhook flows import FLOW.yaml --number +49...\n  switchhook run")
    click.echo("  switchhook people add-operator NAME --email ADDRESS   the first account of the portal in the browser")
    click.echo("  switchhook doctor              what is missing, at any time")


async def _store(context: Context, language: str) -> None:
    from ..access.tenant import Tenant
    from ..store.directory import Directory
    from ..store.engine import Store
    from ..store.migrations import migrate

    settings, clock = context.settings, SystemClock()
    store = Store(settings.store.url.reveal())
    try:
        await migrate(store)
        directory = Directory(store, clock)
        tenant = settings.portal.tenant
        if tenant not in {one.id for one in await directory.tenants()}:
            await directory.put_tenant(Tenant(tenant, tenant, clock.now(), language=language))
    finally:
        await store.close()
