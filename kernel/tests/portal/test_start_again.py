"""A real portal that is asked to start again does so in its own process, with what was kept meanwhile, and once."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from switchhook.clock import SystemClock
from switchhook.config import default_toml, make_secrets
from switchhook.portal.restarts import Restarts
from switchhook.store.engine import Store
from switchhook.store.plugin_choices import StoredChoice, note_restart, put_choice

PLUGIN = """
import os
import attrs
from switchhook import hookimpl, setting

@attrs.frozen
class Tattler:
    lines: int = setting("integer", "Zeilen", "Lines", default=5)

    @hookimpl
    def portal_started(self):
        with open(os.environ["TATTLER"], "a") as file:
            file.write(f"{self.lines} {os.getpid()}\\n")
"""


def test_only_what_was_wished_after_the_start_is_obeyed() -> None:
    restarts = Restarts(3)
    restarts.obey(3)
    assert not restarts.wanted.is_set()
    restarts.obey(4)
    assert restarts.wanted.is_set()


class Site:
    """An installation with one plugin that tells of each start, and no Asterisk."""

    def __init__(self, home: Path) -> None:
        self.home, self.told = home, home / "told"
        made = home / "plugins" / "tattler-1.0.dist-info"
        made.mkdir(parents=True)
        (made.parent / "tattler.py").write_text(PLUGIN)
        (made / "METADATA").write_text("Metadata-Version: 2.1\nName: tattler\nVersion: 1.0\n")
        (made / "entry_points.txt").write_text("[switchhook]\ntattler = tattler:Tattler\n")
        make_secrets(home / "data")
        ports = {"agi_port": free_port(), "ami_port": 1, "web_port": free_port()}
        (home / "switchhook.toml").write_text(default_toml(home / "data", root="/nonexistent", **ports))

    @property
    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.home / "plugins"), "TATTLER": str(self.told)}

    async def process(self, *words: str) -> asyncio.subprocess.Process:
        with (self.home / "log").open("ab") as out:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "switchhook.cli", "--config", str(self.home / "switchhook.toml"), *words),
                env=self.environment,
                stdout=out,
                stderr=out,
            )

    async def says(self, choice: StoredChoice) -> None:
        """Keep what an operator says in the portal, and wish for a restart."""
        store = Store(f"sqlite:///{self.home / 'data' / 'switchhook.db'}")
        try:
            async with store.write() as conn:
                await put_choice(conn, choice)
                await note_restart(conn)
        finally:
            await store.close()

    @asynccontextmanager
    async def portal(self, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await self.process("run", *words)
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 60)

    async def starts(self, count: int) -> list[list[str]]:
        """What the plugin told, once it told of so many starts."""
        await self._until(lambda: len(self.lines()) >= count)
        return self.lines()

    async def takes_calls(self, workers: int) -> None:
        await self._until(lambda: (self.home / "log").read_text().count("worker takes calls") >= workers)

    async def _until(self, holds: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(100):
                while True:
                    if holds():
                        return
                    await asyncio.sleep(0.1)
        except TimeoutError:
            pytest.fail((self.home / "log").read_text()[-4000:])

    def lines(self) -> list[list[str]]:
        return [line.split() for line in self.told.read_text().splitlines()] if self.told.exists() else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.timeout(300)  # two starts of several processes, on a machine that may have much else to do
@pytest.mark.parametrize("workers", [1, 2])
async def test_a_portal_starts_again_with_what_is_kept_and_leaves_safe_mode(tmp_path: Path, workers: int) -> None:
    site = Site(tmp_path)
    async with site.portal("--safe", "--workers", str(workers)) as process:
        await site.takes_calls(workers)
        assert site.lines() == []  # in safe mode it is not loaded
        await site.says(StoredChoice("tattler", 1, document={"lines": 7}, changed=SystemClock().now()))
        processes = workers if workers == 1 else workers + 1
        told = await site.starts(processes)
    assert process.returncode == 0
    assert {lines for lines, _ in told} == {"7"}
    assert str(process.pid) in {pid for _, pid in told}
    assert len(site.lines()) == processes
