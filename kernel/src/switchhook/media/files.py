"""Where media are on the disk: names made by the portal, each file whole or not there."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import attrs

from ..speech.audio import TELEPHONE_RATE, to_wav
from .sound import heard, peaks_of
from .talk_file import copied

SOUND: Final = ".wav"
TAPED: Final = ".sln48"
TAPED_RATE: Final = 48_000
"""Asterisk writes 32 KiB at a time (``ast_writefile``): at six times the telephone's rate an Asterisk that is killed
takes a third of a second of sound with it, instead of two."""
TAPED_BYTES: Final = TAPED_RATE * 2
TALK: Final = ".raw"
"""A talk, as Asterisk writes it: the called party's side and the caller's, sample by sample in turn, at 8 kHz."""
RESTS: Final = 2.0
"""Seconds: as long as a talk goes on, Asterisk writes of it twice in them."""
TALK_ALONE: Final = ".sln"
"""The called party's side alone, at 8 kHz. No file of a message ends like this."""
ROOM_FOR_A_TALK: Final = 600
"""Seconds of each talk going on that the disk must have room for: few are as long as they may be."""
BYTES_A_SECOND: Final = TELEPHONE_RATE * 2
_PIECE: Final = 10 * TAPED_BYTES
SCARCE: Final = 2 << 30
"""Bytes that are enough on any disk, however large."""
MARGIN: Final = 16 << 20
"""Bytes of the disk that no recording is begun for: the database and the journal must have room as well."""
NAME: Final = re.compile(r"[0-9a-f]{24}")
ENDING: Final = re.compile(r"\.[a-z0-9]{1,8}")


@attrs.frozen
class Written:
    """A file that is on the disk."""

    bytes: int
    seconds: float
    sha256: str
    peaks: str


@attrs.frozen
class MediaFiles:
    """The files below ``directory``, one folder for each tenant; ``spool`` is where Asterisk records.

    Everything here blocks: call it in a thread.
    """

    directory: Path
    spool: Path

    def sound(self, tenant: str, media: str) -> Path:
        """Where the sound of something is."""
        return self.directory / tenant / f"{media}{SOUND}"

    def original(self, tenant: str, media: str, ending: str) -> Path:
        """Where the original is that the sound was made from."""
        return self.directory / tenant / f"{media}.original{ending}"

    def taped(self, media: str) -> Path:
        """Where Asterisk writes a recording."""
        return self.spool / f"{media}{TAPED}"

    def talked(self, media: str) -> tuple[Path, int] | None:
        """Where Asterisk writes a talk, and how many sides it holds; None where it does not."""
        for ending, sides in ((TALK, 2), (TALK_ALONE, 1)):
            if (path := self.spool / f"{media}{ending}").exists():
                return path, sides
        return None

    def has_room_for_talks(self, count: int) -> bool:
        """Whether the disks have room for the talks going on: written once, and once more while they are kept.

        Below a twentieth none is begun at all, so that there is room for what calls cannot do without.
        """
        need = count * ROOM_FOR_A_TALK * 4 * BYTES_A_SECOND + MARGIN
        disks = [shutil.disk_usage(_there(path)) for path in (self.spool, self.directory)]
        return all(disk.free >= need and (disk.free >= SCARCE or disk.free >= disk.total * 0.05) for disk in disks)

    def has_room(self, seconds: int) -> bool:
        """Whether the disks have room for recordings of that length together, in the making and kept."""
        need = seconds * (TAPED_BYTES + BYTES_A_SECOND) + MARGIN
        return all(shutil.disk_usage(_there(path)).free >= need for path in (self.spool, self.directory))

    def length_of(self, media: str) -> float:
        """The seconds of what Asterisk wrote so far."""
        return _size(self.taped(media)) / TAPED_BYTES

    def finish(self, tenant: str, media: str) -> Written | None:
        """Make the sound of what Asterisk recorded; None where nothing was said.

        Raises ``OSError``, ``FileNotFoundError`` among them where there is no recording.
        """
        from ..speech.resample import resample_pieces

        if (talk := self.talked(media)) is not None:
            return self._finish_talk(tenant, media, *talk)
        with self.taped(media).open("rb") as file:
            samples = resample_pieces(_pieces(file), TAPED_RATE, TELEPHONE_RATE)
        said = heard(samples)
        if said is None:
            return None
        return self.write(tenant, media, to_wav(said.sound), said.sound.seconds, peaks_of(said.sound.samples))

    def _finish_talk(self, tenant: str, media: str, taped: Path, sides: int) -> Written | None:
        """What is said in a talk is not looked at: only one that nobody was connected in is nothing."""
        if taped.stat().st_size < 2 * sides:
            return None
        with whole(self.sound(tenant, media), self._group()) as file:
            made = copied(taped, sides, file)
        return Written(*made)

    def write(self, tenant: str, media: str, data: bytes, seconds: float, peaks: str) -> Written:
        """Put a sound on the disk, whole and for good."""
        _put(self.sound(tenant, media), data, self._group())
        return Written(len(data), seconds, hashlib.sha256(data).hexdigest(), peaks)

    def keep_original(self, tenant: str, media: str, ending: str, data: bytes) -> int:
        """Put an original beside it; gives its bytes."""
        _put(self.original(tenant, media, ending), data, self._group())
        return len(data)

    def remove(self, tenant: str, media: str) -> None:
        """Take all files of something away; nothing happens where there are none."""
        for path in (*self.spool.glob(f"{media}.*"), *(self.directory / tenant).glob(f"{media}.*")):
            path.unlink(missing_ok=True)

    def all(self) -> Iterator[tuple[str, str, Path]]:
        """Every sound with its tenant and id, and every recording of Asterisk's with no tenant."""
        for path in self.directory.glob(f"*/*{SOUND}"):
            if NAME.fullmatch(path.stem):
                yield path.parent.name, path.stem, path
        for path in self.spool.glob(f"*{TAPED}"):
            if NAME.fullmatch(path.stem):
                yield "", path.stem, path

    def rests(self, media: str) -> bool:
        """Whether Asterisk has written nothing more of a talk for a while; it closes its file after the call's end."""
        talk = self.talked(media)
        return talk is None or time.time() - talk[0].stat().st_mtime > RESTS

    def forget_taped(self, media: str) -> None:
        """Take away what Asterisk wrote; nothing happens where there is none."""
        for path in self.spool.glob(f"{media}.*"):
            path.unlink(missing_ok=True)

    def lost_talks(self) -> Iterator[Path]:
        """Every talk Asterisk wrote or writes."""
        for ending in (TALK, TALK_ALONE):
            yield from (path for path in self.spool.glob(f"*{ending}") if NAME.fullmatch(path.stem))

    def _group(self) -> int:
        """The group of Asterisk's account, which plays what others must not read; as the superuser alone."""
        return self.spool.stat().st_gid if os.geteuid() == 0 and self.spool.exists() else -1


def _pieces(file: BinaryIO) -> Iterator[array[int]]:
    """The samples in a raw file, some at a time; it may have been cut off anywhere."""
    while raw := file.read(_PIECE):
        samples = array("h", raw[: len(raw) // 2 * 2])
        if sys.byteorder == "big":
            samples.byteswap()
        yield samples


def _put(path: Path, data: bytes, group: int) -> None:
    with whole(path, group) as file:
        file.write(data)


@contextmanager
def whole(path: Path, group: int) -> Iterator[BinaryIO]:
    """A new file that gets its name, for good, only once the block ends without an error."""
    folder = path.parent
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        for made in (folder.parent, folder):
            os.chown(made, -1, group)
            made.chmod(0o750)
    part = folder / f".{path.name}.{os.urandom(4).hex()}.part"
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fchown(file.fileno(), -1, group)
            os.fchmod(file.fileno(), 0o640)
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync(folder)


def _sync(folder: Path) -> None:
    """Have the name of a new file on the disk as well."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _there(path: Path) -> Path:
    """A directory, or the nearest above it that exists."""
    return next(step for step in (path, *path.parents) if step.exists())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
