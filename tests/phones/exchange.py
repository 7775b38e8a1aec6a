"""Starting the phone process and talking with it; tests use :mod:`phones.phone`, which is built on this."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class PhoneError(AssertionError):
    """The phone did not see in time what the test expected, or its stack refused; the text says what it did see."""


class Desk:
    """A running phone process. ``where`` is the ``host:port`` all its phones send SIP from and take it on."""

    def __init__(self) -> None:
        """Start the process; returns when it takes calls. Raises PhoneError if it does not start."""
        self._home = Path(tempfile.mkdtemp(prefix="desk-"))
        self.socket = self._home / "socket"
        self._log = (self._home / "log").open("wb+")
        command = [sys.executable, str(Path(__file__).with_name("desk.py")), str(self.socket)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.strip().isdigit():
            self._process.wait(5)
            said = self.log
            self.close()
            raise PhoneError(f"the phone process did not start: {said}")
        self.where = f"127.0.0.1:{int(line)}"

    @property
    def log(self) -> str:
        """What the process wrote to its error output so far."""
        return (self._home / "log").read_text(errors="replace")

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the process while the block runs, as a busy machine does for a moment."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End the process (5 s, then it is killed) and remove its files."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._process.stdout.close()
        self._log.close()
        shutil.rmtree(self._home)


class Line:
    """One connection to a desk: requests with their answers, and the events that come by themselves."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        hear: Callable[[Mapping[str, Any]], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._hear = hear
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._task = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def to(cls, desk: Desk, hear: Callable[[Mapping[str, Any]], None]) -> Line:
        """Connect to ``desk``; ``hear`` is called with every event."""
        reader, writer = await asyncio.open_unix_connection(desk.socket, limit=2**26)
        return cls(reader, writer, hear)

    async def ask(self, do: str, deadline: float = 10, **values: Any) -> Any:
        """Send a request and return its answer. Raises PhoneError if refused or not answered in ``deadline`` s."""
        self._number += 1
        number = self._number
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self._writer.write(json.dumps({"id": number, "do": do, **values}).encode() + b"\n")
        try:
            return await asyncio.wait_for(future, deadline)
        except TimeoutError:
            raise PhoneError(f"the phone process did not answer {do!r} within {deadline:g} s") from None
        finally:
            del self._waiting[number]

    async def close(self) -> None:
        """Half-close, so that the desk clears the table, and wait (5 s) until it has."""
        self._writer.write_eof()
        await asyncio.wait_for(self._task, 5)
        self._writer.close()
        await self._writer.wait_closed()

    async def _read(self) -> None:
        while line := await self._reader.readline():
            message = json.loads(line)
            if "event" in message:
                self._hear(message)
                continue
            future = self._waiting.get(message["id"])
            if future is None or future.done():
                continue
            if "error" in message:
                future.set_exception(PhoneError(message["error"]))
            else:
                future.set_result(message["ok"])
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(PhoneError("the phone process closed the connection"))
