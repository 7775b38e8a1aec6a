"""How fast the machine is at this moment, and what a process has used so far."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median

import psutil

_WORK = 40_000
_EVERY = 0.25


def speed() -> float:
    """Milliseconds of CPU for a fixed piece of pure Python: the yardstick beside every figure."""
    began = time.thread_time()
    total = 0
    for number in range(_WORK):
        total += number % 7 * number
    assert total
    return 1000 * (time.thread_time() - began)


@asynccontextmanager
async def watching() -> AsyncIterator[list[float]]:
    """The speed while something runs: the list's one element is the median, once the block is over.

    Two calls on one core, or another tenant of the host, make everything slower that runs at that moment; only a
    probe of that very moment knows.
    """
    found: list[float] = []
    result: list[float] = []

    async def watch() -> None:
        while True:
            found.append(speed())
            await asyncio.sleep(_EVERY)

    task = asyncio.create_task(watch())
    await asyncio.sleep(0)
    try:
        yield result
    finally:
        task.cancel()
        result.append(median(found))


def cpu_seconds(pid: int) -> float:
    """CPU the process and its children have used, user and system; also those that have ended."""
    process = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:4]) for one in [process, *process.children(recursive=True)])


def memory(pid: int) -> int:
    """Bytes that belong to the process and its children alone."""
    process = psutil.Process(pid)
    return sum(int(one.memory_full_info().uss) for one in [process, *process.children(recursive=True)])
