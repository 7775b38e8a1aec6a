"""What the portal runs on, and what Asterisk warned of: where in its code, without its words."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

from ...asterisk.render import MESSAGES_FILE
from ...config import Settings

_LINES: Final = 300
_MOST_READ: Final = 2_000_000
_WARNED: Final = re.compile(
    r"\[(?P<at>[0-9: .-]{19,23})\] (?P<level>[A-Z]{4,8})\[\d+\](?:\[(?P<call>C-[0-9a-f]+)\])?:? "
    r"(?P<file>[\w./-]{1,80}\.[ch]):(?P<line>\d+) (?P<function>\w{1,80}):"
)


def told_machine(settings: Settings, now: datetime) -> Mapping[str, object]:
    """Versions of everything that is installed beside the portal, the system, and the disk."""
    disk = shutil.disk_usage(settings.data_dir) if settings.data_dir.exists() else None
    return {
        "made": now.astimezone().isoformat(timespec="seconds"),
        "python": sys.version,
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "data_directory_mb": {"total": disk.total // 10**6, "free": disk.free // 10**6} if disk else "not there",
        "distributions": dict(sorted({one.metadata["Name"]: one.version for one in distributions()}.items())),
    }


def told_log(settings: Settings) -> Mapping[str, object]:
    """The last warnings and errors of Asterisk; the portal itself writes to standard error and keeps none."""
    file = settings.data_dir / "asterisk" / "log" / MESSAGES_FILE
    if not file.is_file():
        return {"lines": [], "there": False}
    lines: deque[Mapping[str, object]] = deque(maxlen=_LINES)
    unlike = 0
    for line in _tail(file).splitlines():
        found = _WARNED.match(line)
        if found is None:
            unlike += 1
        else:
            lines.append(found.groupdict())
    return {"lines": list(lines), "other_lines": unlike, "there": True}


def _tail(file: Path) -> str:
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - _MOST_READ))
        return opened.read(_MOST_READ).decode("utf-8", "replace")
