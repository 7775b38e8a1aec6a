"""The service that lets switches go at their end, and tells by lamps and notices which ones are overridden."""

from __future__ import annotations

import asyncio
from typing import Final

import attrs

from switchhook import NotFound, SwitchhookError
from switchhook.administration import SYSTEM, Administration, Record, amend, kept_everywhere

from .noticed import key_of, notice_of
from .switch import BACK, Switch

EVERY: Final = 1.0
"""Seconds between two looks. Calls need none: they go by the clock."""


@attrs.define
class Watching:
    """What was seen at the last look."""

    administration: Administration
    _lit: dict[tuple[str, str], bool] = attrs.field(factory=dict, init=False)
    _noticed: set[tuple[str, str]] = attrs.field(factory=set, init=False)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Let go what is over, and have lamps and notices show how switches stand."""
        now = self.administration.clock.now()
        before, self._noticed = self._noticed, set()
        for record in await kept_everywhere(self.administration.keeping, Switch.kind):
            if not isinstance(record.value, Switch):
                continue
            one = record
            if record.value.ends is not None and now >= record.value.ends:
                one = await self._let_go(record)
            await self._light(one.tenant, one.value)
            self._notice(one)
        for tenant, key in before - self._noticed:
            self.administration.notices.take_down(tenant, key)

    def _notice(self, record: Record) -> None:
        notice = notice_of(record, self.administration.clock.now())
        if notice is not None:
            self.administration.notices.put_up(record.tenant, key_of(record.id), notice)
            self._noticed.add((record.tenant, key_of(record.id)))

    async def _let_go(self, record: Record) -> Record:
        resources = self.administration.keeping.of(record.tenant, attrs.evolve(SYSTEM, name="system"))
        try:
            after = await amend(resources, Switch.kind, record.id, BACK, once=f"switch/{record.id}/{record.version}")
        except SwitchhookError:  # changed or deleted at this moment: the next look sees how it is then
            return record
        return after

    async def _light(self, tenant: str, switch: object) -> None:
        if not isinstance(switch, Switch):
            return
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
