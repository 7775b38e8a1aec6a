"""How fast the machine is at this moment, and what a process has used so far."""

from __future__ import annotations

import time

import psutil

_WORK = 200_000


def speed() -> float:
    """Milliseconds of CPU for a fixed piece of pure Python: the yardstick beside every figure (least of three)."""
    return min(_once() for _ in range(3))


def _once() -> float:
    began = time.thread_time()
    total = 0
    for number in range(_WORK):
        total += number % 7 * number
    assert total
    return 1000 * (time.thread_time() - began)


def cpu_seconds(pid: int) -> float:
    """CPU the process and its children have used, user and system."""
    process = psutil.Process(pid)
    every = [process, *process.children(recursive=True)]
    return sum(times.user + times.system for times in (one.cpu_times() for one in every))


def memory(pid: int) -> int:
    """Bytes that belong to the process and its children alone."""
    process = psutil.Process(pid)
    return sum(int(one.memory_full_info().uss) for one in [process, *process.children(recursive=True)])
