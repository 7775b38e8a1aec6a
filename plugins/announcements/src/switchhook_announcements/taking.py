"""Takes in strangers' sound files: looked at here, decoded and written anew in a process of their own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from switchhook import SwitchhookError

MOST_BYTES: Final = 25 * 1024 * 1024
MOST_SECONDS: Final = 600.0
PATIENCE: Final = 30.0
"""Seconds of real time after which a file is given up; its processor time is limited below that."""
_CHILD: Final = Path(__file__).with_name("taking_child.py")
_HEAD: Final = 2048
_TAIL: Final = 66 * 1024
_PAGES: Final = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<?php", b"%pdf-")
_ZIP_END: Final = b"PK\x05\x06"


class SoundRefused(SwitchhookError):
    """A sound file that is not taken; the message says what is wrong with it and what to do."""

    code = "sound_refused"


@attrs.frozen
class Taken:
    """A sound as it is kept: its WAV file for the telephone, its length, its outline in hundredths, and what is odd.

    ``warnings`` are ``silent`` and ``clipped``.
    """

    wav: bytes
    seconds: float
    peaks: Sequence[int]
    warnings: Sequence[str]


def demuxer_of(content: bytes) -> str:
    """What a file is by its first bytes; raises ``SoundRefused`` for what is none of WAV, MP3, OGG and M4A.

    A file that is something else besides is refused too: its sound would be
    written anew, but its original is kept as it came.
    """
    if len(content) > MOST_BYTES:
        raise SoundRefused(f"the file has {len(content)} bytes, at most {MOST_BYTES} are taken", bytes=len(content))
    if not content:
        raise SoundRefused("the file is empty")
    found = _by_magic(content)
    if not found:
        raise SoundRefused("this is no sound file of a kind that is taken; save it as WAV, MP3, OGG or M4A")
    head = content[:_HEAD].lower()
    if any(page in head for page in _PAGES) or _ZIP_END in content[-_TAIL:]:
        raise SoundRefused("the file is something else besides a sound; save the sound anew and upload that")
    if found == "wav":
        _check_riff(content)
    return found


def _by_magic(content: bytes) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "wav"
    if content[:4] == b"OggS":
        return "ogg"
    if content[4:8] == b"ftyp":
        return "mov"
    if content[:3] == b"ID3" or (content[:1] == b"\xff" and len(content) > 1 and content[1] & 0xE0 == 0xE0):
        return "mp3"
    return ""


def _check_riff(content: bytes) -> None:
    """A WAV file says how long it is, and must be just that."""
    said = int.from_bytes(content[4:8], "little") + 8
    if said in (8, 2**32 + 7):
        raise SoundRefused("the file does not say how long it is; save the sound anew and upload that")
    if said > len(content):
        raise SoundRefused(f"the file is cut short: it says it has {said} bytes and has {len(content)}")
    if said + 1 < len(content):  # one byte may fill up to an even count
        raise SoundRefused("the file is something else besides a sound; save the sound anew and upload that")


async def take(content: bytes, *, begin: float = 0.0, end: float = 0.0) -> Taken:
    """What is in a file as the telephone has it, at the common loudness.

    ``begin`` and ``end`` cut it, in seconds, 0 for its end. Raises
    ``SoundRefused``. When cancelled the process ends too.
    """
    demuxer = demuxer_of(content)
    with tempfile.TemporaryDirectory(prefix="switchhook-taking-") as folder:
        file, made = Path(folder, "sound"), Path(folder, "taken")
        await asyncio.to_thread(file.write_bytes, content)
        command = [sys.executable, "-I", str(_CHILD), str(file), demuxer, str(made), str(MOST_SECONDS), f"{begin:.3f}"]
        said = await _run([*command, f"{end:.3f}"])
        if "refused" in said:
            raise _refusal(str(said["refused"]))
        wav = await asyncio.to_thread(made.read_bytes)
    warnings = [name for name in ("silent", "clipped") if said[name]]
    return Taken(wav, float(str(said["seconds"])), tuple(said["peaks"]), tuple(warnings))  # type: ignore[arg-type]


async def _run(command: Sequence[str]) -> Mapping[str, object]:
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
    )
    try:
        out, _ = await asyncio.wait_for(child.communicate(), PATIENCE)
    except TimeoutError:
        raise _refusal("too_much") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    try:
        said = json.loads(out)
    except ValueError:  # it died: by a limit, or by what is in the file
        raise _refusal("too_much" if child.returncode in (-9, -24) else "broken") from None
    return said if isinstance(said, dict) else {"refused": "broken"}


def _refusal(code: str) -> SoundRefused:
    match code:
        case "too_long":
            return SoundRefused(f"the sound is longer than {MOST_SECONDS / 60:.0f} minutes; cut it", why=code)
        case "no_sound":
            return SoundRefused("there is no sound in this file", why=code)
        case "odd_form":
            return SoundRefused(
                "the sound has an odd form; save it with 8 to 48 kHz and one or two channels, and upload that", why=code
            )
        case "changes":
            return SoundRefused("the sound changes its form on the way; save it anew and upload that", why=code)
        case "nothing_left":
            return SoundRefused("nothing is left between begin and end", why=code)
        case "too_much":
            return SoundRefused("the file takes too much time or memory to read; save the sound anew", why=code)
    return SoundRefused("the file is damaged; save the sound anew and upload that", why=code)
