"""``switchhook pins``: what is locked after too many wrong PINs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import attrs
import click

from ..access.actor import SYSTEM
from ..clock import SystemClock
from .context import Context
from .workplace import json_option, tenant_option

if TYPE_CHECKING:
    from ..pins.locks import PinLock, TenantPins


@click.group()
def pins() -> None:
    """PINs that are locked after too many wrong ones."""


@pins.command("list")
@tenant_option
@json_option
@click.pass_obj
def list_locks(context: Context, tenant: str | None, *, as_json: bool) -> None:
    """What nobody gets into at present, and until when."""
    found = asyncio.run(_locked(context, tenant))
    if as_json:
        click.echo(json.dumps([attrs.asdict(one) for one in found], indent=2, default=str))
        return
    for one in found:
        click.echo(f"{one.purpose:<16} {one.subject:<32} until {one.until:%Y-%m-%d %H:%M} UTC, {one.wrong} wrong PINs")
    if not found:
        click.echo("No PIN is locked.")


@pins.command("unlock")
@click.argument("purpose")
@click.argument("subject")
@tenant_option
@click.pass_obj
def unlock(context: Context, purpose: str, subject: str, tenant: str | None) -> None:
    """Unlock a PIN at once, named as in the list; the audit tells of it."""
    asyncio.run(_unlock(context, tenant, purpose, subject))
    click.echo(f"{purpose} {subject} is unlocked")


async def _locked(context: Context, tenant: str | None) -> Sequence[PinLock]:
    async with _pins(context, tenant) as found:
        return await found.locked()


async def _unlock(context: Context, tenant: str | None, purpose: str, subject: str) -> None:
    async with _pins(context, tenant) as found:
        await found.unlock(purpose, subject)


@asynccontextmanager
async def _pins(context: Context, tenant: str | None) -> AsyncIterator[TenantPins]:
    from ..pins.locks import Pins
    from ..portal.keys import installation_key
    from ..store.audit import Audit
    from ..store.engine import Store
    from ..store.migrations import migrate

    settings = context.settings
    store = Store(settings.store.url.reveal())
    try:
        await migrate(store)
        audit = Audit(installation_key(settings.data_dir, "audit"))
        yield Pins(store, SystemClock(), audit).of(tenant or settings.portal.tenant, SYSTEM)
    finally:
        await store.close()
