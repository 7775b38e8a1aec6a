"""What ``switchhook doctor`` asks of the machine: disk, data directory, name, clock and time zones."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
import zoneinfo
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ...asterisk.launch import name_resolves
from ...clock import SystemClock
from ...config import Settings
from ..disk_guard import level_of
from .examined import Check, State

_SLOW_NAME_SECONDS, _NAME_DEADLINE_SECONDS = 0.5, 3.0
_BUILT_YEAR = 2025
_LOCAL_TIME = Path("/etc/localtime")
_CLOCK_SAMPLE_SECONDS, _CLOCK_DRIFT_SECONDS = 0.2, 0.05


def data_directory(settings: Settings) -> Iterator[Check]:
    """Exists, can be written, and its secrets and database are not for everybody."""
    path = settings.data_dir
    try:
        with tempfile.TemporaryFile(dir=path):
            yield Check("data directory", "ok", f"{path} can be written")
    except OSError as error:
        mend = f"switchhook init, or give {path} to the account the portal runs under"
        yield Check("data directory", "fail", f"{path}: {error.strerror}", mend)
        return
    private = [*(path / "secrets").glob("*"), *path.glob("*.db")]  # the database holds callers' numbers
    shown = [str(file) for file in sorted(private) if file.stat().st_mode & 0o077]
    if shown:
        yield Check("secrets", "warn", f"others can read {', '.join(shown)}", f"chmod 600 {' '.join(shown)}")


def disk(settings: Settings) -> Iterator[Check]:
    """Space below the data directory, where calls and recordings go."""
    path = next(step for step in [settings.data_dir, *settings.data_dir.parents] if step.exists())
    usage = shutil.disk_usage(path)
    level = level_of(usage.total, usage.free)
    found = f"{usage.free / 1e9:.1f} GB free at {path}"
    state: State = "ok" if level == "ample" else "fail" if level == "full" else "warn"
    yield Check("disk", state, found, "" if state == "ok" else "free some space, or move data_dir to a larger disk")


def host_name(_: Settings) -> Iterator[Check]:
    """Resolves, and at once: Asterisk looks its machine's name up while callers wait."""
    name = socket.gethostname()
    answer: list[bool] = []
    asking = threading.Thread(target=lambda: answer.append(name_resolves(name)), daemon=True)
    began = time.monotonic()
    asking.start()
    asking.join(_NAME_DEADLINE_SECONDS)
    took = time.monotonic() - began
    if answer == [True] and took < _SLOW_NAME_SECONDS:
        yield Check("host name", "ok", f"{name} resolves")
        return
    wrong = f"took {took:.1f} s to resolve" if answer != [False] else "does not resolve"
    mend = f"add the line '127.0.1.1 {name}' to /etc/hosts"
    yield Check("host name", "warn", f"{name} {wrong}, and answering calls can wait for that", mend)


def clock(_: Settings) -> Iterator[Check]:
    """Plausible, going evenly, and the world's time zones known."""
    source = SystemClock()
    year, steady, began = source.now().year, source.monotonic(), source.now()
    time.sleep(_CLOCK_SAMPLE_SECONDS)
    drift = (source.now() - began).total_seconds() - (source.monotonic() - steady)
    if year < _BUILT_YEAR:
        yield Check("clock", "fail", f"the year is {year}", "set the clock: timedatectl set-ntp true")
    elif abs(drift) > _CLOCK_DRIFT_SECONDS:
        found = f"went {drift * 1000:+.0f} ms wrong in {_CLOCK_SAMPLE_SECONDS:g} s: it is being moved"
        yield Check("clock", "warn", found, "wait for time synchronisation to settle, or look at it: timedatectl")
    else:
        local = datetime.now().astimezone()
        yield Check("clock", "ok", f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}")
    try:
        zoneinfo.ZoneInfo("Europe/Berlin")
    except zoneinfo.ZoneInfoNotFoundError:
        yield Check("time zones", "fail", "this machine knows no time zones", "apt-get install tzdata")
    if not _LOCAL_TIME.exists():
        yield Check("time zone", "warn", "none is set, UTC is used", "timedatectl set-timezone Europe/Berlin")
