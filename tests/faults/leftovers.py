"""What a portal and its Asterisk have open, so that what calls leave behind is seen."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Final

import psutil
from lab import Lab, LabError, Portal

POOLS: Final = Counter(
    {
        "thread asyncio_N": 8,
        "thread uvloop_N": 8,
        "thread Thread-N (_connection_worker_thread)": 6,
        "descriptor database": 18,
    }
)
"""What the loop's threads and the store's connections may grow to and keep; calls beyond that add nothing."""


def environment(lab: Lab) -> dict[str, str]:
    """What a portal has to be started with to be asked."""
    home = lab.home / "probe"
    home.mkdir(exist_ok=True)
    return {"PYTHONPATH": str(Path(__file__).with_name("probe")), "SWITCHHOOK_TEST_PROBE": str(home)}


async def left_open(lab: Lab, portal: Portal) -> Counter[str]:
    """Tasks, threads and descriptors of the portal with its workers; channels and descriptors of Asterisk."""
    workers = [one for one in psutil.Process(portal.pid).children() if "--worker" in one.cmdline()]
    files = [lab.home / "probe" / str(pid) for pid in (portal.pid, *(one.pid for one in workers))]
    for file in files:
        file.unlink(missing_ok=True)
        os.kill(int(file.name), signal.SIGUSR2)
    await lab.until(lambda: all(file.exists() for file in files), "the portal to tell what it has open")
    found = Counter(one for file in files for one in json.loads(file.read_text()))
    found["channel"] = await lab.channels()
    found["descriptor of Asterisk"] = psutil.Process(lab.asterisk.status_now().pid).num_fds()
    return found


async def nothing_left(lab: Lab, portal: Portal, before: Counter[str]) -> None:
    """Wait until nothing is open that was not ``before``; raises LabError naming what stays."""
    left: Counter[str] = Counter()

    async def nothing() -> bool:
        nonlocal left
        left = await left_open(lab, portal) - before - POOLS
        return not left

    try:
        await lab.until(nothing, "everything to be given back", 20)
    except LabError as error:
        raise LabError(f"{error}: {dict(left)}") from None
