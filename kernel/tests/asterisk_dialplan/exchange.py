"""A real Asterisk with a rendered configuration, for one test."""

from __future__ import annotations

import asyncio
import csv
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from switchhook.asterisk.conf_write import write
from switchhook.asterisk.configured import asterisk_paths, render_for
from switchhook.asterisk.fallback import NumberFallback
from switchhook.asterisk.place import find_asterisk
from switchhook.asterisk.records import CEL_COLUMNS
from switchhook.asterisk.render import AsteriskPaths
from switchhook.config import Settings, load_settings, make_secrets

SETTINGS = """
data_dir = "{data_dir}"
[agi]
port = {agi}
workers = {workers}
[ami]
port = {ami}
[asterisk]
systemname = "{systemname}"
sip_port = {sip}
rtp_start = {rtp}
rtp_end = {rtp_end}
[phones.alice]
extension = "100"
secret = "alice-secret"
caller_id = "+4930777100"
[trunk]
host = "127.0.0.1"
port = {trunk}
caller_id = "+4930777000"
"""


def free_ports(count: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """The first of ``count`` adjacent ports nobody listens on."""
    for _ in range(200):
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", 0))
            first = probe.getsockname()[1]
        if first + count < 65000 and all(is_free(first + offset, kind) for offset in range(count)):
            return first
    raise AssertionError("no free ports")


def is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def make_settings(directory: Path, *, workers: int = 1, systemname: str = "t1") -> Settings:
    data_dir = directory / systemname
    data_dir.mkdir(parents=True)
    make_secrets(data_dir)
    rtp = free_ports(43, socket.SOCK_DGRAM)  # one block each for UDP and TCP: no port is given out twice
    rtp += rtp % 2
    agi = free_ports(workers + 1)
    text = SETTINGS.format(
        data_dir=data_dir,
        agi=agi,
        ami=agi + workers,
        sip=rtp + 40,
        trunk=rtp + 41,
        rtp=rtp,
        rtp_end=rtp + 39,
        workers=workers,
        systemname=systemname,
    )
    file = directory / f"{systemname}.toml"
    file.write_text(text)
    environ = {name: os.environ[name] for name in ("SWITCHHOOK_ASTERISK_ROOT",) if name in os.environ}
    return load_settings(file, environ)


@attrs.frozen
class Exchange:
    """A running Asterisk."""

    settings: Settings
    paths: AsteriskPaths
    process: asyncio.subprocess.Process

    async def cli(self, command: str) -> str:
        asterisk = [*_asterisk(self.settings, self.paths), "-rx", command]
        process = await asyncio.create_subprocess_exec(*asterisk, stdout=-1, stderr=asyncio.subprocess.STDOUT)
        async with asyncio.timeout(20):
            output, _ = await process.communicate()
        return output.decode()

    def events(self) -> list[dict[str, str]]:
        """The CEL spool, row by row."""
        spool = self.paths.on_host(self.paths.cel_spool)
        if not spool.exists():
            return []
        return [dict(zip(CEL_COLUMNS, row, strict=True)) for row in csv.reader(spool.read_text().splitlines())]

    async def event(self, matches: Callable[[dict[str, str]], bool], seconds: float = 10) -> dict[str, str]:
        """The first event that matches, as soon as it is written."""
        async with asyncio.timeout(seconds):
            while True:
                for event in self.events():
                    if matches(event):
                        return event
                await asyncio.sleep(0.05)  # a file has no way to tell

    async def user_event(self, name: str, seconds: float = 10) -> dict[str, str]:
        return await self.event(lambda event: event["userdeftype"] == name, seconds)

    async def since_arrival(self, name: str, seconds: float = 10) -> float:
        """Seconds from the first channel's start to the user event ``name``."""
        found = await self.user_event(name, seconds)
        return float(found["eventtime"]) - float(self.events()[0]["eventtime"])

    async def idle(self) -> None:
        """Until no channel is left."""
        async with asyncio.timeout(10):
            while "0 active channels" not in await self.cli("core show channels count"):  # noqa: ASYNC110 - Asterisk is asked
                await asyncio.sleep(0.1)


def _asterisk(settings: Settings, paths: AsteriskPaths) -> list[str]:
    return find_asterisk(settings).argv("-C", f"{paths.conf}/asterisk.conf")


@asynccontextmanager
async def running(settings: Settings, *numbers: NumberFallback) -> AsyncIterator[Exchange]:
    paths = asterisk_paths(settings)
    for directory in paths.writable:
        paths.on_host(directory).mkdir(parents=True, exist_ok=True)
    write(render_for(settings, find_asterisk(settings), numbers), paths.on_host(paths.base / "conf"))
    output = paths.on_host(paths.log / "output.txt").open("wb")
    process = await asyncio.create_subprocess_exec(*_asterisk(settings, paths), "-f", stdout=output, stderr=output)
    output.close()
    exchange = Exchange(settings, paths, process)
    try:
        async with asyncio.timeout(30):
            while "has fully booted" not in await exchange.cli("core waitfullybooted"):
                assert process.returncode is None, paths.on_host(paths.log / "output.txt").read_text()
                await asyncio.sleep(0.1)
        yield exchange
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        print(paths.on_host(paths.log / "messages.log").read_text())  # shown when the test fails
