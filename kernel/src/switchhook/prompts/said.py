"""Sounds made for calls can be made again: of each tenant those that were heard last are kept, and the others go."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final

import attrs

from ..calls.prompts import OWN, SAID

MOST: Final = 2000
"""Sounds a tenant keeps at most, in all languages."""
MOST_BYTES: Final = 128 << 20
UNHEARD: Final = timedelta(days=30)
"""A sound nobody heard for so long goes in any case: it may say who called."""
IN_USE: Final = timedelta(hours=1)
"""What was heard more lately may be heard at this moment, and stays."""


@attrs.frozen
class SaidCount:
    """What is kept of the sounds made for calls, and how many were removed."""

    sounds: int
    bytes: int
    removed: int


@attrs.frozen
class _Sound:
    tenant: str
    heard: float
    bytes: int
    path: Path


def note_heard(path: Path) -> bool:
    """Note that a sound is heard; whether it is there.

    It is noted in the time of the file's status: its time of change tells that
    there is another sound, and that of access moves whenever a portal starts.
    """
    try:
        found = path.stat()
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    except FileNotFoundError:
        return False
    except OSError:  # kept by somebody else, or a disk that may only be read: it is heard all the same
        return path.exists()
    return True


def tidy_said(directory: Path, now: datetime) -> SaidCount:
    """Remove from the sounds below ``directory`` what was not heard for long, and each tenant's oldest above its share.

    Blocks: call it in a thread.
    """
    there = sorted(_there(directory), key=attrgetter("tenant"))
    gone = [one for _, own in groupby(there, attrgetter("tenant")) for one in _too_many(own, now)]
    for one in gone:
        one.path.unlink(missing_ok=True)
    left = sum(one.bytes for one in there) - sum(one.bytes for one in gone)
    return SaidCount(len(there) - len(gone), left, len(gone))


def _too_many(own: Iterable[_Sound], now: datetime) -> Iterator[_Sound]:
    """Of one tenant's sounds those that go."""
    count = size = 0
    for one in sorted(own, key=attrgetter("heard"), reverse=True):
        count, size, age = count + 1, size + one.bytes, now.timestamp() - one.heard
        if age > IN_USE.total_seconds() and (count > MOST or size > MOST_BYTES or age > UNHEARD.total_seconds()):
            yield one


def _there(directory: Path) -> Iterator[_Sound]:
    for path in directory.glob(f"*/{OWN}*/{SAID.removeprefix(OWN)}*.wav"):
        try:
            found = path.stat()
        except FileNotFoundError:  # it went just now
            continue
        yield _Sound(path.parent.parent.name, found.st_ctime, found.st_size, path)
