"""Asterisk as a process of its own: started, asked, reloaded and stopped, and never ended by the portal's own end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import attrs

from switchhook.asterisk.account import Account, choose_account, hand_over
from switchhook.asterisk.launch import alive, born, dying, find_pid, launch_detached, owner
from switchhook.asterisk.log_tail import last_words, log_ends
from switchhook.asterisk.place import AsteriskPlace, read_directories
from switchhook.clock import Clock, SystemClock
from switchhook.errors import AsteriskError, AsteriskUnavailable

BOOT_SECONDS = 45.0
"""How long a start may take; a minimal Asterisk needs 2 s on two cores, a host under load several times that."""

_POLL_SECONDS = 0.05
_COMMAND_SECONDS = 10.0
_STOP_ASK_SECONDS = 2.0
_NOW_SECONDS, _TERM_SECONDS, _KILL_SECONDS = 8.0, 4.0, 4.0
_RELEASE_SECONDS = 10.0
_LOG_BYTES = 1_000_000
_WRITABLE = ("astrundir", "astlogdir", "astspooldir", "astdbdir", "astvarlibdir", "astkeydir", "astcachedir")


@attrs.frozen
class AsteriskStatus:
    """What is known of the Asterisk that runs with one configuration.

    ``born`` identifies the process across a reused pid: two statuses with the
    same ``pid`` and ``born`` are the same Asterisk, anything else means that
    it was restarted in between.
    """

    running: bool
    pid: int | None = None
    born: int | None = None
    """Kernel ticks between the machine's start and the process's."""
    uid: int | None = None
    booted: bool = False
    """It answers its console and says that it has booted fully."""


@attrs.define
class AsteriskProcess:
    """The one Asterisk that runs with ``conf_dir``/asterisk.conf.

    It is found by its command line, not by being a child, so any process may
    start it, ask it and stop it. ``user`` is the account wanted (see
    :func:`switchhook.asterisk.account.choose_account`).
    """

    place: AsteriskPlace
    conf_dir: Path
    user: str = ""
    clock: Clock = attrs.field(factory=SystemClock)
    home: Path | None = None
    """What lies below it may be made and given to Asterisk's account; nothing else is. Default: around ``conf_dir``."""
    directories: tuple[Path, ...] = ()
    """Directories that have to exist, beside those asterisk.conf names."""
    _log_ends: dict[Path, int] = attrs.field(factory=dict, init=False, repr=False)

    @property
    def conf_file(self) -> Path:
        """The master configuration file, whose path tells this Asterisk from all others."""
        return self.conf_dir.absolute() / "asterisk.conf"

    @property
    def log(self) -> Path:
        """What Asterisk wrote to its standard error; one older file is kept beside it as ``.1``."""
        return self._directories().get("astlogdir", self.conf_dir) / "console.log"

    def account(self) -> Account:
        """The account a start would use, and why it is not a lesser one."""
        own = self._writable()
        outermost = [path for path in own if not any(parent in own for parent in path.parents)]
        return choose_account(self.user, [self.place.binary, self.place.modules / "x", self.conf_dir, *outermost])

    def status_now(self) -> AsteriskStatus:
        """What the process table says; ``booted`` is not asked for."""
        pid = self._pid()
        since = None if pid is None else born(pid)
        if pid is None or since is None:
            return AsteriskStatus(running=False)
        return AsteriskStatus(running=True, pid=pid, born=since, uid=owner(pid))

    async def status(self) -> AsteriskStatus:
        """What the process table and Asterisk's own console say."""
        status = self.status_now()
        return attrs.evolve(status, booted=await self._booted()) if status.running else status

    async def start(self, deadline: float = BOOT_SECONDS) -> AsteriskStatus:
        """Start Asterisk unless it runs, and wait until it has booted fully.

        One that is just ending, killed or crashed, is waited for and followed
        by a new one. Raises AsteriskUnavailable, with the last lines it wrote,
        when the new one ends before that or is not ready within ``deadline``
        seconds (it is then ended again), and when another program holds this
        Asterisk's control socket.
        """
        if not self.conf_file.is_file():
            raise AsteriskError(
                f"{self.conf_file} is not there; mend with: switchhook asterisk render", file=str(self.conf_file)
            )
        pid = self._pid()
        if pid is not None and await self._boots(pid, deadline):
            return await self.status()
        if pid is None or not alive(pid):  # the one that ran was about to end
            await self._released()
            pid = await self._launch()
            if await self._boots(pid, deadline):
                return await self.status()
            await self._end(pid)
        raise AsteriskUnavailable(
            f"Asterisk did not get ready; it said: {self._last_words()} (all of it in {self.log})",
            pid=pid,
            log=str(self.log),
        )

    async def stop(self, drain: float = 0.0) -> None:
        """Stop Asterisk if it runs: first for ``drain`` seconds without cutting calls, then at once.

        Raises AsteriskError when not even SIGKILL ends it.
        """
        pid = self._pid()
        if pid is None:
            return
        if drain > 0:
            await self._ask_to_stop("core stop gracefully")
            if await self._until(lambda: _gone(pid), drain):
                return
        await self._ask_to_stop("core stop now")
        if not await self._until(lambda: _gone(pid), _NOW_SECONDS):
            await self._end(pid)

    async def reload(self, *, everything: bool = False, music_only: bool = False) -> None:
        """Take up what was rendered anew: dialplan, phones, trunk, manager and music, or every module.

        Raises AsteriskUnavailable when it does not run.
        """
        hand_over([], [self.conf_dir.resolve()], self._running_account())
        commands = (
            ["core reload"] if everything else ["dialplan reload", "module reload res_pjsip.so", "manager reload"]
        )
        if not everything:
            commands = ["moh reload"] if music_only else [*commands, "moh reload"]
        for command in commands:
            await self.command(command)

    async def command(self, text: str, deadline: float = _COMMAND_SECONDS) -> str:
        """What Asterisk's console answers to ``text``, a command line made by this program, never by others.

        Raises AsteriskUnavailable when it does not run or answer in time.
        """
        argv = self.place.argv("-C", str(self.conf_file), "-rx", text)
        process = await asyncio.create_subprocess_exec(
            *argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        try:
            async with asyncio.timeout(deadline):
                output, _ = await process.communicate()
        except TimeoutError as error:
            raise AsteriskUnavailable(f"Asterisk did not answer {text!r} within {deadline:.0f} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        answer = output.decode(errors="replace")
        if process.returncode != 0:
            raise AsteriskUnavailable(f"Asterisk did not take {text!r}: {answer.strip()}", command=text)
        return answer

    def _directories(self) -> dict[str, Path]:
        return read_directories(self.conf_file)

    def _writable(self) -> list[Path]:
        """Asterisk's own directories, as far as they lie beside its configuration: nobody else's are touched."""
        home = (self.home or self.conf_dir.parent).absolute()
        named = {path for name, path in self._directories().items() if name in _WRITABLE} | set(self.directories)
        conf = self.conf_dir.absolute()
        return sorted(path for path in named if home in path.parents and not conf.is_relative_to(path))

    async def _launch(self) -> int:
        for path in self._writable():
            path.mkdir(parents=True, exist_ok=True)
        account = self.account()
        self._turn_log()
        self._log_ends = log_ends(self.log.parent)
        with self.log.open("ab") as log:
            await asyncio.to_thread(hand_over, self._writable(), [self.conf_dir.resolve()], account)
            pid = await launch_detached(self.place.argv("-f", "-C", str(self.conf_file)), account, log)
        if pid is None:
            raise AsteriskUnavailable(f"Asterisk could not be started: {self._last_words()}", log=str(self.log))
        return pid

    def _turn_log(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_name(f"{self.log.name}.1"))

    def _last_words(self) -> str:
        return last_words(self.log.parent, self._log_ends)

    def _running_account(self) -> Account:
        uid = self.status_now().uid
        return Account(0, 0) if uid is None else Account(uid, self.account().gid)

    async def _released(self) -> None:
        """Wait until no Asterisk that is ending holds the control socket any more, nor its ports."""
        if not await self._until(self._nobody_holds, _RELEASE_SECONDS):
            raise AsteriskUnavailable(
                f"an Asterisk that does not end, or another program, still holds {self._socket}; "
                "end it, or choose another data_dir",
                socket=str(self._socket),
            )

    async def _nobody_holds(self) -> bool:
        return not dying(_number(self._socket.with_suffix(".pid"))) and not _listened_to(self._socket)

    @property
    def _socket(self) -> Path:
        return self._directories().get("astrundir", self.conf_dir) / "asterisk.ctl"

    async def _boots(self, pid: int, deadline: float) -> bool:
        async def ready_or_gone() -> bool:
            return not alive(pid) or await self._booted()

        return await self._until(ready_or_gone, deadline) and alive(pid)

    async def _booted(self) -> bool:
        try:
            return "fully booted" in await self.command("core waitfullybooted")
        except AsteriskUnavailable:
            return False  # that it does not answer yet is the answer

    async def _ask_to_stop(self, command: str) -> None:
        try:
            await self.command(command, _STOP_ASK_SECONDS)
        except AsteriskUnavailable:
            return  # it may break the connection off while it ends; whoever asked watches the process

    async def _end(self, pid: int) -> None:
        for number, seconds in ((signal.SIGTERM, _TERM_SECONDS), (signal.SIGKILL, _KILL_SECONDS)):
            if self._pid() != pid:  # never a process that merely got the same number
                return
            os.kill(pid, number)
            if await self._until(lambda: _gone(pid), seconds):
                return
        raise AsteriskError(f"Asterisk (pid {pid}) does not end", pid=pid)

    async def _until(self, holds: Callable[[], Awaitable[bool]], seconds: float) -> bool:
        end = self.clock.monotonic() + seconds
        while not await holds():
            if self.clock.monotonic() >= end:
                return False
            await asyncio.sleep(_POLL_SECONDS)  # the process table has nothing to wait on for a process not ours
        return True

    def _pid(self) -> int | None:
        return find_pid(["-C", str(self.conf_file)])


async def _gone(pid: int) -> bool:
    return not alive(pid) and not dying(pid)


def _number(pid_file: Path) -> int:
    """The process id in the file, 0 (which no process has) when there is none."""
    try:
        return int(pid_file.read_text())
    except (OSError, ValueError):
        return 0


def _listened_to(path: Path) -> bool:
    """Whether a process takes connections there; one that lies there after a crash takes none."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)  # else a full queue of connections would keep us
        try:
            probe.connect(str(path))
        except BlockingIOError:
            return True
        except OSError:
            return False
    return True
