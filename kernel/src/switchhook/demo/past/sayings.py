"""What callers said to the mailbox in the last weeks, spoken by the engine that speaks the prompts."""

from __future__ import annotations

import asyncio
import os
from array import array
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Final

import attrs

from ...calls.call import Call
from ...calls.in_call import InCallKey
from ...calls.port import DialPlan, DialResult, LegSounds, Place
from ...calls.recording import RecordedBy, RecordPlan
from ...calls.talk import TalkNotice
from ...media.files import TAPED_RATE, MediaFiles
from ...media.talks import Said, Talks
from ...simulator.port import SimulatedPort
from ...speech.audio import Sound, even_out, read_wav
from ...speech.engine import SpeechEngine
from ...speech.resample import resample

SAYINGS: Final = (
    "Hello, this is Carla Winter. I would like to move our appointment to next week. Please call me back. Thank you.",
    "Good evening. My delivery has not arrived yet. The order number is four, seven, one, one. Goodbye.",
    "Hi Anna, it is Jonas. The contract is signed, I will send it tomorrow morning.",
    "This is the garage. Your car is ready, you can pick it up until six o'clock.",
    "Hello, I have a question about my invoice of last month. I will try again tomorrow.",
)


ANSWER: Final = "Thank you for your call. I have written that down, and you will hear from us tomorrow. Goodbye."
"""What whoever takes a recorded call says, in a turn of its own."""
TALK_RATE: Final = 8000


@attrs.define
class SpeakingPort(SimulatedPort):
    """A simulated caller who is heard: what is said to be recorded lies where Asterisk would have written it.

    Of a recorded talk that is both sides, once those who are asked have agreed.
    """

    call: Call = attrs.field(kw_only=True)
    saying: Sound | None = attrs.field(default=None, kw_only=True)
    reply: Sound | None = attrs.field(default=None, kw_only=True)
    files: MediaFiles = attrs.field(kw_only=True)
    talks: Talks = attrs.field(kw_only=True)

    async def dial(
        self,
        plan: DialPlan,
        sounds: LegSounds,
        *,
        place: Place,
        keys: Sequence[InCallKey] = (),
        talk: TalkNotice | None = None,
    ) -> DialResult:
        """See :meth:`switchhook.calls.port.Port.dial`."""
        began = self._clock.now()
        result = await super().dial(plan, sounds, place=place, keys=keys, talk=talk)
        if place.step in self.agreed:
            ended, self._clock.moment = self._clock.now(), began + timedelta(seconds=5)
            await self._recorded(place.step, result.answered_by)
            self._clock.moment = ended
        return result

    async def _recorded(self, step: int, who: str) -> None:
        agrees = self.agreed[step]
        said = Said(self.call.id, step, "granted" if agrees else "refused", "1" if agrees else "2", who)
        name = await self.talks.answered(said)
        if name and self.saying is not None and self.reply is not None:
            await asyncio.to_thread(self._write, self.files.spool / name, self.saying, self.reply)

    def _write(self, path: Path, theirs: Sound, ours: Sound) -> None:
        """Both sides in turn, sample by sample, as Asterisk writes them; it closed the file long ago."""
        every = TAPED_RATE // TALK_RATE
        caller, called = theirs.samples[::every], ours.samples[::every]
        silence = array("h", [0])
        left, right = silence * len(caller) + called, caller + silence * len(called)
        both = array("h", bytes(4 * len(left)))
        both[::2], both[1::2] = left, right
        path.write_bytes(both.tobytes())
        os.utime(path, (0, 0))

    async def record(self, media: str, plan: RecordPlan, *, place: Place) -> RecordedBy:
        """See :meth:`switchhook.calls.port.Port.record`."""
        ended_by = await super().record(media, plan, place=place)
        if self.saying is not None and self.said[media]:
            path = self.files.taped(media)
            await asyncio.to_thread(path.write_bytes, self.saying.samples.tobytes())
        return ended_by


def spoken(engine: SpeechEngine) -> tuple[Sound, ...]:
    """Each saying as sound, and the answer, as fast as Asterisk's own recordings are. Blocks."""

    def one(text: str) -> Sound:
        sound = even_out(read_wav(engine.synthesize(text, "en")))
        return Sound(resample(sound.samples, sound.rate, TAPED_RATE), TAPED_RATE)

    with ThreadPoolExecutor(max_workers=2) as pool:
        return tuple(pool.map(one, (*SAYINGS, ANSWER)))
