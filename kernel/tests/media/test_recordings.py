"""Recordings are kept once, without the silence at their end, and only when something was said."""

from __future__ import annotations

import errno
from types import SimpleNamespace

import pytest

from switchhook import NotFound
from switchhook.access.actor import Actor, Forbidden
from switchhook.calls.recording import StorageFull, Wish
from switchhook.media import files as files_of
from switchhook.speech.audio import read_wav, wav_seconds

from .conftest import BOSS, House, a_call


async def test_what_was_said_is_kept_once_without_the_silence_after_it(house: House) -> None:
    media = await house.begin()
    assert media == await house.begin(), "the same step of a call is the same recording"
    assert (await house.of().page()).files == [], "what is not whole is in no list"
    house.says(media, 2.0, 4)
    seconds = await house.recordings.finish("acme", media)
    assert 2.0 <= seconds < 2.5
    assert await house.recordings.finish("acme", media) == seconds, "as often as it is asked for"
    assert house.told == [media]
    sounding = await house.of().open(media)
    assert wav_seconds(sounding.path) == seconds
    assert sounding.file.bytes == sounding.path.stat().st_size == (await house.of().usage()).used
    assert (sounding.file.owner_kind, sounding.file.owner, sounding.file.label) == ("mailbox", "box", "Box")
    assert len(sounding.peaks) == 800
    assert sounding.path.stat().st_mode & 0o007 == 0, "others on the machine cannot read it"
    assert list(house.files.spool.iterdir()) == []


@pytest.mark.parametrize(("spoken", "silence"), [(0, 5), (0.06, 5), (0, 0)])
async def test_of_silence_a_click_or_nothing_nothing_stays(house: House, spoken: float, silence: float) -> None:
    media = await house.begin()
    house.says(media, spoken, silence)
    assert await house.recordings.finish("acme", media) == 0
    assert (house.told, list(house.files.spool.iterdir()), (await house.of().usage()).used) == ([], [], 0)
    assert await house.recordings.begin(a_call(), 1, Wish("message", "mailbox", "box"), again=True) == "gone"
    assert await house.recordings.finish("acme", "gone") == 0


async def test_a_recording_cut_off_in_the_middle_of_a_sample_is_whole(house: House) -> None:
    media = await house.begin()
    house.says(media, 1.0, 0)
    with house.files.taped(media).open("ab") as file:
        file.write(b"\x01")
    assert await house.recordings.finish("acme", media) == 1.0
    assert read_wav((await house.of().open(media)).path).seconds == 1.0


async def test_a_disk_that_takes_nothing_puts_it_off_and_loses_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = await house.begin()
    house.says(media, 1.0, 0)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(files_of, "_put", full)
        assert await house.recordings.finish("acme", media) == 1.0, "the caller notices nothing"
        assert (await house.of().page()).files == []
        house.over.add("sh1-1.1")
        house.clock.advance(20)
        assert await house.sweeper.finish() == 0
        assert ("media.disk", str(house.files.directory), "open") in await house.alerts("operator")
    assert await house.sweeper.finish() == 1
    assert (await house.of().get(media)).seconds == 1.0
    assert house.told == [media]


async def test_a_disk_without_room_refuses_with_an_alert_and_writes_no_row(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_of, "MARGIN", 1 << 60)
    with pytest.raises(StorageFull, match="the disk is full"):
        await house.begin()
    assert ("media.disk", str(house.files.directory), "open") in await house.alerts("operator")
    monkeypatch.undo()
    assert await house.begin() == await house.begin()


async def test_recordings_in_the_making_share_the_disk(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    room = 100 * (files_of.TAPED_BYTES + files_of.BYTES_A_SECOND) + files_of.MARGIN  # for one of 60 s, not for two
    monkeypatch.setattr(files_of.shutil, "disk_usage", lambda _: SimpleNamespace(free=room))
    media = await house.begin()
    with pytest.raises(StorageFull, match="the disk is full"):
        await house.begin(call=a_call("sh1-2.2"))
    house.says(media)
    await house.recordings.finish("acme", media)
    await house.begin(call=a_call("sh1-2.2"))


async def test_others_find_nothing_and_without_the_right_nobody_does(house: House) -> None:
    media = await house.begin()
    house.says(media)
    await house.recordings.finish("acme", media)
    for foreign in (house.of("other"), house.media.belonging("acme", ("mailbox", "another"), BOSS)):
        with pytest.raises(NotFound):
            await foreign.open(media)
        assert await foreign.delete([media]) == 0
        assert (await foreign.page()).files == []
    with pytest.raises(NotFound):
        await house.recordings.find("other", media)
    nobody = house.of(actor=Actor("nobody"))
    for asked in (nobody.page(), nobody.open(media), nobody.delete([media])):
        with pytest.raises(Forbidden):
            await asked
    assert (await house.media.belonging("acme", ("mailbox", "box"), BOSS).get(media)).id == media
    assert (await house.recordings.find("acme", media)).id == f"media/{media}"
