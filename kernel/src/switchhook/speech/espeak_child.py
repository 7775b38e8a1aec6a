"""Speaks one text with the espeak-ng library, in a process of its own.

Run as a script, never imported: espeak-ng is under the GPL and may crash, so
it shares no process with the portal. Arguments: the library, its data
directory, the voice, words a minute, the WAV file to write; the text comes on
standard input in UTF-8. Ends with a message and a code other than 0 when
anything fails.
"""

from __future__ import annotations

import ctypes
import sys
import wave

_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_WORDS_A_MINUTE = 1
_CHARACTERS = 1
_UTF8 = 1

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def _fail(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.exit(1)


def speak(library: str, data: str, voice: str, words_a_minute: int, text: bytes) -> tuple[int, bytes]:
    """The sample rate and the 16-bit samples of ``text`` as espeak-ng speaks it."""
    espeak = ctypes.CDLL(library)
    samples = bytearray()

    def take(place: int | None, count: int, events: int | None) -> int:
        if place and count > 0:
            samples.extend(ctypes.string_at(place, count * 2))
        return 0

    rate = espeak.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DO_NOT_EXIT)
    if rate <= 0:
        _fail(f"espeak-ng does not find its data in {data}")
    callback = _Callback(take)  # kept in a name: the library holds no reference
    espeak.espeak_SetSynthCallback(callback)
    if espeak.espeak_SetVoiceByName(voice.encode()) != 0:
        _fail(f"espeak-ng has no voice {voice}")
    espeak.espeak_SetParameter(_WORDS_A_MINUTE, words_a_minute, 0)
    size = ctypes.c_size_t(len(text) + 1)
    if espeak.espeak_Synth(text + b"\0", size, 0, _CHARACTERS, 0, _UTF8, None, None) != 0:
        _fail("espeak-ng refused the text")
    espeak.espeak_Synchronize()
    return rate, bytes(samples)


def main() -> None:
    """Read the arguments and the text, write the file."""
    library, data, voice, words_a_minute, output = sys.argv[1:]
    rate, samples = speak(library, data, voice, int(words_a_minute), sys.stdin.buffer.read())
    with wave.open(output, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)


if __name__ == "__main__":
    main()
