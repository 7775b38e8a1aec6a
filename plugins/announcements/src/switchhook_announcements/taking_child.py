"""Decodes one sound file and writes it anew for the telephone, in a process of its own.

Run as a script, never imported by the portal: what decodes strangers' files
may crash, loop or eat memory, and here it only loses this process. Arguments:
the file, what it claims to be (a name of a demuxer), the WAV file to write,
the most seconds, and where to cut (begin and end in seconds, 0 for the end).
It writes what was found to standard output as JSON, and a refusal as JSON with
a ``refused`` in it.
"""

from __future__ import annotations

import contextlib
import json
import math
import resource
import sys
import wave
from array import array
from collections.abc import Iterator
from typing import Any, Final

import av
import av.error
import av.filter
import av.logging

RATE: Final = 8000
PEAKS: Final = 400
_MEMORY: Final = 768 * 1024 * 1024
_CPU_SECONDS: Final = 20
_MOST_BYTES: Final = 64 * 1024 * 1024
_LOUDNESS: Final = -21.0  # LUFS; where the stock prompts lie
_HIGHEST: Final = -2.0  # dBFS; A-law and mu-law clip just below full scale
_MOST_GAIN: Final = 30.0  # dB; more would only make noise heard
_CLIPPED_SHARE: Final = 0.0005
_RATES: Final = range(4000, 192001)
_CHANNELS: Final = range(1, 9)
_SILENT: Final = -60.0


class Refused(Exception):
    """The file is not taken; the code says why."""


def limit() -> None:
    """Give up all but a little memory, processor time and room for files."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_BYTES, _MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def decoded(file: Any, demuxer: str, most: float) -> Iterator[Any]:
    """The frames of the first sound in a file, no more than ``most`` seconds of them."""
    with av.open(file, format=demuxer, options={"protocol_whitelist": ""}) as container:
        if not container.streams.audio:
            raise Refused("no_sound")
        stream = container.streams.audio[0]
        context = stream.codec_context
        if context.sample_rate not in _RATES or context.channels not in _CHANNELS:
            raise Refused("odd_form")
        context.thread_count = 1
        samples = 0
        for frame in container.decode(stream):
            samples += frame.samples
            if samples > most * context.sample_rate:
                raise Refused("too_long")
            yield frame


def pulled(graph: Any) -> Iterator[Any]:
    """What a graph of filters has ready."""
    with contextlib.suppress(BlockingIOError, av.error.EOFError):
        while True:
            yield graph.pull()


def measuring(frame: Any) -> Any:
    """A chain from frames like this one to the telephone's form that measures peaks and loudness on its way."""
    graph = av.filter.Graph()
    first = graph.add_abuffer(
        sample_rate=frame.sample_rate, format=frame.format.name, layout=frame.layout.name, time_base=frame.time_base
    )
    astats = "metadata=1:measure_perchannel=none:measure_overall=Peak_level+Peak_count+Number_of_samples"
    nodes = [
        first,
        graph.add("astats", astats),
        graph.add("aformat", "sample_fmts=dbl:channel_layouts=mono"),
        graph.add("ebur128", "metadata=1"),
        graph.add("aresample", str(RATE)),
        graph.add("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=mono"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes)
    graph.configure()
    return graph


def taken(file: Any, demuxer: str, most: float) -> tuple[array[int], dict[str, str]]:
    """The samples of a file as the telephone has them, and what was measured."""
    samples, measured, graph, form = array("h"), {}, None, None
    for frame in decoded(file, demuxer, most):
        frame.pts = None
        if graph is None:
            graph, form = measuring(frame), (frame.sample_rate, frame.format.name, frame.layout.name)
        if (frame.sample_rate, frame.format.name, frame.layout.name) != form:
            raise Refused("changes")
        graph.push(frame)
        for one in pulled(graph):
            samples.frombytes(bytes(one.planes[0])[: one.samples * 2])
            measured.update(one.metadata)
    if graph is not None:
        graph.push(None)
        for one in pulled(graph):
            samples.frombytes(bytes(one.planes[0])[: one.samples * 2])
            measured.update(one.metadata)
    if not samples:
        raise Refused("no_sound")
    return samples, measured


def number(measured: dict[str, str], name: str) -> float:
    """One measured value, minus infinity where there is none."""
    try:
        value = float(measured[name])
    except (KeyError, ValueError):
        return -math.inf
    return -math.inf if math.isnan(value) else value


def louder(samples: array[int], decibels: float) -> array[int]:
    """The samples, louder or softer."""
    graph = av.filter.Graph()
    first = graph.add_abuffer(sample_rate=RATE, format="s16", layout="mono", time_base=av_second())
    volume = graph.add("volume", f"{decibels:.2f}dB:precision=fixed" if decibels < 0 else f"{decibels:.2f}dB")
    form = graph.add("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=mono")
    graph.link_nodes(first, volume, form, graph.add("abuffersink"))
    graph.configure()
    made = array("h")
    for start in range(0, len(samples), RATE):
        piece = samples[start : start + RATE]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(piece))
        frame.planes[0].update(piece.tobytes() + b"\0" * (frame.planes[0].buffer_size - 2 * len(piece)))
        frame.sample_rate = RATE
        graph.push(frame)
        for one in pulled(graph):
            made.frombytes(bytes(one.planes[0])[: one.samples * 2])
    return made


def av_second() -> Any:
    """The time base of the telephone's sound."""
    from fractions import Fraction

    return Fraction(1, RATE)


def cut(samples: array[int], begin: float, end: float) -> array[int]:
    """From ``begin`` to ``end`` in seconds; 0 is the end of all."""
    return samples[round(begin * RATE) : round(end * RATE) if end else len(samples)]


def peaks_of(samples: array[int]) -> list[int]:
    """The highest of each part, in hundredths of full scale, for a picture."""
    size = max(1, math.ceil(len(samples) / PEAKS))
    parts = (samples[start : start + size] for start in range(0, len(samples), size))
    return [round(max(max(part), -min(part)) * 100 / 32767) for part in parts]


def main() -> None:
    """Read the arguments, take the file, and write what it became."""
    limit()
    av.logging.set_level(av.logging.PANIC)
    path, demuxer, output, most, begin, end = sys.argv[1:]
    with open(path, "rb") as file:
        samples, measured = taken(file, demuxer, float(most))
    peak = number(measured, "lavfi.astats.Overall.Peak_level")
    counted = number(measured, "lavfi.astats.Overall.Peak_count")
    every = number(measured, "lavfi.astats.Overall.Number_of_samples")
    loud = number(measured, "lavfi.r128.I")
    samples = cut(samples, float(begin), float(end))
    if not samples:
        raise Refused("nothing_left")
    highest = max(max(samples), -min(samples))
    silent = highest <= 32767 * 10 ** (_SILENT / 20)
    if not silent:
        room = _HIGHEST - 20 * math.log10(highest / 32767)
        wanted = _LOUDNESS - loud if loud > -69 else room
        samples = louder(samples, min(room, wanted, _MOST_GAIN))
    with wave.open(output, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(RATE)
        made.writeframes(samples.tobytes())
    clipped = not silent and peak > -0.1 and every > 0 and counted / every > _CLIPPED_SHARE
    found = {"seconds": len(samples) / RATE, "peaks": peaks_of(samples), "silent": silent, "clipped": clipped}
    sys.stdout.write(json.dumps({**found, "loudness": loud if math.isfinite(loud) else None}))


if __name__ == "__main__":
    try:
        main()
    except Refused as refused:
        sys.stdout.write(json.dumps({"refused": str(refused)}))
    except MemoryError:
        sys.stdout.write(json.dumps({"refused": "too_much"}))
    except (av.error.FFmpegError, ValueError, OSError, EOFError) as error:
        sys.stdout.write(json.dumps({"refused": "broken", "why": str(error)[:200]}))
