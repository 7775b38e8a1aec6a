"""What the commands about flows and numbers work with: the store, the plugins and the tenant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import attrs
import click

from ..calls.prompts import PromptMissing
from ..clock import SystemClock
from ..config import Settings
from ..dispatch.faults import Fault
from ..flows.flow import Flow
from ..flows.lint import LintContext
from ..flows.publish import surroundings
from ..portal.plugging import Plugged, plug_in
from ..portal.sounds import sounds_directory
from ..prompts.library import PromptLibrary
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
    tenant: str

    async def lint_context(self) -> LintContext:
        """All that is known around a flow of the tenant; raises ``NotFound`` without such a tenant."""
        rules = [(answer.plugin, answer.value) for answer in await self.plugged.hooks.collect("lint_rules")]
        known = LintContext(
            has_prompt=self._has_prompt,
            prompt_ids=sorted({prompt.id for prompt in self.library.prompts()}),
            phones=sorted(self.settings.phones),
            rules=rules,
        )
        return await surroundings(self.directory, self.tenant, self.plugged.modules, known)

    async def approve(self, flow: Flow) -> str | None:
        """Why a plugin refuses that a flow goes live, or ``None``."""
        refusal = await self.plugged.hooks.veto("flow_publish_proposed", flow=flow, tenant=self.tenant)
        return f"{refusal.why} (plugin {refusal.plugin})" if refusal is not None else None

    def _has_prompt(self, prompt: str, language: str) -> bool:
        try:
            self.library.find(prompt, language)
        except PromptMissing:
            return False
        return True


@asynccontextmanager
async def workplace(settings: Settings, tenant: str | None) -> AsyncIterator[Workplace]:
    """Open the store, bring its tables up to date, and load the plugins; faults of plugins go to stderr."""
    clock = SystemClock()
    store = Store(settings.store.url.reveal())
    try:
        await migrate(store)
        choice = settings.plugins
        plugged = await plug_in(clock, _tell, order=choice.order, disabled=choice.disabled, given=settings.plugin)
        library = PromptLibrary(sounds_directory(settings), fallback=(settings.portal.language, "en", "de"))
        yield Workplace(settings, Directory(store, clock), plugged, library, tenant or settings.portal.tenant)
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
