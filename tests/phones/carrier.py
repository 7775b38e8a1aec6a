"""SIPp as the carrier: takes the calls Asterisk sends out, and sends many in. SIPp's message log is the evidence."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import shutil
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from .asterisk import CALLERS, free_port
from .exchange import PhoneError
from .pcap import Media, write_pcap
from .ports import portion
from .scenario import Answer, Behaviour, caller_xml, carrier_xml, register_xml
from .sip_log import CallResult, SipMessage, invites, read_log, results

_TONE_SECONDS = 30.0


class Sipp:
    """One SIPp process with its log in ``home``, a directory of its own."""

    def __init__(self, home: Path, arguments: Sequence[str], address: str = "127.0.0.1", port: int = 0) -> None:
        """Nothing is started yet; without a ``port`` it takes a free one. Raises PhoneError without a sipp on PATH."""
        binary = shutil.which("sipp")
        if binary is None:
            raise PhoneError("no sipp on PATH (Debian: apt-get install sip-tester)")
        self.home = home
        self.port = port or free_port(address)
        self._media = _free_media_port(address)
        common = f"-i {address} -p {self.port} -mi {address} -mp {self._media} -nostdin -aa -skip_rlimit -trace_msg -trace_err"
        files = ["-message_file", str(home / "messages"), "-error_file", str(home / "errors")]
        self._command = [binary, *common.split(), *files, *arguments]

    async def start(self) -> None:
        """Start it and wait (5 s) until its port is bound."""
        self._output: IO[bytes] = (self.home / "output").open("wb")
        self._process = await asyncio.create_subprocess_exec(
            *self._command, cwd=self.home, stdin=asyncio.subprocess.DEVNULL, stdout=self._output, stderr=self._output
        )
        try:
            await self._until(lambda: self._ended or _bound(self.port), 5, "its port")
        except PhoneError:
            await self.stop()
            raise

    async def wait(self, deadline: float) -> int:
        """Wait for its own end; returns its exit code. Raises PhoneError, after ending it, when time is up."""
        try:
            return await asyncio.wait_for(self._process.wait(), deadline)
        except TimeoutError:
            raise PhoneError(f"SIPp did not end within {deadline:g} s: {self.errors()}") from None
        finally:
            await self.stop()

    async def stop(self) -> None:
        """End it at once; harmless when it has ended."""
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._output.close()

    def messages(self) -> list[SipMessage]:
        """All it sent and received so far."""
        return read_log(self.home / "messages")

    def errors(self) -> str:
        """Its error log and the end of its output."""
        texts = [
            (self.home / name).read_text(errors="replace")[-2000:]
            for name in ("errors", "output")
            if (self.home / name).exists()
        ]
        return "\n".join(texts)

    @property
    def _ended(self) -> bool:
        return self._process.returncode is not None

    async def _until(self, done: Callable[[], bool], deadline: float, what: str) -> None:
        end = time.monotonic() + deadline
        while not done():
            if time.monotonic() > end:
                raise PhoneError(f"SIPp: no {what} within {deadline:g} s: {self.errors()}")
            await asyncio.sleep(0.02)  # a log file has nothing to wait on
        if self._ended and self._process.returncode:
            raise PhoneError(f"SIPp ended with {self._process.returncode}: {self.errors()}")


class Carrier(Sipp):
    """The other side of the trunk. ``where`` (``host:port``) is what Asterisk has to send calls to.

    Its answered calls echo all voice, unless an :class:`Answer` has a tone: then no call of this carrier does.
    ``async with Carrier(tmp_path / "carrier", numbers={"+4930111": Refuse(486)}) as carrier``; all other numbers get
    ``default``.
    """

    def __init__(
        self, home: Path, default: Behaviour | None = None, numbers: Mapping[str, Behaviour] | None = None
    ) -> None:
        home.mkdir(parents=True)
        behaviours = [default or Answer(), *(numbers or {}).values()]
        freqs = {one.freq for one in behaviours if isinstance(one, Answer) and one.freq is not None}
        media = {freq: write_pcap(Media(_TONE_SECONDS, freq=freq), home / f"{freq:g}.pcap") for freq in freqs}
        (home / "carrier.xml").write_text(carrier_xml(behaviours[0], numbers or {}, media), encoding="utf-8")
        # Echo and tone at once are two streams into one ear, of which it understands neither.
        super().__init__(home, ["-sf", str(home / "carrier.xml"), *([] if freqs else ["-rtp_echo"])])

    @property
    def where(self) -> str:
        """``host:port`` it takes SIP on, and answers from."""
        return f"127.0.0.1:{self.port}"

    async def register(self, where: str, user: str, password: str) -> None:
        """Before the start: be the phone ``user`` of the Asterisk at ``where`` as well; its calls come as any others.

        ``numbers`` may have a behaviour for ``user``. Raises PhoneError when refused.
        """
        home = self.home / f"register-{user}"
        home.mkdir()
        (home / "register.xml").write_text(register_xml(user, password), encoding="utf-8")
        sipp = Sipp(home, ["-sf", str(home / "register.xml"), "-m", "1", where], port=self.port)
        await sipp.start()
        if await sipp.wait(10):
            raise PhoneError(f"{user} could not register at {where}: {sipp.errors()}")

    async def __aenter__(self) -> Carrier:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def invites(self) -> list[SipMessage]:
        """The INVITE of each call that came, retransmissions left out: ``.number``, ``.header("From")`` ..."""
        return invites(self.messages(), sent=False)

    def numbers(self) -> list[str]:
        """The numbers that were called, in order: one entry for each INVITE."""
        return [invite.number for invite in self.invites()]

    def results(self) -> list[CallResult]:
        """What became of each call so far."""
        return results(self.messages())

    async def called(self, times: int = 1, deadline: float = 10) -> list[SipMessage]:
        """Wait until at least ``times`` calls have come; returns their INVITEs."""
        await self._until(lambda: len(self.invites()) >= times, deadline, f"call number {times}")
        return self.invites()

    async def over(self, times: int = 1, deadline: float = 10) -> list[CallResult]:
        """Wait until at least ``times`` calls are over; returns all results."""
        await self._until(lambda: sum(one.ended_at is not None for one in self.results()) >= times, deadline, "end")
        return self.results()


class Callers(Sipp):
    """``calls`` callers of SIPp who call ``number`` at ``where``, ``rate`` of them a second.

    ``callers`` are their numbers, taken in turn. Every caller sends what ``media`` says (needs root, SIPp plays
    captures through a raw socket), hangs up when that is over, and cancels when not answered within ``patience`` s.
    ``headers`` go into each INVITE; ``from_header`` replaces the From header's value, tag excepted, byte for byte:
    for hostile names. Then ``await callers.run()``.
    """

    def __init__(
        self,
        home: Path,
        where: str,
        number: str,
        *,
        calls: int = 1,
        rate: float = 10,
        callers: Sequence[str] = ("+4930123456",),
        media: Media | None = None,
        headers: Sequence[tuple[str, str]] = (),
        from_header: str | None = None,
        patience: float = 30,
    ) -> None:
        home.mkdir(parents=True)
        self._calls, self._rate, self._media_seconds = calls, rate, (media or Media()).seconds
        media = media or Media()
        stream = write_pcap(media, home / "media.pcap")
        (home / "caller.xml").write_text(caller_xml(media, stream, patience, len(headers)), encoding="utf-8")
        rows = "".join(f"{callers[index % len(callers)]};{number}\n" for index in range(calls))
        (home / "calls.csv").write_text("SEQUENTIAL\n" + rows, encoding="utf-8")
        keys = [("from", "<sip:"), ("tail", "@127.0.0.1>")] + [
            (f"h{n}", f"{name}: {value}") for n, (name, value) in enumerate(headers)
        ]
        if from_header is not None:
            keys[:2] = [("from", from_header), ("tail", "")]
            text = (home / "caller.xml").read_text(encoding="utf-8")
            (home / "caller.xml").write_text(text.replace("[from][field0][tail]", "[from]"), encoding="utf-8")
        arguments = [
            "-sf",
            str(home / "caller.xml"),
            "-inf",
            str(home / "calls.csv"),
            "-m",
            str(calls),
            "-r",
            f"{rate:g}",
        ]
        for name, value in keys:
            arguments += ["-key", name, value]
        super().__init__(home, [*arguments, where], CALLERS)
        self._patience = patience

    async def run(self, deadline: float | None = None) -> list[CallResult]:
        """Make the calls and return what became of them.

        ``deadline`` (seconds) defaults to what rate, media and patience need at most, and 10 s more.
        """
        await self.start()
        longest = self._calls / self._rate + self._media_seconds + self._patience + 10
        await self.wait(longest if deadline is None else deadline)
        return results(self.messages())


_LOW, _HIGH = portion(26000, 32000)
_OF_ONE, _APART = 4, 404
_turns = itertools.count(random.randrange(_HIGH))
"""Processes made one after the other get ports far apart: none has bound its own yet, and each call takes some more."""


def _free_media_port(address: str) -> int:
    """The first of four free ports (SIPp takes voice, pictures and the control of both), below the ephemeral ones."""
    while True:
        first = _LOW + next(_turns) * _APART % (_HIGH - _LOW)
        with contextlib.suppress(OSError), contextlib.ExitStack() as probes:
            for port in range(first, first + _OF_ONE):
                probes.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)).bind((address, port))
            return first


def _bound(port: int) -> bool:
    """Whether some process has bound this UDP port."""
    lines = Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]
    return any(int(line.split()[1].rpartition(":")[2], 16) == port for line in lines)
