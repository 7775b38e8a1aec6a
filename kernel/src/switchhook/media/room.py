"""Lets a tenant's people know how full their storage is: at 80, 95 and 100 percent, each once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT
from ..alerts.alert import Severity
from ..alerts.inbox import Alerts
from ..schema import Label
from .values import LEVELS, Usage

RULE: Final = "storage"
_PAGE: Final = "/storage"
_SAID: Final[Mapping[int, tuple[Severity, Label]]] = {
    80: (
        "info",
        Label(
            "Der Speicher ist zu 80 % belegt: Löschen Sie Dateien oder bestellen Sie mehr Speicher",
            "80 % of the storage is used: delete files or order more storage",
        ),
    ),
    95: (
        "warning",
        Label(
            "Der Speicher ist zu 95 % belegt: Löschen Sie Dateien oder bestellen Sie mehr Speicher",
            "95 % of the storage is used: delete files or order more storage",
        ),
    ),
    100: (
        "error",
        Label(
            "Der Speicher ist voll: Aufnahmen und Ansagen werden abgelehnt, für Nachrichten bleibt eine Reserve",
            "The storage is full: recordings and announcements are refused, a reserve is left for messages",
        ),
    ),
}


@attrs.frozen
class Room:
    """Alerts about storage."""

    alerts: Alerts

    async def grown(self, conn: AsyncConnection, tenant: str, before: int, after: Usage) -> None:
        """More is kept than before: tell of each level above ``before`` that is reached now."""
        for level in LEVELS:
            if before < level <= after.level:
                severity, said = _SAID[level]
                await self.alerts.raise_(tenant, RULE, str(level), said, severity=severity, link=_PAGE, conn=conn)

    async def shrunk(self, conn: AsyncConnection, tenant: str, after: Usage) -> None:
        """Less is kept, or there is more storage: close what is no longer so."""
        for level in LEVELS:
            if level > after.level:
                await self.alerts.settle(tenant, RULE, str(level), conn=conn)

    async def refused(self, tenant: str) -> None:
        """Something could not be kept because the storage is full: each time counts."""
        severity, said = _SAID[100]
        await self.alerts.raise_(tenant, RULE, "100", said, severity=severity, link=_PAGE)

    async def no_disk(self, directory: str) -> None:
        """Something could not be kept because the disk is full, which is the operator's to mend."""
        said = Label(
            f"Eine Aufnahme wurde abgelehnt: Die Platte mit {directory} ist voll, schaffen Sie sofort Platz",
            f"A recording was refused: the disk of {directory} is full, free some space at once",
        )
        await self.alerts.raise_(OPERATOR_TENANT, "media.disk", directory, said, severity="error")
