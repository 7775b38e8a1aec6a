"""What is measured on: one Asterisk with Switchhook's own configuration, and the same call in three ways beside it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import IO, Self

import attrs
import lab
import lab_settings
from phones import CALLERS, free_port, free_rtp_range, tone_wav

from switchhook.asterisk.conf_write import CURRENT, write
from switchhook.asterisk.configured import (
    asterisk_paths,
    asterisk_process,
    conf_root,
    write_configuration,
)
from switchhook.asterisk.place import AsteriskPlace, find_asterisk
from switchhook.clock import SystemClock
from switchhook.config import Settings, default_toml, load_settings, make_secrets
from switchhook.portal.configuration import configuration
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook.store.routing import Fallback

from . import ways
from .ways import LEAVERS, MEETERS, NUMBERS, PATIENCE, PROMPT, SWITCHHOOK, WAITERS

PLUGIN = "plugin"
"""Where in a site's directory the plugin of the measured call is."""


@attrs.define
class Site:
    """One installation with its Asterisk running; the portal and the bare handler are started when they are measured."""

    lab: lab.Lab
    place: AsteriskPlace
    callers_port: int
    peer_port: int
    proxy_port: int
    speakers_port: int

    @classmethod
    async def make(cls, home: Path) -> Self:
        """Make everything and start Asterisk. ``home`` is an empty directory."""
        callers, speakers, peer, proxy = free_port(CALLERS), free_port(CALLERS), _tcp(), _tcp()
        settings = _settings(home, callers, speakers)
        write_plugin(home)
        sounds = settings.data_dir / "sounds" / "en"
        for name, frequency, seconds in (
            ("bench/first", 300, PROMPT),
            ("bench/second", 500, PROMPT),
            ("bench/wrong", 1000, PATIENCE),
            ("stock/beep", 1000, PROMPT),
            ("stock/unavailable", 1200, PATIENCE),
        ):
            tone_wav(frequency, seconds, sounds / f"{name}.wav")
        store = Store(settings.store.url.reveal())
        await migrate(store)
        directory = Directory(store, SystemClock())
        flows = ((NUMBERS, ways.CALL), (WAITERS, ways.WAITING), (LEAVERS, ways.LEAVING), (MEETERS, ways.MEETING))
        await lab._flows(directory, {f"+{of[SWITCHHOOK]}": flow for of, flow in flows}, Fallback())
        place = find_asterisk(settings)
        asterisk = asterisk_process(settings, place)
        site = cls(lab.Lab(home, settings, store, asterisk, {}), place, callers, peer, proxy, speakers)
        await lab.apply(site.lab, ways.BOXES + ways.ROOMS)
        write(await site._files(), conf_root(settings))
        await asterisk.start()
        return site

    @property
    def asterisk_pid(self) -> int:
        """Asterisk's process."""
        pid = self.lab.asterisk.status_now().pid
        assert pid is not None, "Asterisk is gone"
        return pid

    async def equip(self) -> None:
        """Put the native call and the bare handler's beside Switchhook's own; a starting portal takes them out again."""
        write_configuration(self.lab.settings, await self._files())
        await self.lab.asterisk.reload()

    async def portal(self) -> lab.Portal:
        """Start Switchhook with nothing of earlier measurements left for it to take in, and its own configuration."""
        spool = Path(asterisk_paths(self.lab.settings).cel_spool)
        for file in spool.parent.glob("*"):
            file.unlink(missing_ok=True)
        portal = await self.lab.portal(environment={"PYTHONPATH": str(self.lab.home / PLUGIN)}, deadline=60)

        def ready() -> bool:
            beside = conf_root(self.lab.settings) / CURRENT / "voicemail.conf"
            return not beside.exists() and "pages are served" in portal.log.read_text()

        await self.lab.until(ready, "the portal to have done what it does at its start", 60)
        return portal

    async def restart(self) -> None:
        """Start Asterisk anew."""
        await self.lab.asterisk.stop()
        await self.lab.asterisk.start()

    async def bare(self) -> BareHandler:
        """Start the bare handler."""
        return await BareHandler.start(self.peer_port, self.lab.home / "peer.log")

    async def idle(self, deadline: float = 60) -> None:
        """Wait until Asterisk has no channel left."""

        async def none() -> bool:
            return await self.lab.channels() == 0

        await self.lab.until(none, "all channels to end", deadline)

    async def close(self) -> None:
        """Stop everything."""
        await self.lab.close()

    def _sound(self, name: str) -> str:
        return str((self.lab.settings.data_dir / "sounds" / "en" / name).resolve())

    async def _files(self) -> dict[str, str]:
        """Switchhook's configuration with the other ways beside it."""
        files = dict(await configuration(self.lab.settings, self.place, self.lab.store, SystemClock()))
        rendered = files["extensions.conf"]
        files["extensions.conf"] += self._dialplan() + self._counted(rendered)
        files["modules.conf"] += f"load = {ways.VOICEMAIL_MODULE}\n"
        return files | {"voicemail.conf": ways.VOICEMAIL}

    def _dialplan(self) -> str:
        sounds = [self._sound(name) for name in ("bench/first", "bench/second", "bench/wrong", "stock/beep")]
        return ways.dialplan(*sounds, peer=self.peer_port)

    def _counted(self, rendered: str) -> str:
        """The rendered way of a call once more, over the proxy."""
        start = rendered.index("[call]\n")
        block = rendered[start : rendered.index("[fallback]\n")]
        block = block.replace("[call]\n", "[counted]\n", 1)
        return "\n" + block.replace(f":{self.lab.settings.agi.port}/", f":{self.proxy_port}/")


@attrs.frozen
class BareHandler:
    """The bare panoramisk handler's process."""

    process: asyncio.subprocess.Process
    _log: IO[bytes]

    @classmethod
    async def start(cls, port: int, log: Path) -> Self:
        """Start it and wait until it listens."""
        out = log.open("wb")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(Path(__file__).with_name("peer.py")), str(port)),
            stdout=asyncio.subprocess.PIPE,
            stderr=out,
        )
        assert process.stdout is not None
        async with asyncio.timeout(20):
            said = await process.stdout.readline()
        assert said.strip() == b"ready", f"the bare handler did not start, see {log}"
        return cls(process, out)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self.process.pid

    async def stop(self) -> None:
        """End it."""
        self.process.terminate()
        await self.process.wait()
        self._log.close()


def write_plugin(home: Path) -> None:
    """A directory for PYTHONPATH with a plugin, installed as pip would, whose module sets three variables."""
    where = home / PLUGIN
    info = where / "bench_plugin-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bench-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[switchhook]\nbench = bench_plugin\n")
    (where / "bench_plugin.py").write_text(Path(__file__).with_name("three_variables.py").read_text())


def _settings(home: Path, callers_port: int, speakers_port: int) -> Settings:
    data = home / "data"
    data.mkdir(parents=True)
    make_secrets(data)
    low, high = free_rtp_range(4000)
    text = default_toml(
        data,
        systemname=f"bench{os.getpid()}"[:16],
        agi_port=_tcp(),
        ami_port=_tcp(),
        web_port=_tcp(),
        sip_port=free_port(),
        rtp_start=low,
        rtp_end=high,
    ).replace('# tenant = "main"', f'tenant = "{lab.TENANT}"')
    text += f'\n[trunk]\nhost = "{CALLERS}"\nport = {callers_port}\ncaller_id = "+4922155500"\n'
    text += f'also_from = ["{CALLERS}:{speakers_port}"]\n'
    file = home / "switchhook.toml"
    file.write_text(text)
    return load_settings(file, {})


def _tcp() -> int:
    return lab_settings.tcp_port()
