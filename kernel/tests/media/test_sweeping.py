"""Files and rows find each other again, whatever died, and however often one looks."""

from __future__ import annotations

import os
from datetime import timedelta

import attrs
import pytest
from sqlalchemy import select

from switchhook.orders.book import Orders
from switchhook.portal.media import order
from switchhook.store.tables_media import media as table
from switchhook.store.tables_orders import work_order

from .conftest import House, a_call


async def states(house: House) -> list[str]:
    async with house.store.read() as conn:
        return sorted((await conn.execute(select(table.c.state))).scalars())


async def test_a_recording_nobody_finished_is_kept_and_ordered_once(house: House) -> None:
    media, silent, on = [await house.begin(1, a_call(f"sh1-{n}.1")) for n in range(3)]
    other_node = await house.begin(1, a_call("sh2-1.1"))
    house.says(media, 1.0, 5)
    house.says(silent, 0, 5)
    house.says(on, 1.0, 0)
    house.says(other_node, 1.0, 0)
    house.over |= {"sh1-0.1", "sh1-1.1", "sh2-1.1"}
    house.recordings = attrs.evolve(
        house.recordings, told=lambda conn, kept: order(Orders(house.store, house.clock), conn, kept)
    )
    assert await house.sweeper.finish() == 0, "what is young may be in a call's hands"
    house.clock.advance(20)
    assert await house.sweeper.finish() == 2
    assert await house.sweeper.finish() == 0
    assert await states(house) == ["kept", "recording", "recording"], "the call that is on, and another Asterisk's"
    async with house.store.read() as conn:
        orders = (await conn.execute(select(work_order))).mappings().all()
    assert [(one["kind"], one["tenant"], one["once"], one["payload"]["owner"]) for one in orders] == [
        ("mailbox.kept", "acme", media, "box")
    ]


async def test_what_was_deleted_is_gone_wherever_it_was_cut_off(house: House) -> None:
    kept = []
    for step in range(3):
        kept.append(await house.begin(step))
        house.says(kept[-1], 1.0, 0)
        await house.recordings.finish("acme", kept[-1])
    assert await house.of().delete([kept[0], "0" * 24]) == 1
    assert (await house.of().usage()).used == 2 * (await house.of().get(kept[1])).bytes
    async with house.store.write() as conn:
        await house.of().trash(conn, [kept[1]])
    house.files.sound("acme", kept[1]).unlink()  # cut off between the file and its row
    assert [file.id for file in (await house.of().page()).files] == [kept[2]]
    assert await house.sweeper.forget() == 1
    assert [path.stem for path in house.files.directory.glob("*/*")] == [kept[2]]
    assert await states(house) == ["kept"]


async def test_what_has_a_date_goes_and_an_upload_that_was_cut_off_leaves_nothing(house: House) -> None:
    wav = house.files.directory.parent / "x.wav"
    media = await house.begin()
    house.says(media, 1.0, 0)
    await house.recordings.finish("acme", media)
    wav = house.files.sound("acme", media).read_bytes()
    short = await house.of().put(
        "announcement", ("prompt", "hi"), wav, original=(".mp3", b"123"), retain_until=house.clock.now() + timedelta(1)
    )
    assert short.bytes == len(wav) + 3
    assert (await house.of().open(short.id)).original.read_bytes() == b"123"  # type: ignore[union-attr]
    house.clock.advance(86_400)
    assert await house.sweeper.forget() == 1
    with pytest.raises(OSError, match="No space"):
        await _cut(house, wav)
    assert await states(house) == ["kept"]
    assert [path.stem for path in house.files.directory.glob("*/*")] == [media]


async def _cut(house: House, wav: bytes) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("switchhook.media.files._put", full)
        await house.of().put("announcement", ("prompt", "hi"), wav)


async def test_files_that_lost_their_row_get_one_and_rows_that_lost_their_file_are_told_of(house: House) -> None:
    lost, bare = await house.begin(1), await house.begin(2)
    for media in (lost, bare):
        house.says(media, 1.0, 0)
        await house.recordings.finish("acme", media)
    house.says("a" * 24, 1.0, 0)
    async with house.store.write() as conn:
        await conn.execute(table.delete().where(table.c.id == lost))
    house.files.sound("acme", bare).unlink()
    await house.sweeper.compare()
    assert len(await states(house)) == 1, "what changed just now is left alone"
    for path in (house.files.sound("acme", lost), house.files.taped("a" * 24)):
        os.utime(path, (1, 1))
    await house.sweeper.compare()
    found = await house.of().get(lost)
    assert (found.of, found.facts, found.seconds) == ("recording", {"found": True}, 1.0)
    assert (await house.of("operator").get("a" * 24)).seconds == 1.0
    assert ("media.lost", "files", "open") in await house.alerts("operator")
    assert list(house.files.spool.iterdir()) == []
