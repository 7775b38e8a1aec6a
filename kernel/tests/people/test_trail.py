from __future__ import annotations

from datetime import timedelta

import pytest

from switchhook.access.actor import SYSTEM, Actor, Forbidden, Reach
from switchhook.people.trail import Trail, differences

from .conftest import NOW, House


async def test_the_audit_is_read_by_kind_person_and_time_in_pages(house: House) -> None:
    trail = Trail(house.store, house.audit)
    admin = await house.put("adam", "admin")
    people = await house.as_(admin)
    kim = await people.create({"name": "Kim", "email": "kim@acme.example"})
    house.clock.advance(3600)
    await people.change(kim.id, 1, {"name": "Kim B", "language": "en"})
    groups = house.keeping.of("acme", SYSTEM)
    for name in ("a", "b", "c"):
        await groups.create("number-group", {"name": name})
    acme = trail.of("acme", SYSTEM)
    assert list(await acme.kinds()) == ["account", "number-group"]
    assert [one.actor for one in (await acme.page(kind="account", actor="adam")).entries] == ["adam", "adam"]
    late = await acme.page(kind="account", since=NOW + timedelta(minutes=1))
    assert [one.action for one in late.entries] == ["change"]
    assert [(one.field, one.before, one.after) for one in differences(late.entries[0])] == [
        ("name", "Kim", "Kim B"),
        ("language", "de", "en"),
    ]
    assert [one.action for one in (await acme.page(until=NOW + timedelta(minutes=1))).entries] == ["create"]
    seen, before = [], None
    while True:
        page = await acme.page(limit=2, before=before)
        seen += [one.no for one in page.entries]
        if (before := page.before) is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5
    assert not (await trail.of("other", SYSTEM).page()).entries
    assert await acme.broken() is None


async def test_the_audit_needs_its_right_over_the_whole_tenant(house: House) -> None:
    trail = Trail(house.store, house.audit)
    for rights in ({}, {"audit.view": Reach(own=True)}):
        with pytest.raises(Forbidden):
            await trail.of("acme", Actor("kim", rights, "user", "x")).page()
