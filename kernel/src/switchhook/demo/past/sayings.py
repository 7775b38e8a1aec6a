"""What callers said to the mailbox in the last weeks, spoken by the engine that speaks the prompts."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import attrs

from ...calls.port import Place
from ...calls.recording import RecordedBy, RecordPlan
from ...media.files import TAPED_RATE, MediaFiles
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


@attrs.define
class SpeakingPort(SimulatedPort):
    """A simulated caller who is heard: what is said to be recorded lies where Asterisk would have written it."""

    saying: Sound | None = attrs.field(default=None, kw_only=True)
    files: MediaFiles = attrs.field(kw_only=True)

    async def record(self, media: str, plan: RecordPlan, *, place: Place) -> RecordedBy:
        """See :meth:`switchhook.calls.port.Port.record`."""
        ended_by = await super().record(media, plan, place=place)
        if self.saying is not None and self.said[media]:
            path = self.files.taped(media)
            await asyncio.to_thread(path.write_bytes, self.saying.samples.tobytes())
        return ended_by


def spoken(engine: SpeechEngine) -> tuple[Sound, ...]:
    """Each saying as sound, as fast as Asterisk's own recordings are. Blocks."""

    def one(text: str) -> Sound:
        sound = even_out(read_wav(engine.synthesize(text, "en")))
        return Sound(resample(sound.samples, sound.rate, TAPED_RATE), TAPED_RATE)

    with ThreadPoolExecutor(max_workers=2) as pool:
        return tuple(pool.map(one, SAYINGS))
