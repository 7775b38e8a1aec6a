"""Who has to know that calls are held or money is used up: the tenant, and the operator who pays the carrier."""

from __future__ import annotations

from typing import Final

from ..access.account import OPERATOR_TENANT
from ..alerts.inbox import Alerts
from ..calls.call import Call
from ..schema import Label
from ..store.audit import Audit
from .reserved import Rows

HELD: Final = "spending.held"
USED_UP: Final = "spending.used_up"
KIND: Final = "spending"
"""What the audit calls calls to the outside."""
LINK: Final = "/spending"


async def tell_held(audit: Audit, alerts: Alerts, rows: Rows, call: Call, why: str) -> None:
    """That a tenant's calls are held from now on, with the call that was one too many."""
    await audit.take_turn(rows.conn)
    what = (rows.tenant, KIND, "outside")
    await audit.add(rows.conn, rows.now, "system", "hold", what, {}, {"why": why, "call": call.id})
    held = Label(
        f"Anrufe nach außen sind angehalten, bis der Betreiber sie freigibt: zu viele in einer Stunde ({why})",
        f"Calls to the outside are held until the operator releases them: {why}",
    )
    await alerts.raise_(rows.tenant, HELD, "outside", held, severity="error", link=LINK, conn=rows.conn)
    there = Label(
        f"Anrufe nach außen des Mandanten {rows.tenant} sind angehalten, bis Sie sie freigeben ({why})",
        f"Calls to the outside of the tenant {rows.tenant} are held until you release them: {why}",
    )
    link = f"/t/{rows.tenant}{LINK}"
    await alerts.raise_(OPERATOR_TENANT, HELD, rows.tenant, there, severity="error", link=link, conn=rows.conn)


async def tell_used_up(alerts: Alerts, rows: Rows, tenant: str, period: str) -> None:
    """That a call was refused because a spend limit is used up."""
    said = Label(
        f"Die Ausgabengrenze für {period} ist verbraucht: Anrufe nach außen werden abgewiesen",
        f"The spend limit for {period} is used up: calls to the outside are refused",
    )
    await alerts.raise_(tenant, USED_UP, period, said, link=LINK, conn=rows.conn)


async def tell_released(audit: Audit, alerts: Alerts, rows: Rows, by: str, why: str) -> None:
    """That somebody let a tenant's calls go on."""
    await audit.take_turn(rows.conn)
    what = (rows.tenant, KIND, "outside")
    await audit.add(rows.conn, rows.now, by, "release", what, {"why": why}, {})
    await alerts.settle(rows.tenant, HELD, "outside", conn=rows.conn)
    await alerts.settle(OPERATOR_TENANT, HELD, rows.tenant, conn=rows.conn)
