from __future__ import annotations

from datetime import UTC, datetime

import attrs
import pytest
from sqlalchemy import insert, select

from switchhook.access.account import Account, Grant
from switchhook.access.actor import Reach
from switchhook.access.tenant import Tenant
from switchhook.clock import SetClock
from switchhook.people import accounts
from switchhook.people.actors import actor_of, load_actor
from switchhook.store import tables, tables_people
from switchhook.store.directory import Directory
from switchhook.store.engine import Store

NOW = datetime(2026, 11, 27, tzinfo=UTC)
GRANTS = (
    Grant("number.view", "group", ("sales", "gone")),
    Grant("number.view", "number", ("+4922100",)),
    Grant("contact.view", "own"),
    Grant("audit.view"),
)
KIM = Account("a1", "acme", "kim", "kim@acme.example", "Kim Özil", "user", "active", NOW, NOW, grants=GRANTS)


def test_a_users_grants_reach_the_numbers_of_its_groups_and_add_up() -> None:
    actor = actor_of(KIM, {"sales": ["+4922111", "+4922112"]})
    assert actor.reach("number.view") == Reach(numbers=frozenset({"+4922111", "+4922112", "+4922100"}))
    assert actor.reach("contact.view") == Reach(own=True)
    assert actor.reach("audit.view").everything
    assert not actor.may("number.change")
    assert (actor.name, actor.account, actor.role) == ("kim", "a1", "user")


@pytest.mark.parametrize("role", ["superadmin", "admin", "operator"])
def test_the_other_roles_have_every_right_while_they_are_active(role) -> None:
    account = attrs.evolve(KIM, role=role, grants=())
    assert actor_of(account).reach("tenant.change").everything
    for state in ("invited", "disabled"):
        assert not actor_of(attrs.evolve(account, state=state)).rights


async def test_accounts_are_found_by_id_user_name_and_address(store: Store) -> None:
    for tenant in ("acme", "other"):
        await Directory(store, SetClock(NOW)).put_tenant(Tenant(tenant, tenant, NOW))
    twin = attrs.evolve(KIM, id="a2", tenant="other", username="kim2", grants=())
    async with store.write() as conn:
        await accounts.put(conn, KIM, new=True)
        await accounts.put(conn, twin, new=True)
    async with store.read() as conn:
        assert await accounts.by_id(conn, "a1") == KIM
        assert await accounts.by_username(conn, " KIM ") == KIM
        assert await accounts.by_email(conn, "Kim@Acme.example") == [KIM, twin]
        assert await accounts.in_tenant(conn, "other", "a1") is None
        groups = select(tables_people.account_group.c.group_id).order_by(tables_people.account_group.c.group_id)
        assert (await conn.execute(groups)).scalars().all() == ["gone", "sales"]
    async with store.write() as conn:
        await accounts.set_state(conn, "a1", "disabled", NOW)
    async with store.read() as conn:
        after = await accounts.by_id(conn, "a1")
    assert after is not None
    assert (after.state, after.version) == ("disabled", 2)


async def test_number_groups_are_read_from_what_the_tenant_keeps(store: Store) -> None:
    for tenant in ("acme", "other"):
        await Directory(store, SetClock(NOW)).put_tenant(Tenant(tenant, tenant, NOW))
    row = {"kind": "number-group", "version": 1, "sealed": {}, "created": NOW, "changed": NOW}
    async with store.write() as conn:
        for tenant, number in (("acme", "+4922111"), ("other", "+4922199")):
            document = {"name": "Sales", "numbers": [number]}
            await conn.execute(insert(tables.kept).values(**row, tenant=tenant, id="sales", document=document))
        actor = await load_actor(conn, KIM)
    assert actor.reach("number.view").numbers == {"+4922111", "+4922100"}


@pytest.mark.parametrize(
    ("account", "tenant", "state", "may"),
    [
        ("active", "acme", "active", True),
        ("active", "acme", "demo", True),
        ("active", "acme", "suspended", False),
        ("active", "acme", "closed", False),
        ("disabled", "acme", "active", False),
        ("invited", "acme", "active", False),
        ("active", "operator", "active", True),
    ],
)
def test_only_active_people_of_open_tenants_may_enter(account, tenant, state, may) -> None:
    person = attrs.evolve(KIM, state=account, tenant=tenant)
    assert accounts.may_enter(person, Tenant(tenant, tenant, NOW, state=state)) is may
