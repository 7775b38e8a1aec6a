"""One call of a test phone: what happened in it, what was heard, and what to do next."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import attrs

from .exchange import Line, PhoneError
from .tones import RATE, TONES, Ear, Heard, dtmf, heard, silence, tone

_LATE = 0.06  # seconds without audio before the recording is filled up with silence


@attrs.frozen
class Ended:
    """How a call ended: by ``"us"`` or ``"them"``, when (monotonic seconds) and why.

    ``status`` is the SIP status of a call that was never answered (486, 603, 404 ...) and None after an ordinary end;
    ``reason`` is the text that came with it.
    """

    by: Literal["us", "them"]
    at: float
    status: int | None
    reason: str


class PhoneCall:
    """One call of a phone, made or received. RTP is sent from the answer to the end: silence unless told to speak."""

    def __init__(
        self, line: Line, number: int, peer: str, headers: Mapping[str, str], changed: asyncio.Condition
    ) -> None:
        self._line = line
        self._number = number
        self._changed = changed
        self._began: float | None = None
        self._pcm = bytearray()
        self._ear = Ear()
        self._us = False
        #: The other side's URI, and of a call that came in the headers From, To, P-Asserted-Identity and their like.
        self.peer = peer
        self.headers = dict(headers)
        #: Monotonic times of the first 180, the 183 and the answer; None while they have not come.
        self.ringing_at: float | None = None
        self.progress_at: float | None = None
        self.answered_at: float | None = None
        #: The end, or None while the call lives.
        self.end: Ended | None = None
        #: The keys the other side pressed (RFC 4733 or INFO), in order.
        self.keys_heard = ""

    # -- what happened ----------------------------------------------------------------------------------------------

    async def rings(self, deadline: float = 5) -> None:
        """Wait until the other side rings (180). Raises PhoneError if it does not, or the call ends before."""
        await self._until(lambda: self.ringing_at is not None, deadline, "ringing", alive=True)

    async def answered(self, deadline: float = 5) -> PhoneCall:
        """Wait for the answer; returns the call itself. Raises PhoneError if the call ends before, or time is up."""
        await self._until(lambda: self.answered_at is not None, deadline, "answer", alive=True)
        return self

    async def ended(self, deadline: float = 10) -> Ended:
        """Wait until the call is over and say how it ended."""
        await self._until(lambda: self.end is not None, deadline, "end")
        assert self.end is not None
        return self.end

    async def hears_keys(self, keys: str, deadline: float = 5) -> None:
        """Wait until the other side has pressed exactly ``keys`` since the call began."""
        await self._until(lambda: self.keys_heard == keys, deadline, f"keys {keys!r}", alive=True)

    # -- sound ------------------------------------------------------------------------------------------------------

    @property
    def recorded(self) -> bytes:
        """All that was heard so far: 16-bit mono PCM at 8 kHz, early media included, in true time.

        It begins with the first sound; where Asterisk sent nothing there is silence.
        """
        return bytes(self._pcm)

    def heard(self, candidates: Sequence[int] = TONES) -> list[Heard]:
        """The tones recognised so far, with their times from the beginning of :attr:`recorded`."""
        if candidates is TONES:
            return self._ear.heard()
        return heard(self.recorded, RATE, candidates)

    def tones(self, candidates: Sequence[int] = TONES) -> list[int]:
        """Only the frequencies heard so far, in order."""
        return [one.freq for one in self.heard(candidates)]

    async def wait_for_tone(self, freq: int, deadline: float = 5, *, times: int = 1) -> Heard:
        """Wait until ``freq`` has sounded ``times`` times since the call began.

        Returns the last of them about 0.1 s after it began, so its length is still growing. Raises PhoneError, naming
        the tones heard instead, when time is up or the call ends.
        """
        what = f"tone {freq} (time {times})"
        await self._until(lambda: len(self._of(freq)) >= times, deadline, what, alive=True)
        return self._of(freq)[times - 1]

    async def wait_for_tones(self, expected: Sequence[int], deadline: float = 10) -> None:
        """Wait until exactly ``expected`` was heard since the call began, in this order and nothing else."""
        wanted = list(expected)
        await self._until(lambda: self.tones() == wanted, deadline, f"tones {wanted}", alive=True)

    async def listen(self, seconds: float) -> bytes:
        """Let ``seconds`` pass and return what was heard in them; shorter when the call ends meanwhile."""
        start = len(self._pcm)
        await self._wait(lambda: self.end is not None, seconds)
        return bytes(self._pcm[start:])

    async def say(self, sound: bytes | int, *, again: bool = False) -> None:
        """Speak from now on: PCM (16-bit, 8 kHz), or a number for 0.5 s of that tone; ``again``: without end.

        What was being said before is cut off; 0.1 s of it may still be on its way.
        """
        pcm = tone(sound, 0.5) if isinstance(sound, int) else sound
        await self._line.ask("say", call=self._number, pcm=base64.b64encode(pcm).decode(), again=again)

    # -- what to do -------------------------------------------------------------------------------------------------

    async def press(self, keys: str, *, inband: bool = False, pause: float = 0.1) -> None:
        """Press the keys (0-9 A-D * #) one after the other, 0.1 s each with ``pause`` seconds between.

        They travel as the phone's ``keys`` mode says, or as sound with ``inband`` (Asterisk hears that only on an
        endpoint with dtmf_mode inband or auto). Returns when the last key was released.
        """
        if not inband:
            await self._line.ask("press", 10 + len(keys), call=self._number, keys=keys, pause=pause)
            return
        await self.say(dtmf(keys, off=pause))
        await self.listen(len(keys) * (0.1 + pause) + 0.1)

    async def answer(self, say: bytes | int | None = None) -> None:
        """Answer a call that came in, and speak ``say``: PCM once, or a number for that tone without end."""
        await self._line.ask("answer", call=self._number)
        await self.answered()
        if say is not None:
            await self.say(tone(say, 1) if isinstance(say, int) else say, again=isinstance(say, int))

    async def reject(self) -> None:
        """Refuse a call that came in, with 486 Busy Here."""
        self._us = True
        await self._line.ask("reject", call=self._number)

    async def hang_up(self) -> Ended:
        """End the call in whatever state it is (CANCEL, BYE or refusal) and wait for its end; harmless when over."""
        if self.end is None:
            self._us = True
            await self._line.ask("hang_up", call=self._number)
        return await self.ended(5)

    async def hold(self, on: bool = True) -> None:
        """Put the other side on hold, or with ``on=False`` take it back."""
        await self._line.ask("hold", call=self._number, on=on)

    # -- inside -----------------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        return (
            f"call with {self.peer}: answered {self.answered_at is not None}, {self.end}, tones {self.tones()}, "
            f"keys {self.keys_heard!r}, {len(self._pcm) / 2 / RATE:.2f} s heard"
        )

    def _of(self, freq: int) -> list[Heard]:
        return [one for one in self.heard() if one.freq == freq]

    async def _wait(self, done: Callable[[], bool], seconds: float) -> None:
        with contextlib.suppress(TimeoutError):  # whether it came is looked at by whoever waits
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(done)

    async def _until(self, done: Callable[[], bool], deadline: float, what: str, *, alive: bool = False) -> None:
        await self._wait(lambda: done() or (alive and self.end is not None), deadline)
        if not done():
            raise PhoneError(f"no {what} within {deadline:g} s: {self}")

    def take(self, event: Mapping[str, Any]) -> None:
        """For :class:`~phones.phone.Phones`: note one event of this call."""
        kind, at = event["event"], event.get("at", time.monotonic())
        if kind == "audio":
            self._record(base64.b64decode(event["pcm"]), at)
        elif kind == "key":
            self.keys_heard += event["key"]
        elif kind == "closed":
            self._close(event["text"] or "", at)
        else:
            name = {"ringing": "ringing_at", "progress": "progress_at", "established": "answered_at"}[kind]
            setattr(self, name, getattr(self, name) or at)

    def _close(self, text: str, at: float) -> None:
        head, _, rest = text.partition(" ")
        status = int(head) if head.isdigit() and len(head) == 3 else None
        self.end = Ended("us" if self._us else "them", at, status, text if status is None else rest)

    def _record(self, pcm: bytes, at: float) -> None:
        seconds = len(pcm) / (2 * RATE)
        if self._began is None:
            self._began = at - seconds
        missing = at - seconds - self._began - len(self._pcm) / (2 * RATE)
        if missing > _LATE:
            pcm = silence(missing) + pcm
        self._pcm += pcm
        self._ear.feed(pcm)
