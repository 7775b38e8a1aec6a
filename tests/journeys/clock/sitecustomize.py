"""On the path of a portal's processes: their clock goes ahead of the computer's by the seconds that stand in a file."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from switchhook.clock import SystemClock

_AHEAD = Path(os.environ["SWITCHHOOK_TEST_AHEAD"])
_of_the_computer = SystemClock.now


def _now(clock: SystemClock) -> datetime:
    return _of_the_computer(clock) + timedelta(seconds=float(_AHEAD.read_text()))


SystemClock.now = _now  # type: ignore[method-assign]
