"""Runs what plugins bring as services, each kept going by itself, so that none ends the portal or another."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import attrs
import structlog

from ..contributions import Service
from ..dispatch.dispatcher import Answer
from ..dispatch.faults import KERNEL, cancelled_from_outside, shown
from .administration import Administration

BACK_OFF: Final = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before each further start of a service that ended by an error."""
SETTLED: Final = 120.0
"""Seconds after which a service's end counts as the first again."""

log = structlog.get_logger(__name__)


@attrs.define
class Services:
    """The services of one portal. What one raises is a fault of its plugin; it is started again after a while."""

    _administration: Administration
    back_off: tuple[float, ...] = BACK_OFF
    own: Sequence[Service] = ()
    """The portal's own, beside those plugins bring."""

    async def run(self) -> None:
        """Run all services until cancelled; then end them, each within the time it asked for."""
        own = [Answer(KERNEL, service) for service in self.own]
        found = [*own, *await self._administration.plugged.hooks.collect("services")]
        tasks = {
            asyncio.create_task(self._keep(answer.plugin, answer.value), name=f"service {answer.value.name}"): answer
            for answer in found
        }
        try:
            await asyncio.Event().wait()
        finally:
            await _end({task: answer.value for task, answer in tasks.items()})

    async def _keep(self, plugin: str, service: Service) -> None:
        clock, failures = self._administration.clock, 0
        while True:
            began = clock.monotonic()
            try:
                await service.run(self._administration)
            except asyncio.CancelledError as error:
                if cancelled_from_outside():
                    raise
                self._report(plugin, service, error)
            except (Exception, SystemExit) as error:  # whatever it is, it must not end the portal
                self._report(plugin, service, error)
            else:
                log.info("a service has nothing more to do", plugin=plugin, service=service.name)
                return
            failures = 1 if clock.monotonic() - began > SETTLED else failures + 1
            await asyncio.sleep(self.back_off[min(failures, len(self.back_off)) - 1])

    def _report(self, plugin: str, service: Service, error: BaseException) -> None:
        breaker = self._administration.plugged.breaker
        why = f"the service {service.name} ended and is started again: {type(error).__name__}: {shown(error, str)}"
        breaker.report(plugin, "services", "raised", why, error=error, counts=False)


async def _end(services: Mapping[asyncio.Task[None], Service]) -> None:
    """Cancel all at once; none is waited for longer than it asked for, and none longer than half a minute."""
    for task in services:
        task.cancel()
    waits = [asyncio.wait([task], timeout=min(30.0, service.stop_within)) for task, service in services.items()]
    await asyncio.gather(*waits)
    for task, service in services.items():
        if not task.done():
            log.error("a service does not end and is left behind", service=service.name)
