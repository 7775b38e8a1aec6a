"""A talk as Asterisk wrote it becomes a sound: a header before it, read piece by piece, however long it is."""

from __future__ import annotations

import hashlib
import sys
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import attrs

from ..speech.audio import TELEPHONE_RATE
from .sound import PEAKS

_PIECE: Final = 1 << 20


@attrs.define
class _Watched:
    """A file into which is written, and the hash of what was."""

    file: BinaryIO
    hash: Any = attrs.field(factory=hashlib.sha256)
    size: int = 0

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        self.size += len(data)
        return self.file.write(data)

    def flush(self) -> None:
        """Nothing that has to be done twice."""


def copied(taped: Path, sides: int, to: BinaryIO) -> tuple[int, float, str, str]:
    """Write what was taped as a WAV file of one channel or two; its bytes, seconds, SHA-256 and waveform.

    What was cut off in the middle of a sample, as by the end of Asterisk, is left out.
    """
    frame = 2 * sides
    frames = taped.stat().st_size // frame
    watched = _Watched(to)
    with wave.open(watched, "wb") as sound, taped.open("rb") as file:  # type: ignore[call-overload]
        sound.setnchannels(sides)
        sound.setsampwidth(2)
        sound.setframerate(TELEPHONE_RATE)
        sound.setnframes(frames)
        tops = _Tops(frames * sides)
        for piece in _pieces(file, frames * frame):
            sound.writeframesraw(piece)
            tops.see(piece)
    return watched.size, frames / TELEPHONE_RATE, watched.hash.hexdigest(), tops.told()


def _pieces(file: BinaryIO, count: int) -> Iterator[bytes]:
    while count > 0 and (piece := file.read(min(_PIECE, count))):
        count -= len(piece)
        yield piece


class _Tops:
    """The highest sample of each of :data:`PEAKS` parts of a sound, seen piece by piece."""

    def __init__(self, samples: int) -> None:
        self._size = max(1, -(-samples // PEAKS))
        self._seen = 0
        self._tops: list[int] = []

    def see(self, piece: bytes) -> None:
        samples = array("h", piece)
        if sys.byteorder == "big":
            samples.byteswap()
        at = 0
        while at < len(samples):
            part = samples[at : at + self._size - self._seen % self._size]
            if self._seen % self._size == 0:
                self._tops.append(0)
            self._tops[-1] = max(self._tops[-1], max(part), -min(part))
            self._seen += len(part)
            at += len(part)

    def told(self) -> str:
        """As :func:`switchhook.media.sound.peaks_of` writes them."""
        return "".join(f"{min(255, top >> 7):02x}" for top in self._tops)
