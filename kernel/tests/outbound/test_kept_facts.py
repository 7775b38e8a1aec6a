"""What is kept decides about the next call: permissions, prices and numbers of the call's own tenant, whatever the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module

import attrs
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from permitted import permit
from sqlalchemy import Connection

from switchhook import Call, Caller, DialPlan, LegRefused, Target
from switchhook.access.tenant import Tenant
from switchhook.calls.call import Origin
from switchhook.clock import SetClock
from switchhook.outbound.authorizing import Outbound
from switchhook.outbound.kept import KeptFacts
from switchhook.outbound.permission import OutboundPermission
from switchhook.outbound.verified import VerifiedNumber
from switchhook.portal.plugging import KERNEL_RESOURCES
from switchhook.rating.price_list import CallRate, PriceList
from switchhook.resources.kept import Rows
from switchhook.resources.record import Record
from switchhook.resources.resource import Resource
from switchhook.resources.seal import Seal
from switchhook.schema import Kinds
from switchhook.store.directory import Directory
from switchhook.store.engine import Store, StoreAway
from switchhook.store.routing import Number

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
MOBILE, OWN = "+491711234567", "+4922112345"
ROWS = Rows(Kinds(Resource, [("kernel", one) for one in KERNEL_RESOURCES]), Seal(b"s" * 32))
PLAN = DialPlan((Target("number", MOBILE),))


def arriving(tenant: str = "acme", at: datetime = NOW) -> Call:
    return Call("1", tenant, OWN, Caller("+4930123456"), at)


async def keep(store: Store, tenant: str, id: str, value: Resource) -> None:  # noqa: A002
    async with store.write() as conn:
        await ROWS.put(conn, Record(tenant, id, 1, value, "tests", NOW, NOW), new=True)


@pytest.fixture
async def outbound(store: Store) -> Outbound:
    directory = Directory(store, SetClock(NOW))
    for tenant, number in (("acme", OWN), ("other", "+4989123")):
        await directory.put_tenant(Tenant(tenant, tenant, NOW))
        await directory.assign(Number(number, tenant, ""))
    return Outbound(KeptFacts(store))


async def refused(outbound: Outbound, plan: DialPlan = PLAN, **call: object) -> str:
    try:
        await outbound.authorize(arriving(**call), plan)  # type: ignore[arg-type]
    except LegRefused as refusal:
        return str(refusal)
    return ""


async def test_by_default_nobody_is_called_and_a_permission_reaches_its_own_tenant(
    outbound: Outbound, store: Store
) -> None:
    """SEC24, SEC25."""
    assert await refused(outbound) == "no permission covers calls to DE: Mobile"
    await permit(store, "acme", OutboundPermission(name="Germany", without_price=True))
    assert await refused(outbound) == "no permission covers calls to DE: Mobile", "it is in memory until a change"
    outbound.known.forget()  # type: ignore[attr-defined]
    assert await refused(outbound) == ""
    assert (await outbound.authorize(arriving(), PLAN)).limit_seconds == 7200
    assert await refused(outbound, tenant="other") == "no permission covers calls to DE: Mobile"


async def test_no_rate_of_the_list_that_holds_means_no_call(outbound: Outbound, store: Store) -> None:
    """S66: a list that begins later neither gives a price now nor keeps the old one then."""
    await permit(store, "acme", OutboundPermission(name="Germany"))
    no_price = f"there is no price for calls to {MOBILE}"
    assert await refused(outbound) == no_price
    await keep(store, "acme", "old", PriceList(name="Old", valid_from="2026-01-01"))
    await keep(store, "acme", "new", PriceList(name="New", valid_from="2026-12-01"))
    await keep(store, "acme", "paid", PriceList(name="Paid", valid_from="2026-02-01", direction="payout"))
    for id, price_list, prefix in (("a", "old", "+49171"), ("b", "new", "+4989"), ("c", "paid", "+49")):  # noqa: A001
        await keep(store, "acme", id, CallRate(name=id, price_list=price_list, prefix=prefix, per_minute="0.1"))
    outbound.known.forget()  # type: ignore[attr-defined]
    assert await refused(outbound) == ""
    midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)  # in Berlin
    assert await refused(outbound, at=midnight - timedelta(seconds=1)) == ""
    assert await refused(outbound, at=midnight) == no_price
    assert (
        await refused(outbound, DialPlan((Target("number", "+4930123456"),)))
        == "there is no price for calls to +4930123456"
    )


async def test_only_the_tenants_own_numbers_are_shown(outbound: Outbound, store: Store) -> None:
    """I12."""
    await permit(store, "acme")
    assert await refused(outbound, attrs.evolve(PLAN, caller_id=OWN)) == ""
    assert "none of the tenant's" in await refused(outbound, attrs.evolve(PLAN, caller_id="+4989123"))


async def test_a_number_of_another_carrier_is_shown_while_an_operator_says_that_it_is_theirs(
    outbound: Outbound, store: Store
) -> None:
    """I12."""
    await permit(store, "acme")
    today = NOW.date().isoformat()
    shop = VerifiedNumber(name="The shop", number="+4989555001", proof="its bill", until=today)
    await keep(store, "acme", "shop", shop)
    theirs = attrs.evolve(PLAN, caller_id="+4989555001")
    assert await refused(outbound, theirs) == ""
    assert "none of the tenant's" in await refused(outbound, theirs, at=NOW + timedelta(days=1))
    assert [one.path for one in VerifiedNumber(name="Dear", number="+499001123456", proof="none").check()] == ["number"]


@pytest.mark.parametrize(
    ("origin", "caller", "shown"),
    [
        ("trunk", "+4930123456", ""),
        ("trunk", "", ""),
        ("trunk", "+499001123456", "anonymous"),
        ("trunk", "+18885550100", ""),
        ("placed", "+4930123456", OWN),
    ],
)
async def test_only_a_call_that_is_diverted_shows_its_caller_and_never_a_dear_number(
    outbound: Outbound, store: Store, origin: Origin, caller: str, shown: str
) -> None:
    """I12."""
    await permit(store, "acme")
    call = attrs.evolve(arriving(), origin=origin, caller=Caller(caller))
    assert (await outbound.authorize(call, PLAN)).caller_id == shown
    inside = DialPlan((Target("phone", "anna"),))
    assert await outbound.authorize(call, inside) == inside


async def test_while_the_store_is_away_what_was_known_counts_and_nothing_else(outbound: Outbound, store: Store) -> None:
    await permit(store, "acme")
    assert await refused(outbound) == ""

    class Away:
        def read(self):
            raise StoreAway("gone")

    outbound.known.forget()  # type: ignore[attr-defined]
    outbound.known._store = Away()  # type: ignore[attr-defined]
    assert await refused(outbound) == ""
    assert "database is away" in await refused(outbound, DialPlan((Target("number", "+4930123456"),)))
    assert await refused(outbound, DialPlan((Target("phone", "anna"), Target("number", "112")))) == ""


async def test_an_upgrade_writes_down_that_tenants_go_on_as_before(outbound: Outbound, store: Store) -> None:
    """Each tenant there is may call everybody still, by a permission an operator sees; the operator's own has none."""
    await Directory(store, SetClock(NOW)).put_tenant(Tenant("operator", "Operator", NOW))

    def upgrade(conn: Connection) -> None:
        with Operations.context(MigrationContext.configure(conn)):
            import_module("switchhook.store.versions.0021_outbound").upgrade()

    async with store.write() as conn:
        await conn.run_sync(upgrade)
    premium = DialPlan((Target("number", "+499001123456"),))
    for tenant in ("acme", "other"):
        assert await refused(outbound, premium, tenant=tenant) == ""
    assert await refused(outbound, premium, tenant="operator") != ""
    async with store.read() as conn:
        record = await ROWS.find(conn, "acme", "outbound-permission", "as-before")
    assert record is not None
    assert (record.title, record.version, record.created) == (record.value.title(), 1, NOW)
    assert (await outbound.authorize(arriving(), premium)).limit_seconds == 0
