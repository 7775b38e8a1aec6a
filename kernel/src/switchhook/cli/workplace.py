"""What the commands about flows and numbers work with: the store, the plugins and the tenant."""

from __future__ import annotations

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import attrs
import click

from ..access.actor import SYSTEM
from ..clock import SystemClock
from ..config import Settings
from ..dispatch.faults import Fault
from ..flows.lint import LintContext
from ..portal.flows import library_of, publishing_of
from ..portal.keeping import keeping_of
from ..portal.kept_choices import told_to_plugins
from ..portal.plugging import Plugged, plug_in
from ..prompts.library import PromptLibrary
from ..publishing.service import Flows, Publishing
from ..store.directory import Directory
from ..store.engine import Store
from ..store.migrations import migrate

if TYPE_CHECKING:
    from ..portal.administration import Administration

tenant_option = click.option("--tenant", help="Tenant (else the one of the settings).")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@attrs.frozen
class Workplace:
    """An open store with the plugins and the sounds that belong to it."""

    settings: Settings
    directory: Directory
    plugged: Plugged
    library: PromptLibrary
    publishing: Publishing
    tenant: str

    @property
    def flows(self) -> Flows:
        """The tenant's flows, as the operator sees and changes them."""
        return self.publishing.of(self.tenant, attrs.evolve(SYSTEM, name=getpass.getuser()))

    async def lint_context(self) -> LintContext:
        """All that is known around a flow of the tenant; raises ``NotFound`` without such a tenant."""
        return await self.publishing.context(self.tenant)


@asynccontextmanager
async def workplace(settings: Settings, tenant: str | None) -> AsyncIterator[Workplace]:
    """Open the store, bring its tables up to date, and load the plugins; faults of plugins go to stderr."""
    clock = SystemClock()
    store = Store(settings.store.url.reveal())
    try:
        await migrate(store)
        plugged = await plug_in(clock, _tell, **await told_to_plugins(settings, store), insist=False)
        library = library_of(settings)
        publishing = publishing_of(settings, keeping_of(settings, store, clock, plugged), plugged, library)
        yield Workplace(settings, publishing.directory, plugged, library, publishing, tenant or settings.portal.tenant)
    finally:
        await store.close()


@asynccontextmanager
async def administered(settings: Settings) -> AsyncIterator[Administration]:
    """All areas of administration, as the portal itself has them, without a view of Asterisk."""
    from ..asterisk.live import LiveCalls
    from ..portal.administration import administration_of

    clock = SystemClock()
    async with workplace(settings, None) as here:
        yield administration_of(settings, here.directory.store, clock, here.plugged, LiveCalls(clock))


def _tell(fault: Fault) -> None:
    click.echo(f"plugin {fault.plugin}: {fault.message}", err=True)
