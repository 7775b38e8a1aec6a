"""Lists of calls and people by the API: between days, and in an order."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import seeded

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # services are asked on both databases


async def test_calls_are_asked_for_by_days_and_order(api, administration):
    portal = SimpleNamespace(administration=administration)
    for name, hours, number in (("c-1", 13.5, "+4930300"), ("c-2", 12.5, "+4930200"), ("c-3", 1, "+4930100")):
        await seeded.put_call(portal, name, number, ago=hours * 3600)

    async def seen(query: str) -> list[str]:
        return [one["id"] for one in (await api.get(f"/calls?{query}")).body["items"]]

    assert await seen("since=2026-11-27") == ["c-3", "c-2"]
    assert await seen("until=2026-11-26") == ["c-1"]
    assert await seen("order=number") == ["c-3", "c-2", "c-1"]
    first = (await api.get("/calls?order=number&limit=2")).body
    assert [one["id"] for one in (await api.get(f"/calls?order=number&after={first['next']}".replace("+", "%2B"))).body["items"]] == ["c-1"]  # fmt: skip
    assert ((await api.get("/calls?since=yesterday")).status, (await api.get("/calls?order=name")).status) == (
        400,
        400,
    )


async def test_calls_are_asked_for_by_the_number_that_diverted_them(api, administration):
    portal = SimpleNamespace(administration=administration)
    await seeded.put_call(portal, "c-1", "+4930300", diverted_from="+493099887")
    await seeded.put_call(portal, "c-2", "+4930300")
    (found,) = (await api.get("/calls?via=%2B493099887")).body["items"]
    assert (found["id"], found["diverted_from"]) == ("c-1", "+493099887")


async def test_people_are_asked_for_in_an_order(api):
    names = [one["username"] for one in (await api.get("/people?order=username")).body["items"]]
    assert len(names) > 1
    assert names == sorted(names)
    assert [one["username"] for one in (await api.get("/people?order=-username")).body["items"]] == names[::-1]
