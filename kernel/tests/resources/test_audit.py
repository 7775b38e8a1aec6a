from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, select, update

from switchhook.store import tables
from switchhook.store.audit import Audit, entries

AUDIT = tables.audit


async def made(acme):
    one = await acme.create("contact", {"name": "Kim", "pin": "4711"})
    await acme.change("contact", one.id, 1, {"name": "Lee"})
    await acme.delete("contact", one.id, 2)
    await acme.restore("contact", one.id)
    return one


async def test_each_change_is_told_with_before_and_after(acme, store, keeping):
    one = await made(acme)
    told = await acme.history("contact", one.id)
    assert [(entry.no, entry.actor, entry.action) for entry in told] == [
        (4, "kim", "restore"), (3, "kim", "delete"), (2, "kim", "change"), (1, "kim", "create"),
    ]  # fmt: skip
    assert told[3].before == {}
    assert (told[2].before["fields"]["name"], told[2].after["fields"]["name"]) == ("Kim", "Lee")
    assert told[2].after["fields"]["pin"] == "kept"
    assert (told[1].before["deleted"], told[1].after["deleted"]) == (False, True)
    assert await entries(store, "other") == []
    assert [entry.no for entry in await entries(store, "acme", before=3, limit=1)] == [2]
    assert await keeping.audit.broken(store) is None


async def test_an_untouched_and_an_empty_chain_hold(store, keeping):
    assert await keeping.audit.broken(store) is None


@pytest.mark.parametrize(
    ("statement", "no"),
    [
        (update(AUDIT).where(AUDIT.c.no == 2).values(actor="lee"), 2),
        (update(AUDIT).where(AUDIT.c.no == 2).values(after={"version": 2}), 2),
        (update(AUDIT).where(AUDIT.c.no == 3).values(tenant="other"), 3),
        (delete(AUDIT).where(AUDIT.c.no == 1), 1),
        (delete(AUDIT).where(AUDIT.c.no == 3), 3),
        (delete(AUDIT).where(AUDIT.c.no == 4), 4),
        (delete(AUDIT), 1),
        (update(tables.audit_head).values(no=3), 5),
        (delete(tables.audit_head), 5),
    ],
)
async def test_what_is_altered_by_hand_shows(acme, store, keeping, statement, no):
    """SEC41."""
    await made(acme)
    async with store.write() as conn:
        await conn.execute(statement)
    broken = await keeping.audit.broken(store)
    assert broken is not None
    assert (broken.no, str(no) in broken.why or "end" in broken.why) == (no, True)


async def test_rows_in_another_order_show(acme, store, keeping):
    await made(acme)
    async with store.write() as conn:
        rows = [dict(row) for row in (await conn.execute(select(AUDIT).order_by(AUDIT.c.no))).mappings()]
        await conn.execute(delete(AUDIT))
        rows[1]["no"], rows[2]["no"] = rows[2]["no"], rows[1]["no"]
        await conn.execute(insert(AUDIT), rows)
    broken = await keeping.audit.broken(store)
    assert broken is not None
    assert broken.no == 2


async def test_a_chain_cannot_be_made_anew_without_the_key(acme, store, keeping):
    await made(acme)
    assert await Audit(b"another key").broken(store) is not None
