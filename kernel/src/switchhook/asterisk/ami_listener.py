"""What someone who follows Asterisk's events can be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from .ami_event import AmiEvent
from .ami_queue import Mark


class Asterisk(Protocol):
    """What a listener may do with the connection it hears from; see :class:`AmiClient`."""

    async def action(
        self,
        name: str,
        fields: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        deadline: float = 5.0,
    ) -> tuple[AmiEvent, ...]:
        """See :meth:`AmiClient.action`."""

    def drop(self, reason: str) -> None:
        """See :meth:`AmiClient.drop`."""


class AmiListener:
    """Follows one Asterisk; each method does nothing unless overridden.

    All are called by one task, one after another, in the order things happened
    on the wire. While an ``async`` one waits, events queue up. Raising is
    recorded and changes nothing for others.
    """

    def received(self, event: AmiEvent) -> None:
        """An event came; must be quick and must not block."""

    async def connected(self, asterisk: Asterisk) -> None:
        """Asterisk is connected and fully booted; all that happened since the last loss is unknown."""

    async def missed(self, asterisk: Asterisk, events: int) -> None:
        """``events`` events were dropped here because listeners were too slow."""

    async def sweep(self, asterisk: Asterisk) -> None:
        """A time to compare what one believes with what Asterisk has, about once a minute."""

    async def lost(self, reason: str) -> None:
        """The connection was lost; a new one is being made."""

    async def refused(self, reason: str) -> None:
        """Asterisk refused the login; told once for each reason, while attempts go on."""

    async def marked(self, asterisk: Asterisk, mark: Mark) -> None:
        """Hand a mark to the method that is meant for it."""
        match mark.kind:
            case "connected":
                await self.connected(asterisk)
            case "missed":
                await self.missed(asterisk, mark.events)
            case "sweep":
                await self.sweep(asterisk)
            case "lost":
                await self.lost(mark.reason)
            case "refused":
                await self.refused(mark.reason)
