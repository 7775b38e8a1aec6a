"""A tenant's storage: what is in it, who is told, and what still fits (S31, S32, S36)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from switchhook.access.actor import SYSTEM, Forbidden
from switchhook.access.tenant import Tenant
from switchhook.calls.recording import StorageFull
from switchhook.media import values
from switchhook.resources.listing import ListRefused
from switchhook.resources.record import StaleVersion
from switchhook.speech.audio import to_wav, tone
from switchhook.store.audit import entries
from switchhook.store.directory import Directory
from switchhook.store.tables import kept

from .conftest import House

WAV = to_wav(tone(440, 1.0))
SIZE = len(WAV)


async def put(house: House, count: int, of: values.MediaClass = "recording") -> list[str]:
    return [(await house.of().put(of, ("flow", "x"), WAV)).id for _ in range(count)]


@pytest.fixture(autouse=True)
def twenty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Storage for twenty sounds."""
    monkeypatch.setattr(values, "DEFAULT_QUOTA", 20 * SIZE)


async def test_the_meter_is_the_sum_of_the_files_and_people_are_told_at_three_levels(house: House) -> None:
    await put(house, 15)
    assert await house.alerts() == []
    ids = await put(house, 1)
    assert await house.alerts() == [("storage", "80", "open")]
    ids += await put(house, 3)
    assert await house.alerts() == [("storage", "80", "open"), ("storage", "95", "open")]
    await put(house, 1)
    usage = await house.of().usage()
    on_disk = sum(path.stat().st_size for path in house.files.directory.rglob("*.wav"))
    assert (usage.used, usage.percent, usage.by_class) == (on_disk, 100, {"recording": on_disk})
    assert [key for _, key, _ in await house.alerts()] == ["100", "80", "95"]
    await house.of().delete(ids)
    assert (await house.of().usage()).used == 16 * SIZE
    assert {(key, state) for _, key, state in await house.alerts()} == {
        ("80", "open"), ("95", "closed"), ("100", "closed"),
    }  # fmt: skip


async def test_full_storage_refuses_all_but_messages_which_have_a_reserve(house: House) -> None:
    await put(house, 20)
    with pytest.raises(StorageFull):
        await put(house, 1)
    with pytest.raises(StorageFull):
        await house.begin(1, of="recording")
    media = await house.begin(2)
    house.says(media, 0.9, 0)
    await house.recordings.finish("acme", media)
    assert (await house.of().usage()).percent > 100
    await put(house, 0)
    with pytest.raises(StorageFull):
        await put(house, 1, "fax")
    assert len((await house.of().page(limit=100)).files) == 21, "what was refused left nothing"
    assert (await house.of("other").usage()).used == 0


async def test_more_storage_takes_effect_at_once_and_is_the_operators_alone(house: House) -> None:
    await put(house, 20)
    with pytest.raises(Forbidden):
        await house.of().set_extra(0, SIZE * 20)
    usage = await house.of(actor=SYSTEM).set_extra(0, SIZE * 20)
    assert (usage.percent, usage.version, usage.extra) == (50, 1, SIZE * 20)
    assert {state for _, _, state in await house.alerts()} == {"closed"}
    await put(house, 1)
    with pytest.raises(StaleVersion):
        await house.of(actor=SYSTEM).set_extra(0, 0)
    (change,) = await entries(house.store, "acme", kind="storage")
    assert (change.before["fields"], change.after["fields"]) == ({"extra": 0}, {"extra": SIZE * 20})


async def test_the_list_goes_on_where_it_ended_and_knows_classes_and_owners(house: House) -> None:
    for place in range(5):
        house.clock.advance(1)
        await house.of().put("message" if place % 2 else "fax", ("mailbox", str(place)), WAV, label=f"no {place}")
    first = await house.of().page(limit=3)
    rest = await house.of().page(limit=3, after=first.after)
    assert [one.owner for one in (*first.files, *rest.files)] == ["4", "3", "2", "1", "0"]
    assert rest.after == ""
    assert [one.owner for one in (await house.of().page(of="message")).files] == ["3", "1"]
    assert [one.label for one in (await house.of().page(owner_kind="mailbox", owner="2")).files] == ["no 2"]


async def test_the_list_is_searched_by_label_and_owners_name_and_sorted_by_each_column(house: House) -> None:
    await house.of().put("recording", ("flow", "b"), to_wav(tone(440, 0.3)), label="Zentrale")
    house.clock.advance(1)
    await house.of().put(
        "message", ("mailbox", "box"), to_wav(tone(440, 0.1)), label="büro", retain_until=house.clock.now()
    )
    house.clock.advance(1)
    await house.of().put("fax", ("mailbox", "fax"), to_wav(tone(440, 0.2)), label="Archiv_1")
    row = {
        "tenant": "acme",
        "kind": "mailbox",
        "id": "box",
        "version": 1,
        "title": "Vertrieb Süd",
        "search": "vertrieb süd",
    }
    await Directory(house.store, house.clock).put_tenant(Tenant("acme", "acme", house.clock.now()))
    async with house.store.write() as conn:
        await conn.execute(
            insert(kept).values(**row, document={}, sealed={}, created=house.clock.now(), changed=house.clock.now())
        )

    async def labels(**wanted: Any) -> list[str]:
        found: list[str] = []
        after = ""
        while not found or after:
            page = await house.of().page(**wanted, after=after, limit=1)
            found += [one.label for one in page.files] or [""]
            after = page.after
        return found

    orders = {
        "-made": "Archiv_1 büro Zentrale",
        "made": "Zentrale büro Archiv_1",
        "label": "Archiv_1 büro Zentrale",
        "-bytes": "Zentrale Archiv_1 büro",
        "seconds": "büro Archiv_1 Zentrale",
    }
    assert {order: " ".join(await labels(order=order)) for order in orders} == orders
    assert (await labels(order="retain_until"))[0] == "büro"
    assert await labels(search="SÜD") == ["büro"], "its owner is called so"
    assert await labels(search="chiv_1") == await labels(of="fax") == ["Archiv_1"]
    assert await labels(search="v%1") == [""]
    assert (await house.of().page(search="vertrieb")).titles == {("mailbox", "box"): "Vertrieb Süd"}
    for wrong in ({"order": "sha256"}, {"after": (await house.of().page(limit=1)).after, "order": "bytes"}):
        with pytest.raises(ListRefused):
            await house.of().page(**wrong)
