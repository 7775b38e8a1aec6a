"""Mail about alerts, to those who handle them and have not said that they want none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT, Account
from ..alerts.alert import Alert
from ..people.those_who_may import those_who_may
from ..post.mail import AddressRefused, checked_address
from ..post.outbox import Post
from ..store import tables, tables_post

QUIET: Final = ("mail.alert_lost", "mail.server", "mail.off")
"""Rules nobody gets mail about: there is trouble with mail itself, and more of it would not arrive either."""
_WITHOUT: Final = tables_post.alert_without_mail


@attrs.frozen
class AlertPost:
    """Writes to each of them in the language they chose; ``url`` is where the portal is reached."""

    post: Post
    url: str

    async def write(self, conn: AsyncConnection, alert: Alert) -> None:
        """Write the mails about an alert into the outbox."""
        if alert.rule in QUIET:
            return
        name = await self._name(conn, alert.tenant)
        for account in await self._receivers(conn, alert):
            values = {
                "name": account.name,
                "tenant": name,
                "text": alert.text.de if account.language == "de" else alert.text.en,
                "count": str(alert.count),
                "at": f"{alert.last:%Y-%m-%d %H:%M} UTC",
                "link": f"{self.url}{path_of_inbox(alert.tenant)}",
            }
            await self.post.send(
                conn,
                tenant=alert.tenant,
                to=account.email,
                template="alert",
                values=values,
                language=account.language,
                label=alert.label,
            )

    async def _receivers(self, conn: AsyncConnection, alert: Alert) -> Sequence[Account]:
        silent = set(
            (await conn.execute(select(_WITHOUT.c.account).where(_WITHOUT.c.tenant == alert.tenant))).scalars()
        )
        able = await those_who_may(conn, alert.tenant, "alert.handle")
        return [one for one in able if one.id not in silent and one.email != alert.key and _reachable(one.email)]

    async def _name(self, conn: AsyncConnection, tenant: str) -> str:
        if tenant == OPERATOR_TENANT:
            return "Switchhook"
        return (await conn.execute(select(tables.tenant.c.name).where(tables.tenant.c.id == tenant))).scalar() or tenant


def path_of_inbox(tenant: str) -> str:
    """Where the alerts of a tenant, or of the installation, are in the portal."""
    return "/operator/alerts" if tenant == OPERATOR_TENANT else f"/t/{tenant}/alerts"


def _reachable(address: str) -> bool:
    try:
        checked_address(address)
    except AddressRefused:
        return False
    return True
