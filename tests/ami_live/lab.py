"""An Asterisk of one's own with no phones: AMI on a free port, and Local channels that wait."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from switchhook.asterisk.ami_account import MANAGER_EVENTS, MANAGER_READ, MANAGER_WRITE
from switchhook.asterisk.place import AsteriskPlace, find_asterisk

DEADLINE = 60.0
MODULES = (
    "pbx_config app_dial bridge_simple res_timing_timerfd res_speech res_agi app_system app_exec app_mixmonitor"
    " func_shell func_env"
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def manager_conf(port: int) -> str:
    """The account exactly as ami_account documents it, and one that may do all, to show what ours may not."""
    filters = "\n".join(f"eventfilter(action(include),name({name})) =" for name in MANAGER_EVENTS)
    return f"""
[general]
enabled = yes
webenabled = no
bindaddr = 127.0.0.1
port = {port}
[switchhook]
secret = secret
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read = {MANAGER_READ}
write = {MANAGER_WRITE}
{filters}
[everything]
secret = secret
read = all
write = all
"""


EXTENSIONS = """
[wait]
exten => s,1,Answer()
 same => n,Wait(600)
exten => talk,1,Dial(Local/s@wait/n)
"""


@attrs.define(eq=False)
class LabAsterisk:
    """Started, killed and started again at will; everything it writes lies in a directory of its own."""

    place: AsteriskPlace
    home: Path
    port: int = attrs.field(factory=free_port)
    _process: asyncio.subprocess.Process | None = None

    @classmethod
    def make(cls) -> LabAsterisk:
        """Use the host's Asterisk or the private one."""
        lab = cls(find_asterisk(), Path(tempfile.mkdtemp(prefix="switchhook-ami-")))
        lab.home.chmod(0o755)
        lab._configure()
        return lab

    async def start(self) -> None:
        log = (self.home / "console.log").open("ab")
        with log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command("-f"), stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )

    def pause(self) -> None:
        """Let it hang, its connections open, until :meth:`go_on`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await asyncio.wait_for(self._process.wait(), DEADLINE)

    async def cli(self, command: str) -> str:
        asked = await asyncio.create_subprocess_exec(
            *self._command("-rx", command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said, _ = await asyncio.wait_for(asked.communicate(), DEADLINE)
        assert asked.returncode == 0, said
        return said.decode()

    async def channels(self) -> dict[str, tuple[str, str, str]]:
        """What ``core show channels`` says: by unique id the name, state and bridge of each channel."""
        rows = [line.split("!") for line in (await self.cli("core show channels concise")).splitlines() if "!" in line]
        return {row[-1]: (row[0], row[4], row[-2]) for row in rows}

    async def until(self, condition: Callable[[dict[str, tuple[str, str, str]]], bool]) -> None:
        """Ask for the channels until ``condition`` holds; a hang-up request is carried out a little later."""
        async with asyncio.timeout(DEADLINE):
            while not condition(await self.channels()):
                pass

    def remove(self) -> None:
        shutil.rmtree(self.home)

    def _command(self, *arguments: str) -> list[str]:
        return self.place.argv("-C", str(self.home / "etc" / "asterisk.conf"), *arguments)

    def _configure(self) -> None:
        places = {"astetcdir": "etc", "astvarlibdir": "lib", "astdbdir": "lib", "astkeydir": "lib", "astagidir": "lib"}
        places |= {"astspooldir": "spool", "astrundir": "run", "astlogdir": "log"}
        for name in sorted(set(places.values())):
            (self.home / name).mkdir()
        lines = [f"{key} => {self.home / name}" for key, name in places.items()]
        self._write(
            "asterisk.conf",
            "[directories]",
            *lines,
            f"astmoddir => {self.place.modules}",
            f"astdatadir => {self.place.data}",
            "[options]",
            "systemname = lab",
        )
        self._write("modules.conf", "[modules]", "autoload = no", *(f"load = {name}.so" for name in MODULES.split()))
        self._write("logger.conf", "[logfiles]", "messages => notice,warning,error")
        self._write("extensions.conf", EXTENSIONS)
        self._write("manager.conf", manager_conf(self.port))

    def _write(self, name: str, *lines: str) -> None:
        (self.home / "etc" / name).write_text("\n".join([*lines, ""]))


@attrs.define(eq=False)
class RawSession:
    """A manager session without any guard, to send what the encoder refuses."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, text: str) -> str:
        self.writer.write(text.replace("\n", "\r\n").encode() + b"\r\n\r\n")
        return (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), DEADLINE)).decode()


@asynccontextmanager
async def raw_session(port: int, user: str, events: str = "off") -> AsyncIterator[RawSession]:
    """Log in without any guard."""
    raw = RawSession(*await asyncio.open_connection("127.0.0.1", port))
    try:
        answer = await raw.ask(f"Action: Login\nUsername: {user}\nSecret: secret\nEvents: {events}")
        assert "Authentication accepted" in answer
        yield raw
    finally:
        raw.writer.transport.abort()
