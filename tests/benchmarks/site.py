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

from switchhook.asterisk.conf_write import write
from switchhook.asterisk.configured import asterisk_paths, asterisk_process, conf_root, write_configuration
from switchhook.asterisk.place import AsteriskPlace, find_asterisk
from switchhook.clock import SystemClock
from switchhook.config import Settings, default_toml, load_settings, make_secrets
from switchhook.portal.configuration import configuration
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook.store.routing import Fallback

from .peer import ROUTE, WAITING

NATIVE, BARE, SWITCHHOOK = "native", "panoramisk", "switchhook"
WAYS = (NATIVE, BARE, SWITCHHOOK)
KEY = "1"
PATIENCE = 10
"""Seconds the call waits for its key: more than a caller stays, so that a lost key is a failed call."""
LONG = 120
"""Seconds the waiting call waits."""
PROMPT = 0.3
COUNTED = "4922155509"
"""Switchhook's call by way of a proxy that counts."""

NUMBERS = {NATIVE: "4922155501", BARE: "4922155502", SWITCHHOOK: "4922155503"}
WAITERS = {NATIVE: "4922155504", BARE: "4922155505", SWITCHHOOK: "4922155506"}

_CALL = f"""\
flow: bench
label: The call that is measured
language: en
start: ask
points:
  ask:
    module: menu
    settings:
      prompts: [bench/first]
      keys: ["{KEY}"]
      wait: {PATIENCE}
      tries: 1
    exits:
      "key:{KEY}": remember
      timeout: wrong
      invalid: wrong
  remember:
    module: bench-variables
    exits:
      next: second
  second:
    module: announcement
    settings:
      prompts: [bench/second]
    exits:
      next: hang-up
  wrong:
    module: announcement
    settings:
      prompts: [bench/wrong]
    exits:
      next: hang-up
"""

_WAITING = f"""\
flow: waiting
label: A caller who waits
language: en
start: ask
points:
  ask:
    module: menu
    settings:
      prompts: [bench/first]
      keys: ["{KEY}"]
      wait: 60
      tries: 2
      timeout_prompt: bench/first
    exits:
      "key:{KEY}": hang-up
      timeout: hang-up
      invalid: hang-up
"""

_DIALPLAN = """
[from-trunk]
exten => {native},1,Answer()
 same => n,Read(KEY,{first},1,,1,{patience})
 same => n,GotoIf($["${{KEY}}" = "{key}"]?right)
 same => n,Playback({wrong},noanswer)
 same => n,Hangup()
 same => n(right),Set(CUSTOMER=4711)
 same => n,Set(LANGUAGE_CHOSEN=en)
 same => n,Set(PRIORITY=high)
 same => n,Playback({second},noanswer)
 same => n,Hangup()
exten => {bare},1,AGI(agi://127.0.0.1:{peer}/{route},{first},{second},{wrong})
 same => n,Hangup()
exten => {native_waiting},1,Answer()
 same => n,Read(KEY,{first},1,,1,{long})
 same => n,Hangup()
exten => {bare_waiting},1,AGI(agi://127.0.0.1:{peer}/{waiting},{first})
 same => n,Hangup()
exten => {counted},1,Set(SH_ORIGIN=trunk)
 same => n,Set(SH_NUMBER={switchhook})
 same => n,Goto(counted,{switchhook},1)
"""


@attrs.define
class Site:
    """One installation with its Asterisk running; the portal and the bare handler are started when they are measured."""

    lab: lab.Lab
    place: AsteriskPlace
    callers_port: int
    peer_port: int
    proxy_port: int

    @classmethod
    async def make(cls, home: Path) -> Self:
        """Make everything and start Asterisk. ``home`` is an empty directory."""
        callers, peer, proxy = free_port(CALLERS), _tcp(), _tcp()
        settings = _settings(home, callers)
        os.environ["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(write_plugin(home)), os.environ.get("PYTHONPATH", "")])
        )
        sounds = settings.data_dir / "sounds" / "en"
        for name, frequency, seconds in (
            ("bench/first", 300, PROMPT),
            ("bench/second", 500, PROMPT),
            ("bench/wrong", 1000, PATIENCE),
            ("stock/unavailable", 1200, PATIENCE),
        ):
            tone_wav(frequency, seconds, sounds / f"{name}.wav")
        store = Store(settings.store.url.reveal())
        await migrate(store)
        directory = Directory(store, SystemClock())
        flows = {f"+{NUMBERS[SWITCHHOOK]}": _CALL, f"+{WAITERS[SWITCHHOOK]}": _WAITING}
        await lab._flows(directory, flows, Fallback())
        place = find_asterisk(settings)
        write(dict(await configuration(settings, place, store, SystemClock())), conf_root(settings))
        asterisk = asterisk_process(settings, place)
        await asterisk.start()
        return cls(lab.Lab(home, settings, store, asterisk, {}), place, callers, peer, proxy)

    @property
    def asterisk_pid(self) -> int:
        """Asterisk's process."""
        pid = self.lab.asterisk.status_now().pid
        assert pid is not None, "Asterisk is gone"
        return pid

    async def equip(self) -> None:
        """Put the native call and the bare handler's beside Switchhook's own; a starting portal takes them out again."""
        files = dict(await configuration(self.lab.settings, self.place, self.lab.store, SystemClock()))
        rendered = files["extensions.conf"]
        files["extensions.conf"] = rendered + self._dialplan() + self._counted(rendered)
        write_configuration(self.lab.settings, files)
        await self.lab.asterisk.reload()

    async def portal(self) -> lab.Portal:
        """Start Switchhook with nothing of earlier measurements left for it to take in."""
        spool = Path(asterisk_paths(self.lab.settings).cel_spool)
        for file in spool.parent.glob("*"):
            file.unlink(missing_ok=True)
        return await self.lab.portal(deadline=60)

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
        return str((self.lab.settings.data_dir / "sounds" / "en" / "bench" / name).resolve())

    def _dialplan(self) -> str:
        return _DIALPLAN.format(
            native=NUMBERS[NATIVE],
            bare=NUMBERS[BARE],
            native_waiting=WAITERS[NATIVE],
            bare_waiting=WAITERS[BARE],
            counted=COUNTED,
            switchhook=NUMBERS[SWITCHHOOK],
            first=self._sound("first"),
            second=self._sound("second"),
            wrong=self._sound("wrong"),
            key=KEY,
            patience=PATIENCE,
            long=LONG,
            peer=self.peer_port,
            route=ROUTE,
            waiting=WAITING,
        )

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


def write_plugin(home: Path) -> Path:
    """A directory for PYTHONPATH with a plugin, installed as pip would, whose module sets three variables."""
    where = home / "plugin"
    info = where / "bench_plugin-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bench-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[switchhook]\nbench = bench_plugin\n")
    (where / "bench_plugin.py").write_text(Path(__file__).with_name("three_variables.py").read_text())
    return where


def _settings(home: Path, callers_port: int) -> Settings:
    data = home / "data"
    data.mkdir(parents=True)
    make_secrets(data)
    low, high = free_rtp_range(4000)
    text = default_toml(
        data,
        systemname=f"bench{os.getpid()}"[:16],
        agi_port=_tcp(),
        ami_port=_tcp(),
        sip_port=free_port(),
        rtp_start=low,
        rtp_end=high,
    ).replace('# tenant = "main"', f'tenant = "{lab.TENANT}"')
    text += f'\n[trunk]\nhost = "{CALLERS}"\nport = {callers_port}\ncaller_id = "+4922155500"\n'
    file = home / "switchhook.toml"
    file.write_text(text)
    return load_settings(file, {})


def _tcp() -> int:
    return lab_settings.tcp_port()
