"""The service that lets switches go at their end, and lights lamps while they are overridden."""

from __future__ import annotations

import asyncio
from typing import Final

import attrs

from switchhook import NotFound, SwitchhookError
from switchhook.administration import SYSTEM, Administration, Record, amend, kept_everywhere

from .switch import BACK, Switch

EVERY: Final = 1.0
"""Seconds between two looks. Calls need none: they go by the clock."""


@attrs.define
class Watching:
    """What was seen at the last look."""

    administration: Administration
    _lit: dict[tuple[str, str], bool] = attrs.field(factory=dict, init=False)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Let go what is over, and have the lamps show how switches stand."""
        now = self.administration.clock.now()
        for record in await kept_everywhere(self.administration.keeping, Switch.kind):
            if not isinstance(record.value, Switch):
                continue
            switch = record.value
            if switch.ends is not None and now >= switch.ends:
                switch = await self._let_go(record)
            await self._light(record.tenant, switch)

    async def _let_go(self, record: Record) -> Switch:
        resources = self.administration.keeping.of(record.tenant, attrs.evolve(SYSTEM, name="system"))
        try:
            after = await amend(resources, Switch.kind, record.id, BACK, once=f"switch/{record.id}/{record.version}")
        except SwitchhookError:  # changed or deleted at this moment: the next look sees how it is then
            return record.value  # type: ignore[return-value]
        return after.value  # type: ignore[return-value]

    async def _light(self, tenant: str, switch: Switch) -> None:
        lit = switch.overridden
        if not switch.code or self._lit.get((tenant, switch.code)) == lit:
            return
        try:
            await self.administration.lamps.set_lamp(tenant, switch.code, lit=lit)
        except NotFound:  # the code is no number of the tenant, or not yet
            return
        self._lit[tenant, switch.code] = lit


async def watch(administration: Administration) -> None:
    """See :class:`Watching`."""
    await Watching(administration).run()
