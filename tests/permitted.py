"""Lets tenants of the tests call anybody, where what is tested is something else than whom they may call."""

from __future__ import annotations

from datetime import UTC, datetime

from switchhook.outbound.permission import ORDINARY, Destination, OutboundPermission
from switchhook.resources.kept import Rows
from switchhook.resources.record import Record
from switchhook.resources.resource import Resource
from switchhook.resources.seal import Seal
from switchhook.schema import Kinds
from switchhook.store.engine import Store

ANYBODY = OutboundPermission(
    name="Anybody",
    destinations=tuple(Destination(number_kind=kind) for kind in (ORDINARY, "shared_cost", "service", "unknown")),
    without_price=True,
    longest_minutes=0,
)
"""Whom carriers of tests are called by, numbers of no known range among them; premium numbers are not."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def permit(store: Store, tenant: str, permission: OutboundPermission = ANYBODY) -> None:
    """Keep a permission for a tenant."""
    rows = Rows(Kinds(Resource, [("kernel", OutboundPermission)]), Seal(b"s" * 32))
    async with store.write() as conn:
        await rows.put(conn, Record(tenant, "anybody", 1, permission, "tests", NOW, NOW), new=True)
