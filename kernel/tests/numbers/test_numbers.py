"""What administrators do with numbers: on both databases, with hooks, rights and the audit chain."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from change_watcher import Watcher
from sqlalchemy import event, insert

from switchhook import NotFound, Refusal, hookspecs
from switchhook.access.actor import SYSTEM, Actor, Forbidden, Reach
from switchhook.access.demo_limits import DemoLimit
from switchhook.access.tenant import Tenant
from switchhook.clock import SetClock
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.loader import Source, load_plugins
from switchhook.dispatch.spec import specs_in
from switchhook.numbers.closing import free_numbers_of_closed
from switchhook.numbers.listing import NumberListing
from switchhook.numbers.pool import NumberPool, NumberRests
from switchhook.numbers.service import Numbers
from switchhook.people.people import People
from switchhook.people.rights import rights_catalogue
from switchhook.people.tenants import Tenants
from switchhook.resources.number_group import NumberGroup
from switchhook.resources.record import InUse, StaleVersion
from switchhook.resources.resource import Resource
from switchhook.resources.seal import Seal
from switchhook.resources.service import Keeping
from switchhook.schema import Kinds, SettingsRefused
from switchhook.store import tables
from switchhook.store.audit import Audit, entries
from switchhook.store.directory import Conflict, Directory
from switchhook.store.engine import Store

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
COLOGNE, BERLIN, FREE = "+4922147100", "+4930123456", "+498001234567"


@attrs.frozen
class House:
    """A portal of two tenants with two flows, one of them live, and three numbers."""

    store: Store
    directory: Directory
    watcher: Watcher
    numbers: Numbers
    keeping: Keeping

    @property
    def pool(self) -> NumberPool:
        return NumberPool(self.numbers, SYSTEM)

    @property
    def acme(self):
        return self.numbers.of("acme", Actor("kim", SYSTEM.rights))

    def limited(self, *numbers: str, change: bool = True):
        reach = Reach(numbers=frozenset(numbers))
        rights = {"number.view": reach} | ({"number.change": reach} if change else {})
        return self.numbers.of("acme", Actor("lee", rights))


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    clock, watcher, faults = SetClock(NOW), Watcher(), []
    breaker = Breaker(clock, faults.append)
    loaded = load_plugins([Source("watcher", lambda: watcher)], hookspecs, breaker)
    hooks = Dispatcher(specs_in(hookspecs), loaded.implementations, breaker)
    audit, directory = Audit(b"k" * 32), Directory(store, clock)
    for tenant in ("acme", "other"):
        await directory.put_tenant(Tenant(tenant, tenant.title(), NOW))
    await directory.put_flow("acme", "hotline", "Hotline")
    await directory.put_flow("acme", "new", "New")
    await directory.publish("acme", (await directory.add_version("acme", "hotline", "flow: hotline")).id)
    keeping = Keeping(store, clock, Kinds(Resource, [("kernel", NumberGroup)]), hooks, audit, Seal(b"s" * 32))
    numbers = Numbers(
        store, clock, hooks, audit, {"desk"}, trunk=False, has_prompt=lambda prompt, tenant: prompt == "house/closed"
    )
    house = House(store, directory, watcher, numbers, keeping)
    await house.pool.assign("0221 47100", "acme", {"name": "Zentrale", "flow": "hotline", "cost_centre": "K1"})
    await house.pool.assign("030 123456", "acme", {"name": "Büro", "flow": "new"})
    await house.pool.assign("0800 1234567", "acme")
    yield house
    assert faults == []


async def test_lists_are_searched_filtered_sorted_and_cut(house: House) -> None:
    async def found(**wanted: object) -> list[str]:
        return [one.id for one in (await house.acme.page(NumberListing(**wanted))).records]

    assert await found() == [COLOGNE, BERLIN, FREE]
    assert await found(order="label", descending=True) == [COLOGNE, BERLIN, FREE]
    assert (
        await found(search="0221 / 471") == await found(search="+49221471") == await found(search="zentr") == [COLOGNE]
    )
    assert await found(search="k1") == await found(state="live") == await found(flow="hotline") == [COLOGNE]
    assert await found(type="toll_free") == await found(state="no_flow") == [FREE]
    assert await found(state="not_live") == [BERLIN]
    groups = house.keeping.of("acme", SYSTEM)
    await groups.create("number-group", {"name": "Sales", "numbers": [COLOGNE, FREE]})
    assert await found(group="sales") == [COLOGNE, FREE]
    first = await house.acme.page(NumberListing(order="flow", limit=2))
    rest = await house.acme.page(NumberListing(order="flow", limit=2, after=first.after))
    assert [one.id for one in (*first.records, *rest.records)] == [FREE, COLOGNE, BERLIN]
    (shown,) = (await house.acme.page(NumberListing(search="zentrale"))).records
    assert (shown.type, shown.flow_label, shown.groups) == ("fixed", "Hotline", (("sales", "Sales"),))


async def test_two_thousand_numbers_take_three_queries_and_the_last_call_comes_from_an_index(house: House) -> None:
    rows = [{"e164": f"+49221{n:07}", "tenant": "acme", "flow": "hotline", "search": f"{n}"} for n in range(2000)]
    calls = [{"id": f"c{n}", "tenant": "acme", "number": COLOGNE, "arrived": NOW - timedelta(n)} for n in range(300)]
    async with house.store.write() as conn:
        await conn.execute(insert(tables.number), rows)
        await conn.execute(insert(tables.call), calls)
    said: list[str] = []
    engine = house.store._reading.sync_engine
    event.listen(engine, "before_cursor_execute", lambda c, k, statement, *rest: said.append(statement))
    page = await house.acme.page(NumberListing(limit=200))
    assert (len(page.records), len([one for one in said if one.startswith("SELECT")])) == (200, 3)
    (shown,) = (await house.acme.page(NumberListing(search="zentrale"))).records
    assert shown.last_call == NOW


async def test_a_change_is_audited_told_and_counts_for_the_next_call(house: House) -> None:
    stamp = (await house.directory.load_routing()).stamp
    before = await house.acme.get(BERLIN)
    after = await house.acme.change(BERLIN, before.version, {"flow": "hotline", "sound": "house/closed"})
    assert (after.number.flow, after.state, after.number.label, after.version) == ("hotline", "live", "Büro", 2)
    routing = await house.directory.load_routing(stamp)
    assert (routing.numbers[BERLIN].flow, routing.numbers[BERLIN].fallback.sound) == ("hotline", "house/closed")
    newest = (await house.acme.history(BERLIN))[0]
    assert (newest.actor, newest.action, newest.before["fields"]["flow"], newest.after["fields"]["flow"]) == (
        "kim", "change", "new", "hotline",
    )  # fmt: skip
    change = house.watcher.made[-1]
    assert (change.kind, change.id, change.before.flow, change.after.flow) == ("number", BERLIN, "new", "hotline")
    assert await house.numbers.audit.broken(house.store) is None
    assert (await house.acme.assign(BERLIN, "")).state == "no_flow"


async def test_a_stale_change_is_refused_with_both_sides(house: House) -> None:
    await house.acme.change(BERLIN, 1, {"name": "Their"})
    with pytest.raises(StaleVersion) as stale:
        await house.acme.change(BERLIN, 1, {"name": "Mine"})
    assert (stale.value.base["name"], stale.value.current.value.name) == ("Büro", "Their")


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"flow": "theirs"}, "number.flow"),
        ({"fallback": "ring"}, "number.target"),
        ({"fallback": "ring", "target": "dsk"}, "number.target"),
        ({"fallback": "ring", "target": "+4930999"}, "number.target"),
        ({"sound": "house/gone"}, "number.sound"),
        ({"ring_seconds": 0}, "number.ring_seconds"),
    ],
)
async def test_what_is_not_there_is_refused_at_its_field(house: House, values, path) -> None:
    await house.directory.put_flow("other", "theirs", "Theirs")
    with pytest.raises(SettingsRefused) as refused:
        await house.acme.change(BERLIN, 1, values)
    assert [one.path for one in refused.value.problems] == [path]
    assert (await house.acme.get(BERLIN)).version == 1


async def test_a_guard_refuses(house: House) -> None:
    house.watcher.refuse = Refusal("not on Fridays", path="name")
    with pytest.raises(SettingsRefused, match=r"number\.name: not on Fridays"):
        await house.acme.change(BERLIN, 1, {"name": "New"})


async def test_rights_reach_as_far_as_the_numbers_they_name(house: House) -> None:
    lee = house.limited(COLOGNE)
    assert [one.id for one in (await lee.page()).records] == [COLOGNE]
    with pytest.raises(NotFound):
        await lee.change(BERLIN, 1, {"name": "Mine"})
    assert (await lee.change(COLOGNE, 1, {"name": "Mine"})).title == "Mine"
    with pytest.raises(Forbidden):
        await house.limited(BERLIN, change=False).change(BERLIN, 1, {"name": "Mine"})
    with pytest.raises(NotFound):
        await house.numbers.of("other", SYSTEM).get(COLOGNE)
    with pytest.raises(Forbidden):
        NumberPool(house.numbers, Actor("kim", SYSTEM.rights, "superadmin"))


async def test_the_pool_gives_numbers_out_and_takes_them_back(house: House) -> None:
    assert await house.pool.add(["0221 99000", "0221 99001", "0221 47100"]) == ["+4922199000", "+4922199001"]
    assert [one.e164 for one in (await house.pool.page("0221")).numbers] == ["+4922199000", "+4922199001"]
    made = await house.pool.assign("+4922199000", "other")
    assert (made.state, [one.e164 for one in (await house.pool.page()).numbers]) == ("no_flow", ["+4922199001"])
    with pytest.raises(Conflict):
        await house.pool.assign("+4922199000", "acme")
    group = await house.keeping.of("acme", SYSTEM).create("number-group", {"name": "Sales", "numbers": [BERLIN]})
    with pytest.raises(InUse, match="number-group 'Sales'"):
        await house.pool.release("acme", BERLIN, 1)
    await house.keeping.of("acme", SYSTEM).delete("number-group", group.id, 1)
    await house.pool.release("acme", BERLIN, 1)
    assert BERLIN not in (await house.directory.load_routing()).numbers
    assert [(one.e164, one.tenant) for one in (await house.pool.page("030")).numbers] == [(BERLIN, "acme")]
    await house.pool.remove("+4922199001")
    with pytest.raises(NotFound):
        await house.pool.remove("+4922199001")
    assert await house.numbers.audit.broken(house.store) is None


async def test_a_number_taken_from_a_tenant_rests_ninety_days(house: House) -> None:
    clock: SetClock = house.numbers.clock  # type: ignore[assignment]
    await house.pool.release("acme", BERLIN, 1)
    until = NOW + timedelta(days=90)
    (resting,) = (await house.pool.page(state="resting")).numbers
    assert (resting.e164, resting.tenant, resting.rests_until) == (BERLIN, "acme", until)
    assert (await house.pool.page(state="free")).numbers == []
    with pytest.raises(NumberRests, match="rests until 2027-02-25") as refused:
        await house.pool.assign("030 123456", "other")
    assert refused.value.until == until
    back = await house.pool.assign(BERLIN, "acme")
    assert (back.id, (await house.pool.page()).numbers) == (BERLIN, [])
    await house.pool.release("acme", BERLIN, back.version)
    clock.advance(90 * 86_400)
    (free,) = (await house.pool.page(state="free")).numbers
    assert (free.e164, free.rests_until, (await house.pool.page(state="resting")).numbers) == (BERLIN, None, [])
    assert (await house.pool.assign(BERLIN, "other")).number.tenant == "other"


async def test_numbers_of_a_closed_tenant_go_back_to_the_pool_once_they_have_rested(house: House) -> None:
    clock: SetClock = house.numbers.clock  # type: ignore[assignment]
    audit, store = house.numbers.audit, house.store
    people = People(store, clock, house.numbers.hooks, audit, rights_catalogue(Kinds(Resource)))
    await Tenants(people).of(SYSTEM).move("acme", 1, "closed")
    clock.advance(90 * 86_400 - 1)
    assert await free_numbers_of_closed(store, audit, clock.now()) == 0
    assert BERLIN in (await house.directory.load_routing()).numbers, "callers hear its fallback"
    clock.advance(1)
    assert await free_numbers_of_closed(store, audit, clock.now()) == 3
    assert (await house.directory.load_routing()).numbers == {}
    assert {(one.e164, one.tenant, one.rests_until) for one in (await house.pool.page(state="free")).numbers} == {
        (BERLIN, "acme", None),
        (COLOGNE, "acme", None),
        (FREE, "acme", None),
    }
    assert (await house.pool.assign(BERLIN, "other")).number.tenant == "other"
    assert await free_numbers_of_closed(store, audit, clock.now()) == 0
    told = await entries(store, "acme", kind="number", id=BERLIN)
    assert (told[0].action, told[0].actor) == ("delete", "system")
    assert await audit.broken(store) is None


async def test_the_operator_ends_a_rest_and_the_audit_tells(house: House) -> None:
    await house.pool.release("acme", BERLIN, 1)
    await house.pool.add(["0221 99000"])
    for number in ("+4922199000", "+4922199001", COLOGNE):
        with pytest.raises(NotFound, match="does not rest"):
            await house.pool.end_rest(number)
    assert (await house.pool.end_rest(BERLIN)).rests_until is None
    assert (await house.pool.assign(BERLIN, "other")).number.tenant == "other"
    (told,) = [one for one in await entries(house.store, "operator", kind="free-number") if one.action == "end_rest"]
    assert (told.id, told.before) == (BERLIN, {"tenant": "acme", "rests_until": "2027-02-25T12:00:00+00:00"})


async def test_a_tenant_that_tries_the_portal_gets_two_numbers(house: House) -> None:
    await house.directory.put_tenant(Tenant("trial", "Trial", NOW, state="demo"))
    for number in ("0221 1000", "0221 1001"):
        await house.pool.assign(number, "trial")
    with pytest.raises(DemoLimit, match=r"may have 2 numbers; the operator lifts this limit \(numbers\)"):
        await house.pool.assign("0221 1002", "trial")
