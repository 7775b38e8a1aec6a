"""An Asterisk of one's own whose only calls are Local channels that are handed to this process by AGI."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import attrs
import pytest

from switchhook.asterisk.agi_connection import AgiConnection
from switchhook.asterisk.agi_server import AgiLimits, AgiServer
from switchhook.asterisk.place import AsteriskPlace, find_asterisk
from switchhook.asterisk.process import AsteriskProcess

SECRET = "s3cret"
PATIENCE = 30.0

MODULES = (
    "pbx_config app_dial app_stack app_verbose res_timing_timerfd res_speech res_agi res_clioriginate bridge_simple"
    " func_timeout func_channel func_logic"
)

DIALPLAN = """
[agi]
exten => s,1,Set(AGIEXITONHANGUP=yes)
 same => n,AGI(agi://127.0.0.1:{agi}/call?x=1,{secret},first)
 same => n,Hangup()
exten => timed,1,Set(AGIEXITONHANGUP=yes)
 same => n,Set(TIMEOUT(absolute)=1)
 same => n,AGI(agi://127.0.0.1:{agi}/call,{secret},timed)
 same => n,Hangup()
exten => T,1,Set(TIMEOUT(absolute)=0)
 same => n,AGI(agi://127.0.0.1:{agi}/call,{secret},again)
 same => n,Hangup()
exten => raw,1,AGI(agi://127.0.0.1:{raw}/call,{secret},raw)
 same => n,Hangup()
[sh]
exten => say,1,Set(SH_RESULT=${{ARG1}}:${{ARG2}})
 same => n,Return()
exten => long,1,Wait(60)
 same => n,Return()
"""

MANAGER = """
[general]
enabled = yes
webenabled = no
bindaddr = 127.0.0.1
port = {ami}
[lab]
secret = {secret}
read = originate
write = originate
"""


class Calls:
    """A handler that hands each call to the test and keeps it until the test or the caller ends it."""

    def __init__(self) -> None:
        self._arrived: asyncio.Queue[AgiConnection] = asyncio.Queue()

    async def __call__(self, connection: AgiConnection) -> None:
        self._arrived.put_nowait(connection)
        await connection.closed

    async def next(self) -> AgiConnection:
        return await asyncio.wait_for(self._arrived.get(), PATIENCE)


@attrs.frozen
class Lab:
    process: AsteriskProcess
    server: AgiServer
    calls: Calls
    raw_port: int
    ami_port: int

    async def call(self, exten: str = "s") -> AgiConnection:
        """Place a call and give its first session."""
        await self.dial(exten)
        return await self.calls.next()

    async def dial(self, exten: str) -> None:
        await self.process.command(f"channel originate Local/{exten}@agi application Wait 600")

    async def originate(self, lines: Iterable[str]) -> None:
        """Log in to AMI, send one action's lines as they are, and log off."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.ami_port)
        login = ["Action: Login", "Username: lab", f"Secret: {SECRET}", "Events: off"]
        for action in (login, list(lines)):
            writer.write("".join(f"{line}\r\n" for line in [*action, ""]).encode())
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
            assert b"Response: Success" in answer, answer
        writer.close()
        await writer.wait_closed()

    async def hang_up(self, connection: AgiConnection) -> None:
        await self.process.command(f"channel request hangup {connection.request.channel}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _write_configuration(place: AsteriskPlace, home: Path, agi: int, raw: int, ami: int) -> Path:
    conf = home / "conf"
    conf.mkdir(parents=True)
    places = {"astmoddir": place.modules, "astdatadir": place.data, "astetcdir": conf}
    places |= {f"ast{name}dir": home / name for name in ("varlib", "db", "key", "spool", "run", "log", "agi", "cache")}
    files = {
        "asterisk.conf": "[directories]\n" + "".join(f"{name} => {path}\n" for name, path in places.items()),
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in MODULES.split()),
        "extensions.conf": DIALPLAN.format(agi=agi, raw=raw, secret=SECRET),
        "manager.conf": MANAGER.format(ami=ami, secret=SECRET),
        "logger.conf": "[logfiles]\nmessages => notice,warning,error\n",
    }
    for name, text in files.items():
        (conf / name).write_text(text)
    return conf


@asynccontextmanager
async def _running(home: Path) -> AsyncIterator[Lab]:
    calls = Calls()
    place = find_asterisk()
    raw, ami = _free_port(), _free_port()
    server = AgiServer(calls, secret=SECRET, limits=AgiLimits(dead_man_seconds=1.0))
    await server.start()
    try:
        process = AsteriskProcess(place, _write_configuration(place, home, server.port, raw, ami), user="root")
        try:
            await process.start()
            yield Lab(process, server, calls, raw, ami)
        finally:
            await process.stop()
    finally:
        await server.stop()


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with _running(tmp_path / "a") as lab:
        yield lab
