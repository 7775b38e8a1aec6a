"""Starting a process that outlives its starter, and finding it again in the process table."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
from pathlib import Path
from typing import IO

from switchhook.asterisk.account import Account

_SHELL = "/bin/sh"
# $1 is the limit of open files: a call needs about six, and Asterisk never raises the usual soft limit of 1024 itself.
# The shell ends at once, so that Asterisk belongs to init and neither the portal's end nor its loop's touches it.
_LAUNCH = 'ulimit -n "$1" 2>/dev/null; ulimit -c 0; shift; "$@" </dev/null >&2 & echo $!'
_OPEN_FILES = 16384
_LAUNCH_SECONDS = 10.0
_STATE, _THREADS, _BORN = 0, 17, 19
"""Places in what :func:`_status` gives."""


async def launch_detached(argv: list[str], account: Account, log: IO[bytes]) -> int | None:
    """Start ``argv`` in a session of its own under ``account``, its output going to ``log``; gives its pid.

    Only the superuser changes the account; anybody else starts it under their
    own. None when not even the shell in between could be run.
    """
    superuser = os.geteuid() == 0
    shell = await asyncio.create_subprocess_exec(
        *(_SHELL, "-c", _LAUNCH, "sh", str(_file_limit()), *argv),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
        cwd="/",
        env=await asyncio.to_thread(_environment),
        umask=0o027,
        start_new_session=True,
        user=account.uid if superuser else None,
        group=account.gid if superuser else None,
        extra_groups=[] if superuser else None,
    )
    async with asyncio.timeout(_LAUNCH_SECONDS):
        said, _ = await shell.communicate()
    return int(said) if said.strip().isdigit() else None


def find_pid(last_words: list[str]) -> int | None:
    """The foreground (``-f``) process whose command line ends with ``last_words``, or None; the shell in between is none."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            words = _command_line(int(entry.name))
            if words[0] != _SHELL and "-f" in words and words[-len(last_words) :] == last_words:
                return int(entry.name)
    return None


def alive(pid: int) -> bool:
    """Whether anything of the process runs; one that only waits for its parent to take note of its end does not.

    The command line tells nothing here: it is empty while a process begins another program.
    """
    status = _status(pid)
    return bool(status) and (status[_STATE] not in "ZX" or int(status[_THREADS]) > 1)


def dying(pid: int) -> bool:
    """Whether it has no command line left but threads that hold its files and sockets, as for a moment after SIGKILL."""
    return alive(pid) and _command_line(pid) == [""]


def born(pid: int) -> int | None:
    """Kernel ticks from the machine's start to the process's, None when there is none."""
    status = _status(pid)
    return int(status[_BORN]) if status else None


def owner(pid: int) -> int | None:
    """The user id the process runs under, None when there is none."""
    try:
        return Path(f"/proc/{pid}").stat().st_uid
    except OSError:
        return None


def _status(pid: int) -> list[str]:
    """What /proc says of the process from its state on; nothing when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except OSError:
        return [""]  # it ended between the listing and the look


def _file_limit() -> int:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)


def _environment() -> dict[str, str]:
    """What Asterisk sees: nothing of the portal's own, for that may hold secrets.

    Every SIP answer waits while this machine's name does not resolve, so the
    wait is cut to the shortest the C library knows.
    """
    kept = {name: os.environ[name] for name in ("TZ", "PATH") if name in os.environ}
    patience = {} if name_resolves(socket.gethostname()) else {"RES_OPTIONS": "timeout:1 attempts:1"}
    return {**kept, "LC_ALL": "C.UTF-8", "TERM": "dumb", **patience}


def name_resolves(name: str) -> bool:
    """Whether the C library finds an address for ``name``; blocks for as long as that takes."""
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        return False
    return True
