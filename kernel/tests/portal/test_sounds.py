"""Sounds that come and go are known to every process of a running portal, without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from switchhook.asterisk.agi_server import AgiServer
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SystemClock
from switchhook.config import Settings, default_toml, load_settings, make_secrets
from switchhook.portal import worker
from switchhook.portal.administration import administration_of
from switchhook.portal.plugging import plug_in
from switchhook.portal.sounds import follow_sounds, sounds_directory, sounds_of_administration
from switchhook.prompts.library import PromptLibrary
from switchhook.speech.audio import to_wav, tone

WAV = to_wav(tone(440, 1))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    make_secrets(tmp_path / "data")
    (tmp_path / "switchhook.toml").write_text(default_toml(tmp_path / "data"))
    return load_settings(tmp_path / "switchhook.toml", {})


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while True:
            if holds():
                return
            await asyncio.sleep(0.02)


async def meanwhile(work: Awaitable[None], library: PromptLibrary, folder: Path) -> None:
    """While ``work`` follows a folder, sounds come, grow, change and go."""
    follows = asyncio.ensure_future(work)

    def known() -> dict[str, float]:
        return {prompt.id: prompt.seconds for prompt in library.prompts()}

    (folder / "de" / "shop").mkdir(parents=True)
    (folder / "de" / "shop" / "new.wav").write_bytes(WAV[:200])  # still being copied
    await until(lambda: ("de", "shop/new") in library.refused)
    (folder / "de" / "shop" / "new.wav").write_bytes(WAV)
    await until(lambda: known() == {"shop/new": 1.0})
    assert library.refused == {}
    (folder / "de" / "shop" / "new.wav").write_bytes(to_wav(tone(440, 2)))
    await until(lambda: known() == {"shop/new": 2.0})
    (folder / "de" / "shop" / "new.wav").unlink()
    await until(lambda: known() == {})
    follows.cancel()
    with suppress(asyncio.CancelledError):
        await follows


async def test_sounds_that_come_change_and_go_are_noticed(tmp_path):
    library = PromptLibrary(tmp_path / "sounds")
    await meanwhile(follow_sounds(library, every=0.01), library, library.directory)


async def test_what_did_not_change_is_not_read_again(tmp_path, monkeypatch):
    library = PromptLibrary(tmp_path)
    library.add("a", "de", WAV)
    assert library.rescan()
    monkeypatch.setattr("switchhook.prompts.library.wav_seconds", lambda path: pytest.fail(f"{path} was read"))
    assert not library.rescan()
    (tmp_path / "de" / "b.txt").write_text("no sound")
    assert not library.rescan()


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_the_calls_and_the_administration_of_a_portal_know_of_new_sounds(store, settings, monkeypatch):
    monkeypatch.setattr(worker, "plug_in", partial(plug_in, sources=[]))
    monkeypatch.setattr(worker.Worker, "port", 4573)

    async def listen(server: AgiServer) -> None:
        return None

    monkeypatch.setattr(AgiServer, "start", listen)
    clock = SystemClock()
    async with worker.working(settings, store, clock) as serving:
        administration = administration_of(settings, store, clock, serving.plugged, LiveCalls(clock))
        service = asyncio.create_task(sounds_of_administration(administration))
        file = sounds_directory(settings) / "de" / "fresh.wav"
        file.parent.mkdir(parents=True)
        file.write_bytes(WAV)
        for library in (serving.library, administration.publishing.prompts):
            await until(lambda library=library: [one.id for one in library.prompts()] == ["fresh"])
        assert administration.numbers.has_prompt("fresh", "acme")
        service.cancel()
        await asyncio.wait([service])
