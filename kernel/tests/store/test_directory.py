from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import Executable, insert, update
from sqlalchemy.exc import IntegrityError

from switchhook.access.tenant import Tenant
from switchhook.clock import SetClock
from switchhook.errors import NotFound
from switchhook.store.directory import Conflict, Directory
from switchhook.store.engine import Store
from switchhook.store.routing import Fallback, Number
from switchhook.store.tables import flow_version

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
async def directory(store: Store) -> Directory:
    directory = Directory(store, SetClock(NOW))
    for tenant in ("acme", "other"):
        await directory.put_tenant(Tenant(tenant, tenant.title(), NOW))
    await directory.put_flow("acme", "hotline", "Hotline")
    return directory


async def published(directory: Directory, *documents: str) -> list[int]:
    ids = []
    for document in documents:
        version = await directory.add_version("acme", "hotline", document)
        ids.append((await directory.publish("acme", version.id)).id)
    return ids


async def test_a_tenant_keeps_its_beginning_when_it_changes(directory: Directory) -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    await directory.put_tenant(Tenant("acme", "Acme Ltd", later, "en", "hotline", "sorry"))
    assert await directory.tenant("acme") == Tenant("acme", "Acme Ltd", NOW, "en", "hotline", "sorry")
    assert [t.id for t in await directory.tenants()] == ["acme", "other"]
    with pytest.raises(NotFound):
        await directory.tenant("nobody")


async def test_numbers_lead_to_flows_of_their_tenant(directory: Directory) -> None:
    number = Number("+4922112345", "acme", "hotline", "main line", Fallback("ring", "desk", "closed", 20))
    await directory.assign(number)
    assert await directory.numbers("acme") == [number]
    assert await directory.numbers("other") == []
    with pytest.raises(NotFound):
        await directory.assign(Number("+4922112346", "other", "hotline"))
    await directory.put_flow("other", "hotline", "Theirs")
    with pytest.raises(Conflict):
        await directory.assign(Number("+4922112345", "other", "hotline"))
    with pytest.raises(NotFound):
        await directory.release("other", "+4922112345")
    await directory.release("acme", "+4922112345")
    assert await directory.numbers("acme") == []


async def test_versions_count_and_exactly_one_is_current(directory: Directory) -> None:
    with pytest.raises(NotFound):
        await directory.current("acme", "hotline")
    first, second = await published(directory, "a: 1", "a: 2")
    versions = await directory.versions("acme", "hotline")
    assert [(v.no, v.state, v.document) for v in versions] == [(1, "archived", "a: 1"), (2, "published", "a: 2")]
    assert (await directory.current("acme", "hotline")).id == second
    old = await directory.version(first)
    assert old is not None
    assert (old.document, old.published_at) == ("a: 1", NOW)
    assert await directory.version(second + 1000) is None


async def test_rolling_back_goes_back_step_by_step(directory: Directory) -> None:
    first, second, third = await published(directory, "1", "2", "3")
    assert (await directory.roll_back("acme", "hotline")).id == second
    assert (await directory.roll_back("acme", "hotline")).id == first
    with pytest.raises(NotFound):
        await directory.roll_back("acme", "hotline")
    assert (await directory.publish("acme", third)).id == third
    assert [v.state for v in await directory.versions("acme", "hotline")] == ["archived", "archived", "published"]


async def test_a_published_version_never_changes(directory: Directory) -> None:
    draft = await directory.add_version("acme", "hotline", "draft")
    changed = await directory.change_draft("acme", draft.id, "better")
    assert changed.document == "better"
    assert changed.hash != draft.hash
    await directory.publish("acme", draft.id)
    with pytest.raises(Conflict):
        await directory.change_draft("acme", draft.id, "worse")
    await published(directory, "next")
    with pytest.raises(Conflict):
        await directory.change_draft("acme", draft.id, "worse")
    kept = await directory.version(draft.id)
    assert kept is not None
    assert kept.document == "better"


async def test_versions_of_other_tenants_are_not_there(directory: Directory) -> None:
    (version,) = await published(directory, "x")
    with pytest.raises(NotFound):
        await directory.publish("other", version)
    with pytest.raises(NotFound):
        await directory.add_version("other", "hotline", "x")
    assert await directory.versions("other", "hotline") == []
    with pytest.raises(NotFound):
        await directory.put_flow("nobody", "x", "x")


async def test_two_people_add_and_publish_at_once(directory: Directory) -> None:
    added = await asyncio.gather(*(directory.add_version("acme", "hotline", str(i)) for i in range(8)))
    assert sorted(v.no for v in added) == list(range(1, 9))
    await asyncio.gather(*(directory.publish("acme", v.id) for v in added))
    states = [v.state for v in await directory.versions("acme", "hotline")]
    assert states.count("published") == 1


async def change(store: Store, statement: Executable) -> None:
    async with store.write() as conn:
        await conn.execute(statement)


async def test_the_database_itself_refuses_two_current_versions(directory: Directory) -> None:
    first, _ = await published(directory, "1", "2")
    with pytest.raises(IntegrityError):
        await change(directory.store, update(flow_version).where(flow_version.c.id == first).values(state="published"))


async def test_the_database_itself_refuses_versions_of_no_flow(directory: Directory) -> None:
    row = {"tenant": "nobody", "flow": "x", "no": 1, "document": "", "hash": "", "created": NOW}
    with pytest.raises(IntegrityError):
        await change(directory.store, insert(flow_version).values(row))


async def test_routing_is_loaded_whole_and_only_after_a_change(directory: Directory) -> None:
    await directory.assign(Number("+4922112345", "acme", "hotline"))
    (version,) = await published(directory, "a: 1")
    state = await directory.load_routing()
    assert state is not None
    assert set(state.tenants) == {"acme", "other"}
    assert state.numbers["+4922112345"].flow == "hotline"
    assert state.published["acme", "hotline"].id == version
    assert await directory.load_routing(state.stamp) is None
    await directory.add_version("acme", "hotline", "only a draft")
    await directory.publish("acme", version)
    assert await directory.load_routing(state.stamp) is None
    await directory.put_flow("other", "theirs", "Theirs")
    await directory.assign(Number("+4922112399", "other", "theirs"))
    newer = await directory.load_routing(state.stamp)
    assert newer is not None
    assert newer.stamp > state.stamp
    assert set(newer.numbers) == {"+4922112345", "+4922112399"}


async def test_another_process_notices_a_change(directory: Directory, store_url: str) -> None:
    state = await directory.load_routing()
    assert state is not None
    elsewhere = Directory(Store(store_url), SetClock(NOW))
    assert await elsewhere.load_routing(state.stamp) is None
    await directory.assign(Number("+4922112345", "acme", "hotline"))
    noticed = await elsewhere.load_routing(state.stamp)
    assert noticed is not None
    assert "+4922112345" in noticed.numbers
    await elsewhere.store.close()


async def test_a_number_that_is_there_keeps_what_it_is_told_to_keep(directory: Directory) -> None:
    fallback = Fallback("ring", "anna", "a/b", 12)
    await directory.assign(Number("+4922112345", "acme", "hotline", "Main", fallback), keep=("label", "fallback"))
    await directory.put_flow("acme", "second", "Second")
    await directory.assign(Number("+4922112345", "acme", "second", "Other"), keep=("label", "fallback"))
    assert await directory.numbers("acme") == [Number("+4922112345", "acme", "second", "Main", fallback)]
    await directory.assign(Number("+4922112345", "acme", "hotline", "Other"), keep=("flow", "label"))
    assert await directory.numbers("acme") == [Number("+4922112345", "acme", "second", "Main")]
    await directory.assign(Number("+4922112345", "acme", "hotline", "Other"))
    assert await directory.numbers("acme") == [Number("+4922112345", "acme", "hotline", "Other")]


async def test_the_reset_of_a_plugin_is_noticed_like_any_change_and_counted(directory: Directory) -> None:
    before = await directory.load_routing()
    assert before is not None
    assert before.resets == {}
    await directory.reset_plugin("doorkeeper")
    await directory.reset_plugin("doorkeeper")
    await directory.reset_plugin("other")
    after = await directory.load_routing(before.stamp)
    assert after is not None
    assert after.resets == {"doorkeeper": 2, "other": 1}
    assert (after.tenants, after.numbers) == (before.tenants, before.numbers)
    assert await directory.load_routing(after.stamp) is None


@pytest.mark.parametrize("broken", [{"kind": "ring"}, {"ring_seconds": 0}, {"ring_seconds": 601}])
def test_a_fallback_that_cannot_work_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"target|ring_seconds"):
        Fallback(**broken)  # type: ignore[arg-type]
