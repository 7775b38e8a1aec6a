"""The rows of lists on both databases: parts of them, sums, who is there already, and who adds at the same moment."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from lists_kept import NOON, hidden

from switchhook_lists.looking import ORDERS, Wanted, hits, page
from switchhook_lists.rows import EntryThere, Rows

KEY = hidden("+491711234567").key


async def test_parts_in_every_order_search_and_sums(kept):
    first = await kept.put("spam", "+4922155501", note="Ärger", until=NOON + timedelta(days=1))
    second = await kept.put("spam", KEY, "suppressed")
    await kept.put("spam", "+43", "beginning", until=NOON)
    await kept.put("spam", "+4922155501", tenant="other")
    async with kept.store.write() as conn:
        for call, entry in (("c1", first), ("c1", first), ("c2", 0), ("c3", second)):
            await Rows(conn, "test").hit(
                "spam", call, entry, "deny", shadow=False, at=NOON + timedelta(hours=int(call[1]))
            )
    async with kept.store.read() as conn:
        rows = Rows(conn, "test")
        assert (await rows.how_many(), await rows.ended(NOON)) == ({"spam": 3}, {"spam": 1})
        assert await rows.hits_since(NOON + timedelta(hours=2)) == {"spam": 2}
        for order in ORDERS:
            every = await page(conn, "test", "spam", Wanted(order=order))
            halves = [await page(conn, "test", "spam", Wanted(order=order, limit=2, after=n)) for n in (0, 2)]
            assert [one.id for half in halves for one in half.entries] == [one.id for one in every.entries]
        by_end = await page(conn, "test", "spam", Wanted(order="until"))
        assert [one.value for one in by_end.entries] == ["+43", "+4922155501", KEY]
        for text, found in (("rger", first), ("0221 555", first), (KEY[:6], second), ("0049221", first)):
            assert [one.id for one in (await page(conn, "test", "spam", Wanted(text))).entries] == [found], text
        met = await hits(conn, "test", "spam", 0, 2)
        assert ([(one.call, one.entry and one.entry.id) for one in met.hits], met.after) == (
            [("c3", second), ("c2", None)],
            2,
        )
    assert (await kept.entry("spam", first)).hits == 1


async def test_two_who_add_the_same_caller_at_the_same_moment_leave_one(kept):
    async def add() -> str:
        try:
            await kept.put("new", KEY, "suppressed")
        except EntryThere:
            return "there"
        return "made"

    assert sorted(await asyncio.gather(*(add() for _ in range(4)))) == ["made", "there", "there", "there"]
    async with kept.store.read() as conn:
        assert len(await Rows(conn, "test").all("new")) == 1
        assert await Rows(conn, "test").counts(["new"]) == {"new": 1}


async def test_what_is_on_a_list_already_is_told_without_a_suppressed_callers_number(kept):
    await kept.put("spam", KEY, "suppressed")
    with pytest.raises(EntryThere, match="this caller is on the list already"):
        await kept.put("spam", KEY, "suppressed")
    await kept.put("spam", "+43", "beginning", until=NOON)
    again = await kept.put("spam", "+43", "beginning", until=NOON + timedelta(days=1))
    assert (await kept.entry("spam", again)).hits == 0
