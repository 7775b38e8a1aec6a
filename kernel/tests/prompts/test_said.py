"""Sounds made for calls do not fill the disk: those heard last stay, and what is gone is made again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from switchhook.calls.prompts import Prompt
from switchhook.prompts import said
from switchhook.prompts.library import PromptLibrary
from switchhook.prompts.making import LibraryMaker
from switchhook.prompts.said import SaidCount, note_heard, tidy_said
from switchhook.speech.audio import to_wav, tone

WAV = to_wav(tone(440, 0.1))


def later(passed: timedelta) -> datetime:
    return datetime.now(UTC) + passed


def heard_in_order(prompts: list[Prompt]) -> None:
    """The last one last, however coarse the file system's time is."""
    last = 0
    for prompt in prompts:
        while prompt.path.stat().st_ctime_ns <= last:
            assert note_heard(prompt.path)
        last = prompt.path.stat().st_ctime_ns


@pytest.fixture
def library(tmp_path: Path) -> PromptLibrary:
    return PromptLibrary(tmp_path)


async def test_above_its_share_a_tenant_loses_what_was_not_heard_for_longest(
    library: PromptLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = LibraryMaker(library, b"ours")
    made = [await maker.make("acme", ("de", "en")[n % 2], f"k{n}", lambda: WAV) for n in range(6)]
    kept = [await maker.make("other", "de", "k0", lambda: WAV), library.add("own/hello", "de", WAV, "acme")]
    library.rescan()
    heard_in_order([*kept, *made])
    while made[0].path.stat().st_ctime_ns <= made[5].path.stat().st_ctime_ns:
        assert await maker.make("acme", "de", "k0", lambda: b"not made again") == made[0]
    assert not library.rescan(), "that a sound was heard is no change of it"
    size = made[0].path.stat().st_size
    monkeypatch.setattr(said, "MOST", 3)
    assert tidy_said(library.directory, later(timedelta(minutes=59))).removed == 0, "it may be heard at this moment"
    assert tidy_said(library.directory, later(timedelta(hours=2))) == SaidCount(4, 4 * size, 3)
    assert [one.path.exists() for one in [*made, *kept]] == [True, False, False, False, True, True, True, True]
    monkeypatch.setattr(said, "MOST_BYTES", 2 * size)
    assert tidy_said(library.directory, later(timedelta(hours=2))) == SaidCount(3, 3 * size, 1)
    assert not made[4].path.exists()


async def test_what_was_not_heard_for_long_goes_and_is_made_again(library: PromptLibrary) -> None:
    maker = LibraryMaker(library, b"ours")
    first = await maker.make("acme", "de", "key", lambda: WAV)
    assert tidy_said(library.directory, later(said.UNHEARD - timedelta(hours=1))).removed == 0
    assert tidy_said(library.directory, later(said.UNHEARD + timedelta(hours=1))) == SaidCount(0, 0, 1)
    assert await maker.make("acme", "de", "key", lambda: WAV) == first
    assert first.path.exists()
    assert tidy_said(library.directory / "nowhere", later(timedelta())) == SaidCount(0, 0, 0)
