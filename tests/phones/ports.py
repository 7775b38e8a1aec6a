"""Which ports are whose: processes of one test run that look for free ones at the same time find different ones."""

from __future__ import annotations

import os


def portion(low: int, high: int) -> tuple[int, int]:
    """This process's part of the ports from ``low`` (even) up to ``high``; all of them when it tests alone."""
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    place = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    size = (high - low) // count & ~1
    return low + place * size, low + (place + 1) * size
