"""Several workers: processes of their own that are started again when they end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Final

import attrs
import structlog

from ..clock import Clock

BACK_OFF: Final = (0.0, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each further start of a worker that ended at once."""
SETTLED: Final = 30.0
"""Seconds after which a worker's end counts as the first again."""

log = structlog.get_logger(__name__)


@attrs.define
class Supervisor:
    """Runs one process a worker. A worker ends by itself when its standard input closes, so none outlives us."""

    _command: Sequence[str]
    _workers: int
    _clock: Clock
    processes: dict[int, asyncio.subprocess.Process] = attrs.field(factory=dict, init=False)

    async def run(self) -> None:
        """Keep all workers running until cancelled; then end them and wait."""
        async with asyncio.TaskGroup() as group:
            for number in range(self._workers):
                group.create_task(self._keep(number))

    async def _keep(self, number: int) -> None:
        failures = 0
        while True:
            began = self._clock.monotonic()
            await asyncio.sleep(BACK_OFF[min(failures, len(BACK_OFF) - 1)])
            try:
                status = await self._once(number)
                log.error("a worker ended and is started again", worker=number, status=status)
            except OSError as error:  # no memory or file handles at this moment; the other workers go on
                log.error("a worker cannot be started now", worker=number, why=str(error))  # noqa: TRY400
            failures = 0 if self._clock.monotonic() - began > SETTLED else failures + 1

    async def _once(self, number: int) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *self._command, "--worker", str(number), stdin=asyncio.subprocess.PIPE
        )
        self.processes[number] = process
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                await self._end(process)
            del self.processes[number]

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        process.terminate()
        try:
            async with asyncio.timeout(40):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def parent_gone() -> None:
    """Return when the supervisor that started this worker is gone."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        await reader.read()
    finally:
        transport.close()
