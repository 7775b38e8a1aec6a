"""RTP streams made in Python, as the capture files SIPp plays: voice, and keys as RFC 4733 events or as sound."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import attrs

from .tones import dtmf, tone

_PACKET = 160  # samples: 20 ms
_EVENT = 101  # payload type of telephone-event in the SDP that goes with it
_KEYS = "0123456789*#ABCD"


@attrs.frozen
class Media:
    """What a SIPp caller sends once it is answered: voice for ``seconds``, and ``keys`` from ``keys_at`` on.

    ``by`` is how the keys travel: ``"rfc4733"`` and ``"inband"`` in the RTP stream, ``"info"`` as SIP INFO requests. An
    in-band caller offers no telephone-event, which is when Asterisk's dtmf_mode auto listens for tones.
    ``freq`` is the voice's frequency in Hz. Each key is 0.1 s long and followed by 0.1 s without one.
    """

    seconds: float = 5.0
    keys: str = ""
    keys_at: float = 0.5
    by: Literal["rfc4733", "inband", "info"] = "rfc4733"
    freq: float = 300.0


@cache
def mu_law(sample: int) -> int:
    """One 16-bit sample as G.711 mu-law."""
    sign, level = (0x80, -sample) if sample < 0 else (0, sample)
    level = min(level, 32635) + 132
    exponent = max(level.bit_length() - 8, 0)
    return ~(sign | exponent << 4 | (level >> (exponent + 3) & 15)) & 0xFF


def encode(pcm: bytes) -> bytes:
    """16-bit little-endian PCM as G.711 mu-law."""
    return bytes(mu_law(sample) for (sample,) in struct.iter_unpack("<h", pcm))


def write_pcap(media: Media, path: Path) -> Path:
    """Write the stream as an Ethernet capture; returns ``path``. Raises ValueError for a character that is no key."""
    frames = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
    for number, (marker, kind, stamp, payload) in enumerate(_packets(media)):
        rtp = struct.pack("!BBHII", 0x80, marker << 7 | kind, number & 0xFFFF, stamp, 0x5117C4) + payload
        udp = struct.pack("!HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1")
        frame = bytes(12) + b"\x08\0" + ip + udp
        micros = number * 20_000
        frames.append(struct.pack("<IIII", micros // 1_000_000, micros % 1_000_000, len(frame), len(frame)) + frame)
    path.write_bytes(b"".join(frames))
    return path


def _packets(media: Media) -> Iterator[tuple[int, int, int, bytes]]:
    """Marker, payload type, timestamp and payload of each packet, 20 ms apart."""
    voice = encode(tone(media.freq, math.ceil(media.seconds * 50) / 50, amplitude=2000))
    start, stamp = round(media.keys_at * 50) * _PACKET, 0
    keys = media.keys if media.by != "info" else ""
    if media.by == "inband" and keys:
        sound = encode(dtmf(keys))
        voice, keys = voice[:start] + sound + voice[start:], ""
    for stamp in range(0, min(start, len(voice)), _PACKET):
        yield int(stamp == 0), 0, stamp, voice[stamp : stamp + _PACKET]
    for key in keys.upper():
        yield from _event(_KEYS.index(key), start)
        for pause in range(5):
            yield 0, 0, start + (8 + pause) * _PACKET, voice[:_PACKET]
        start += 13 * _PACKET
    for stamp in range(start, len(voice), _PACKET):
        yield 0, 0, stamp, voice[stamp : stamp + _PACKET]


def _event(code: int, stamp: int) -> Iterator[tuple[int, int, int, bytes]]:
    """Five packets while the key is down, then the end three times as RFC 4733 section 2.5.1.4 asks."""
    for number in range(8):
        end = number >= 5
        yield int(number == 0), _EVENT, stamp, struct.pack("!BBH", code, end << 7 | 10, min(number + 1, 6) * _PACKET)
