"""A private Asterisk 22, unpacked from Debian's packages into a directory of its own.

The packages are only unpacked, never configured: no maintainer script runs,
nothing is mounted, no root rights are needed and the host's own files and
package database are not touched. :mod:`switchhook.asterisk.place` runs the
result through its own dynamic loader.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from switchhook.asterisk.place import OLDEST, AsteriskPlace, default_root, find_asterisk, private_place
from switchhook.errors import AsteriskError

__all__ = ["InstallFailed", "default_root", "find_asterisk", "install"]

SUITE = "forky"
MIRROR = "http://deb.debian.org/debian"
PACKAGES = ("asterisk", "asterisk-core-sounds-en-wav")
NEEDED_BYTES = 600 * 1024 * 1024
"""Free space asked for: 290 MB stay, the downloaded packages come on top while unpacking."""
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

_DEADLINE_SECONDS = 900.0
_TAIL_LINES = 40
# True of a variant that runs the packages' scripts; "extract" runs none.
_HARMLESS = "running chrootless mode as root might damage"

_CAUSES = (
    (
        r"NO_PUBKEY|not signed|EXPKEYSIG|Unknown error executing apt-key",
        "the archive's signature cannot be checked with the keys of this machine; "
        "mend with: apt-get update && apt-get install --only-upgrade debian-archive-keyring",
    ),
    (
        r"resolv|Could not connect|Connection (refused|failed|timed out)|unreachable|Unable to connect|"
        r"Could not wait for server|Name or service",
        "the Debian archive {mirror} cannot be reached; check the network, "
        "set http_proxy, or name another mirror with --mirror",
    ),
    (r"No space left on device", "the disk is full"),
    (r"Unable to locate package|has no Release file|404", "{mirror} does not offer Asterisk in the suite " + SUITE),
)


class InstallFailed(AsteriskError):
    """The private Asterisk could not be made; the sentence says why and how to mend it."""

    code = "asterisk_install"


def install(
    root: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
    *,
    mirror: str = MIRROR,
    keyring: Path = KEYRING,
) -> AsteriskPlace:
    """Make the private Asterisk in ``root`` (see :func:`default_root`), or find that it is there.

    ``progress`` is given one line of text at a time. The root is built beside
    its place and renamed when it has answered with its version, so an
    interrupted install is never taken for a whole one; what an interrupted
    one left is removed. Raises :class:`InstallFailed`.
    """
    root = (default_root() if root is None else root).absolute()
    present = private_place(root)
    if present is not None:
        progress(f"Asterisk {present.version_text} is there: {root}")
        return present
    _check_tools(keyring)
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(root):
            return _build(root, progress, mirror, keyring)
    except OSError as error:
        raise InstallFailed(f"cannot write {error.filename or root}: {error.strerror}", root=str(root)) from error


def _check_tools(keyring: Path) -> None:
    missing = [name for name in ("mmdebstrap", "apt-get", "dpkg-deb") if shutil.which(name) is None]
    if missing:
        raise InstallFailed(
            f"{', '.join(missing)} not found; a private Asterisk is made from Debian's packages on Debian or Ubuntu. "
            "Mend with: apt-get install mmdebstrap - or install Asterisk 20 or newer on this machine",
            missing=missing,
        )
    if not keyring.is_file():
        raise InstallFailed(
            f"{keyring} is not there, so the archive's signature cannot be checked; "
            "mend with: apt-get install debian-archive-keyring",
            keyring=str(keyring),
        )


def _check_space(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < NEEDED_BYTES:
        raise InstallFailed(
            f"{directory} has {free // 1_000_000} MB free, {NEEDED_BYTES // 1_000_000} MB are needed",
            free=free,
            needed=NEEDED_BYTES,
        )


@contextmanager
def _only_one(root: Path) -> Iterator[None]:
    with (root.parent / f".{root.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InstallFailed(f"another install into {root} is under way; wait for it to end") from error
        yield


def _build(root: Path, progress: Callable[[str], None], mirror: str, keyring: Path) -> AsteriskPlace:
    prefix = f".{root.name}.building-"
    for left in root.parent.glob(f"{prefix}*"):  # we hold the lock: nobody is building in them
        progress(f"removing what an interrupted install left: {left}")
        shutil.rmtree(left)
    _check_space(root.parent)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=root.parent, ignore_cleanup_errors=True) as building:
        new = Path(building) / "root"
        progress(f"unpacking Asterisk from Debian {SUITE} into {root} (100 MB to download, 290 MB on disk)")
        _run(_command(new, mirror, keyring), progress, mirror)
        _finish(new)
        place = private_place(new)
        if place is None or place.version < OLDEST:
            raise InstallFailed(f"what was unpacked from {mirror} does not run on this machine", mirror=mirror)
        if root.exists():  # it does not run, or we would not be here
            root.rename(Path(building) / "old")
        new.rename(root)
    made = private_place(root)
    if made is None:
        raise InstallFailed(f"{root} does not run after it was moved to its place", root=str(root))
    progress(f"Asterisk {made.version_text} is ready: {root}")
    return made


def _command(target: Path, mirror: str, keyring: Path) -> list[str]:
    options = (
        'Acquire::Check-Valid-Until "false"',  # a mirror may lag behind; signatures are checked all the same
        'Apt::Install-Recommends "false"',
        'Acquire::Retries "3"',
        'Acquire::http::Timeout "30"',
    )
    return [
        "mmdebstrap",
        "--variant=extract",
        "--mode=chrootless",
        *(f"--aptopt={option}" for option in options),
        f"--keyring={keyring}",
        f"--include={','.join(PACKAGES)}",
        SUITE,
        str(target),
        mirror,
    ]


def _run(command: list[str], progress: Callable[[str], None], mirror: str) -> None:
    """Run mmdebstrap, pass on its lines; its whole process group ends with it, at the deadline at the latest."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    with subprocess.Popen(  # noqa: S603 - a fixed program and arguments made here, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**environment, "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    ) as process:
        timer = threading.Timer(_DEADLINE_SECONDS, _end_group, [process.pid])
        timer.start()
        try:
            for line in process.stdout or ():
                tail.append(line.rstrip())
                if _HARMLESS not in line:
                    progress(line.rstrip())
        except BaseException:
            _end_group(process.pid)
            raise
        finally:
            timer.cancel()
            status = process.wait()
    if status != 0:
        raise InstallFailed(_cause(tail, status, mirror), output=list(tail), status=status)


def _end_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGTERM)
    except ProcessLookupError:
        return  # it ended by itself just now


def _cause(output: deque[str], status: int, mirror: str) -> str:
    if status == -signal.SIGTERM:
        return f"gave up after {_DEADLINE_SECONDS:.0f} s"
    text = "\n".join(output)
    for pattern, sentence in _CAUSES:
        if re.search(pattern, text, re.IGNORECASE):
            return sentence.format(mirror=mirror)
    return f"mmdebstrap failed ({status}): " + (" / ".join(list(output)[-3:]) or "it said nothing")


def _finish(root: Path) -> None:
    """Do what the packages' own scripts would have done and Asterisk needs: the name of the stock language."""
    sounds = root / "usr/share/asterisk/sounds"
    voices = sorted(sounds.glob("en_*"))
    if voices and not (sounds / "en").exists():
        (sounds / "en").symlink_to(voices[0].name)
    shutil.rmtree(root / "dev", ignore_errors=True)
    root.chmod(0o755)  # its own unprivileged account has to reach it
