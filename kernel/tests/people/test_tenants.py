from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from switchhook import NotFound
from switchhook.access.actor import SYSTEM, Actor, Forbidden
from switchhook.access.demo_limits import DEMO_LIMITS, DemoLimit
from switchhook.access.tenant import Tenant
from switchhook.people.tenants import MoveRefused, OperatedTenants, Tenants
from switchhook.resources.record import IdTaken, StaleVersion
from switchhook.schema import SettingsRefused
from switchhook.store import tables
from switchhook.store.audit import entries
from switchhook.store.directory import Directory

from .conftest import NOW, House

BOSS = {"name": "Boss", "email": "boss@new.example"}
TOLD = {"audit", "audit_head", "change_stamp"}


def tenants(house: House) -> OperatedTenants:
    return Tenants(house.people).of(SYSTEM)


async def everything(house: House) -> dict[str, list[Any]]:
    """All that is kept, in a canonical form."""
    async with house.store.read() as conn:
        kept = {}
        for table in tables.metadata.sorted_tables:
            rows = (await conn.execute(select(table))).mappings()
            plain = [
                {k: v.isoformat() if isinstance(v, datetime | date) else v for k, v in row.items()} for row in rows
            ]
            kept[table.name] = sorted(plain, key=repr)
        return kept


async def test_a_tenant_is_made_with_its_first_superadmin_or_not_at_all(house: House) -> None:
    made = await tenants(house).create("new", {"name": "New GmbH", "language": "de"}, BOSS, state="demo")
    assert (made.state, made.version) == ("demo", 1)
    (boss,) = (await house.people.of("new", SYSTEM).page()).accounts
    assert (boss.role, boss.state, house.invited) == ("superadmin", "invited", ["boss@new.example"])
    with pytest.raises(SettingsRefused, match=r"account\.email"):
        await tenants(house).create("half", {"name": "Half"}, {"name": "B", "email": "none"})
    with pytest.raises(IdTaken):
        await tenants(house).create("new", {"name": "Again"}, {"name": "B", "email": "b@b.de"})
    for reserved in ("operator", "No Tenant", ""):
        with pytest.raises(SettingsRefused):
            await tenants(house).create(reserved, {"name": "X"})
    assert [(line.tenant.id, line.numbers, line.people) for line in await tenants(house).list()] == [
        ("acme", 2, 0),
        ("new", 0, 1),
        ("other", 1, 0),
    ]
    assert [line.tenant.id for line in await tenants(house).list("gmbh", "demo")] == ["new"]


async def test_demo_becomes_active_with_everything_kept(house: House) -> None:
    await tenants(house).create("new", {"name": "New GmbH"}, BOSS, state="demo")
    await Directory(house.store, house.clock).put_flow("new", "welcome", "Welcome")
    await house.keeping.of("new", SYSTEM).create("number-group", {"name": "Sales"})
    await house.accepted("new")
    before = await everything(house)
    after = await tenants(house).move("new", 1, "active")
    now = await everything(house)
    assert after.state == "active"
    assert {name for name in now if now[name] != before[name]} == TOLD | {"tenant"}
    for was, is_now in zip(before["tenant"], now["tenant"], strict=True):
        assert {k for k in was if was[k] != is_now[k]} == ({"state", "version"} if was["id"] == "new" else set())
    told = await entries(house.store, "new", kind="tenant")
    assert [(one.action, one.before.get("fields", {}).get("state")) for one in told] == [  # type: ignore[attr-defined]
        ("active", "demo"),
        ("create", None),
    ]


async def test_a_demo_has_so_many_people_until_it_is_active(house: House) -> None:
    await tenants(house).create("new", {"name": "New GmbH"}, BOSS, state="demo")
    limits = await Tenants(house.people).limits("new")
    assert limits == DEMO_LIMITS
    assert await Tenants(house.people).limits("acme") is None
    people = house.people.of("new", SYSTEM)
    made = [
        await people.create({"name": f"P {n}", "email": f"p{n}@new.example"}) for n in range(1, DEMO_LIMITS.accounts)
    ]
    one_more = {"name": "More", "email": "more@new.example"}
    with pytest.raises(DemoLimit, match=r"may have 5 people who may sign in; the operator lifts this limit") as refused:
        await people.create(one_more)
    assert (refused.value.limit, refused.value.most) == ("accounts", 5)
    gone = await people.disable(made[0].id, 1)
    more = await people.create(one_more)
    with pytest.raises(DemoLimit):
        await people.enable(gone.id, gone.version)
    await house.accepted("new")
    await tenants(house).move("new", 1, "active")
    assert (await people.enable(gone.id, gone.version)).state == "active"
    assert (await people.create({**one_more, "email": "again@new.example"})).id != more.id
    assert await Tenants(house.people).limits("new") is None


async def test_states_go_the_allowed_ways_alone(house: House) -> None:
    ways = {("demo", "active"), ("demo", "suspended"), ("demo", "closed"), ("active", "suspended")}
    ways |= {("active", "closed"), ("suspended", "demo"), ("suspended", "closed")}
    found = set()
    states: list[Any] = ["demo", "active", "suspended", "closed"]
    for i, source in enumerate(states):
        for target in states:
            one = await tenants(house).create(f"t{i}-{target}", {"name": "T"}, state="demo")
            await house.accepted(one.id)
            if source != "demo":
                one = await tenants(house).move(one.id, 1, source)
            try:
                await tenants(house).move(one.id, one.version, target)
            except MoveRefused:
                continue
            found.add((source, target))
    assert found == ways


async def test_only_operators_see_tenants_and_stale_changes_are_refused(house: House) -> None:
    admin = Actor("a", SYSTEM.rights, "superadmin", "x")
    for work in (
        lambda t: t.list(),
        lambda t: t.get("acme"),
        lambda t: t.create("mine", {"name": "M"}),
        lambda t: t.change("acme", 1, {"name": "M"}),
        lambda t: t.move("acme", 1, "closed"),
    ):
        with pytest.raises(Forbidden):
            await work(Tenants(house.people).of(admin))
    renamed = await tenants(house).change("acme", 1, {"name": "Acme AG"})
    assert (renamed.name, renamed.version, renamed.language) == ("Acme AG", 2, "de")
    with pytest.raises(StaleVersion) as stale:
        await tenants(house).move("acme", 1, "suspended")
    was, now = ({"name": name, "language": "de", "state": "active"} for name in ("Acme", "Acme AG"))
    assert (stale.value.base, stale.value.now) == (was, now)
    with pytest.raises(NotFound):
        await tenants(house).get("operator")


async def test_the_directory_does_not_bring_a_state_back(house: House) -> None:
    await tenants(house).move("acme", 1, "suspended")
    directory = Directory(house.store, house.clock)
    await directory.put_tenant(Tenant("acme", "Acme", NOW, last_resort_flow="hotline"))
    kept = await directory.tenant("acme")
    assert (kept.state, kept.version, kept.last_resort_flow) == ("suspended", 2, "hotline")
