from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import inspect

from switchhook import NotFound
from switchhook.store.engine import Store
from switchhook_mailbox.messages import MAIL, MESSAGE, Count, Rows

NIGHT = datetime(2026, 3, 2, 23, 15, tzinfo=UTC)


async def fill(store: Store, *names: str, tenant: str = "acme", mailbox: str = "office") -> list[int]:
    """Messages left a minute after each other, by the names of their recordings."""
    async with store.write() as conn:
        rows = Rows(conn, tenant)
        made = [
            await rows.add({"mailbox": mailbox, "media": name, "made": NIGHT + timedelta(minutes=n), "caller": "+4930"})
            for n, name in enumerate(names)
        ]
    return [one.id for one in made if one is not None]


@pytest.mark.parametrize("table", [MESSAGE, MAIL], ids=str)
async def test_the_tables_are_as_the_migration_made_them(kept, table):
    async with kept.read() as conn:
        made = await conn.run_sync(lambda c: {one["name"] for one in inspect(c).get_columns(table.name)})
    assert made == set(table.columns.keys())


async def test_a_recording_is_one_message_however_often_it_is_told(kept):
    assert len(await fill(kept, "a")) == 1
    assert await fill(kept, "a") == []
    assert len(await fill(kept, "a", tenant="other")) == 1


async def test_messages_are_counted_and_paged_newest_first(kept):
    ids = await fill(kept, *"abcde")
    async with kept.write() as conn:
        rows = Rows(conn, "acme")
        await rows.hear("office", ids[0], NIGHT, "kim")
        assert await rows.count("office") == Count(new=4, old=1)
        first = await rows.page("office", limit=2)
        assert [one.media for one in first.messages] == ["e", "d"]
        assert [one.media for one in (await rows.page("office", after=first.after)).messages] == ["c", "b", "a"]
        assert [one.media for one in (await rows.page("office", new=False)).messages] == ["a"]
        assert (await rows.count("nobodys"), (await rows.page("nobodys")).messages) == (Count(0, 0), [])


async def test_who_heard_it_first_stays_until_it_is_new_again(kept):
    (one,) = await fill(kept, "a")
    async with kept.write() as conn:
        rows = Rows(conn, "acme")
        await rows.hear("office", one, NIGHT, "kim")
        assert (await rows.hear("office", one, NIGHT + timedelta(1), "eve")).heard_by == "kim"
        assert (await rows.hear("office", one, None, "eve")).heard is None


@pytest.mark.parametrize(("tenant", "mailbox"), [("other", "office"), ("acme", "another")])
async def test_nobody_reaches_a_message_of_another_tenant_or_mailbox(kept, tenant, mailbox):
    (one,) = await fill(kept, "a")
    async with kept.write() as conn:
        rows = Rows(conn, tenant)
        for attempt in (
            rows.get(mailbox, one),
            rows.hear(mailbox, one, NIGHT, "eve"),
            rows.delete(mailbox, one, NIGHT, ""),
        ):
            with pytest.raises(NotFound):
                await attempt
        assert await rows.mailed(mailbox, one, 1, taken=True) is None


async def test_a_deleted_message_is_gone_and_its_recording_is_not_written_down_again(kept):
    (one,) = await fill(kept, "a")
    async with kept.write() as conn:
        await Rows(conn, "acme").delete("office", one, NIGHT, "kim")
        with pytest.raises(NotFound):
            await Rows(conn, "acme").get("office", one)
        assert await Rows(conn, "acme").count("office") == Count(0, 0)
    assert await fill(kept, "a") == []


@pytest.mark.parametrize(
    ("taken", "state"), [([True, True], "sent"), ([True, False], "refused"), ([False, True], "refused")]
)
async def test_a_message_is_mailed_only_when_each_mail_was_taken(kept, taken, state):
    (one,) = await fill(kept, "a")
    async with kept.write() as conn:
        rows = Rows(conn, "acme")
        await rows.mailing(await rows.get("office", one), [11, 12])
        first = await rows.mailed("office", one, 11, taken=taken[0])
        assert first.mail == ("queued" if taken[0] else "refused")
        assert (await rows.mailed("office", one, 12, taken=taken[1])).mail == state
        assert (await rows.mailed("office", one, 12, taken=taken[1])).mail == state  # told twice is told once
        for mail in (11, 12):  # sent again by hand
            last = await rows.mailed("office", one, mail, taken=True)
        assert last.mail == "sent"


async def test_what_was_new_when_a_caller_began_stays_so_whatever_happens_meanwhile(kept):
    ids = await fill(kept, *"abcd")
    at = NIGHT + timedelta(hours=1)
    async with kept.write() as conn:
        rows = Rows(conn, "acme")
        await rows.hear("office", ids[0], NIGHT, "kim")
        await rows.delete("office", ids[3], NIGHT, "kim")
        assert await rows.heard_as_of("office", at, 10) == ([ids[1], ids[2]], [ids[0]])
        await rows.hear("office", ids[1], at + timedelta(seconds=5), "telephone")
        await rows.delete("office", ids[2], at + timedelta(seconds=9), "telephone")
        assert await rows.heard_as_of("office", at, 10) == ([ids[1], ids[2]], [ids[0]])
        assert await rows.heard_as_of("office", at, 1) == ([ids[1]], [ids[0]])
        assert (await rows.newest_new("office")) is None
