"""A process on its way out, and a clock that acts in between."""

import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from switchhook.asterisk.launch import dying
from switchhook.clock import SystemClock


async def until(holds: Callable[[], bool]) -> None:
    """Look again and again: nothing tells what happens to somebody else's process."""
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class Dying:
    """A process as SIGKILL leaves it for a moment: its first thread ended, its sockets not yet closed."""

    SCRIPT = """
import ctypes, os, socket, sys, threading
run, what = sys.argv[1:]
os.makedirs(run, exist_ok=True)
taken = socket.socket(socket.AF_UNIX)
if what == "accept a connection":
    taken.bind(run + "/asterisk.ctl")
    os.chmod(run + "/asterisk.ctl", 0o666)
    taken.listen()
else:
    open(run + "/asterisk.pid", "w").write(str(os.getpid()))
def hold():
    if what == "accept a connection":
        taken.accept()
    else:
        os.read(0, 1)
    os._exit(0)
threading.Thread(target=hold).start()
print(flush=True)
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)  # exit: this thread alone
"""

    def __init__(self, run: Path, what: str) -> None:
        self.arguments = (sys.executable, "-c", self.SCRIPT, str(run), what)

    async def __aenter__(self) -> None:
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(*self.arguments, stdin=pipe, stdout=pipe)
        assert self.process.stdout is not None
        await self.process.stdout.readline()
        await until(lambda: dying(self.pid))

    async def __aexit__(self, *_: object) -> None:
        self.end()
        await self.process.wait()

    @property
    def pid(self) -> int:
        return self.process.pid

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()


class CountingClock:
    """The computer's clock, which does something when it has been looked at so often."""

    def __init__(self, count: int, then: Callable[[], None]) -> None:
        self.reads, self._count, self._then = 0, count, then

    def monotonic(self) -> float:
        self.reads += 1
        if self.reads == self._count:
            self._then()
        return SystemClock().monotonic()

    def now(self) -> datetime:
        return SystemClock().now()
