"""Recorded talks: who agreed stands in the ledger, on the disk, before Asterisk is given the name of a file (I13, S82)."""

from __future__ import annotations

import os
import time
import wave
from array import array
from pathlib import Path

import attrs
import pytest
from sqlalchemy import select

from switchhook.calls.prompts import Prompt
from switchhook.calls.recording import StorageFull
from switchhook.calls.talk import TalkPlan, version_of
from switchhook.consent import Note
from switchhook.errors import NotFound
from switchhook.media.files import MediaFiles
from switchhook.media.talks import Said, Talks
from switchhook.store.tables_consent import consent, talk
from switchhook.store.tables_media import media as table

from .conftest import House, a_call

PLAN = TalkPlan("announce_and_key", "notice", ("recording-class", "sales"), facts={"number": "+492215550"})
GRANTED = Note("caller", "theirs", "granted", "question@1", "1")


@pytest.fixture
def talks(house: House) -> Talks:
    return Talks(house.store, house.clock, house.files, house.media.room)


@pytest.fixture
def notice(tmp_path: Path) -> Prompt:
    (tmp_path / "notice.wav").write_bytes(b"a sound")
    return Prompt("notice", "de", 1.0, tmp_path / "notice.wav")


def said(verdict: str = "granted", key: str = "1", step: int = 3) -> Said:
    return Said(a_call().id, step, verdict, key, "anna")


async def rows(house: House, of) -> list[dict]:
    async with house.store.read() as conn:
        return [dict(row) for row in (await conn.execute(select(of))).mappings()]


async def test_who_agreed_is_written_down_with_the_version_of_what_was_heard(house, talks, notice) -> None:
    await talks.note(a_call(), PLAN.mode, GRANTED)
    await talks.prepare(a_call(), 3, PLAN, notice, "Sales")
    name = await talks.answered(said())
    (recording,) = await rows(house, table)
    assert name == f"{recording['id']}.raw"
    assert (recording["state"], recording["of"], recording["owner"], recording["label"]) == (
        "recording", "recording", "sales", "Sales",
    )  # fmt: skip
    caller, called = await rows(house, consent)
    assert (caller["who"], caller["step"], caller["key"], caller["prompt"]) == ("+491711", 0, "1", "question@1")
    assert (called["party"], called["who"], called["verdict"], called["prompt"]) == (
        "called", "anna", "granted", version_of(notice),
    )  # fmt: skip
    done = await talks.done(a_call(), 3)
    assert (done.media, [one.verdict for one in done.asked]) == (recording["id"], ["granted"])


@pytest.mark.parametrize(
    ("caller", "answer"),
    [
        (None, said()),
        (attrs.evolve(GRANTED, verdict="refused", key="2"), said()),
        (GRANTED, said("refused", "2")),
        (GRANTED, said("refused", "")),
        (GRANTED, said("granted", "")),
        (GRANTED, said("granted", "2")),
        (GRANTED, said("refused", "1")),
    ],
)
async def test_without_the_consent_of_both_there_is_no_file_to_write(house, talks, notice, caller, answer) -> None:
    if caller is not None:
        await talks.note(a_call(), PLAN.mode, caller)
    await talks.prepare(a_call(), 3, PLAN, notice, "Sales")
    assert await talks.answered(answer) == ""
    assert await rows(house, table) == []


async def test_who_took_consent_back_before_somebody_answers_is_not_recorded(house, talks, notice) -> None:
    await talks.note(a_call(), PLAN.mode, GRANTED)
    await talks.note(a_call(), PLAN.mode, attrs.evolve(GRANTED, verdict="revoked"))
    await talks.prepare(a_call(), 3, PLAN, notice, "Sales")
    assert await talks.answered(said()) == ""


async def test_nobody_is_recorded_whose_leg_was_not_to_be(talks, notice) -> None:
    await talks.note(a_call(), PLAN.mode, GRANTED)
    await talks.prepare(a_call(), 3, PLAN, notice, "Sales")
    with pytest.raises(NotFound):
        await talks.answered(said(step=4))


async def test_of_agents_alone_the_caller_is_not_asked_and_one_side_is_written(talks, notice) -> None:
    await talks.prepare(a_call(), 3, attrs.evolve(PLAN, mode="agent_only"), notice, "Sales")
    assert (await talks.answered(said())).endswith(".sln")


async def test_a_caller_whose_number_was_not_shown_stands_there_by_the_pseudonym(house, talks) -> None:
    hidden = attrs.evolve(a_call(), caller=attrs.evolve(a_call().caller, presentation="suppressed", key="0123456789ab"))
    await talks.note(hidden, PLAN.mode, GRANTED)
    assert [row["who"] for row in await rows(house, consent)] == ["01234567"]


async def test_a_full_disk_begins_no_talk(house, talks, notice, monkeypatch) -> None:
    monkeypatch.setattr(MediaFiles, "has_room_for_talks", lambda files, count: False)
    with pytest.raises(StorageFull):
        await talks.prepare(a_call(), 3, PLAN, notice, "Sales")
    assert ("media.disk", str(house.files.directory), "open") in await house.alerts("operator")


async def recorded(house: House, talks: Talks, notice: Prompt, data: bytes) -> str:
    """A talk of which Asterisk wrote ``data`` a while ago, and whose call is over."""
    await talks.note(a_call(), PLAN.mode, GRANTED)
    await talks.prepare(a_call(), 3, PLAN, notice, "Sales")
    name = await talks.answered(said())
    (house.files.spool / name).write_bytes(data)
    os.utime(house.files.spool / name, (time.time() - 10,) * 2)
    house.over.add(a_call().id)
    house.clock.advance(10)
    return name.partition(".")[0]


async def test_a_talk_becomes_a_sound_of_two_channels_even_where_it_was_cut_off(house, talks, notice) -> None:
    """REL17: whatever died, what was written until then can be played, and the consent is kept."""
    sides = array("h", [1000, -32768] * 8000)
    media = await recorded(house, talks, notice, sides.tobytes() + b"\1\0\2")
    assert await house.sweeper.finish() == 1
    sound = house.files.sound("acme", media)
    with wave.open(str(sound)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 8000)
        assert array("h", file.readframes(8000)) == sides
    (row,) = await rows(house, table)
    assert (row["state"], row["seconds"], row["bytes"], row["peaks"][:4]) == ("kept", 1.0, sound.stat().st_size, "ffff")
    assert house.told == [media]
    assert list(house.files.spool.iterdir()) == []
    assert len(await rows(house, consent)) == 2


async def test_nobody_connected_leaves_nothing(house, talks, notice) -> None:
    await recorded(house, talks, notice, b"")
    await house.sweeper.finish()
    assert await rows(house, table) == []
    assert list(house.files.spool.iterdir()) == []


async def test_a_talk_that_is_still_written_is_left_alone(house, talks, notice) -> None:
    media = await recorded(house, talks, notice, b"\1\0" * 4000)
    (house.files.spool / f"{media}.raw").touch()
    await house.sweeper.finish()
    assert [row["state"] for row in await rows(house, table)] == ["recording"]
    assert (house.files.spool / f"{media}.raw").exists()


async def test_a_file_nobody_agreed_to_is_removed(house, talks) -> None:
    """SEC38: no audio without a consent before it, not even after a backup was restored."""
    lost = house.files.spool / f"{'a' * 24}.raw"
    lost.write_bytes(b"\1\0" * 100)
    os.utime(lost, (time.time() - 3600,) * 2)
    await house.sweeper.compare()
    assert not lost.exists()


async def test_what_was_prepared_is_forgotten(house, talks, notice) -> None:
    await talks.prepare(a_call(), 3, PLAN, notice, "Sales")
    house.clock.advance(3 * 86400)
    await talks.forget()
    assert await rows(house, talk) == []
