"""The files of takes: one WAV file each for the telephone, and what came before it was written anew."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

_GRACE: Final = 3600.0
"""Seconds a file may be there before the row it belongs to is."""


@attrs.frozen
class TakeFiles:
    """Files below ``root``, under names made here: ``TENANT/TAKE.wav`` and ``TAKE.original``.

    A file is whole before its row is there, and goes after it; :meth:`sweep`
    takes away what a process that died between the two left. All of it blocks.
    """

    root: Path

    def put(self, tenant: str, id: str, wav: bytes, original: bytes | None = None) -> None:  # noqa: A002
        """Keep a take's files."""
        if original is not None:
            self._write(self._path(tenant, id, "original"), original)
        self._write(self._path(tenant, id, "wav"), wav)

    def wav(self, tenant: str, id: str) -> Path:  # noqa: A002
        """Where a take's sound is."""
        return self._path(tenant, id, "wav")

    def remove(self, tenant: str, id: str) -> None:  # noqa: A002
        """Take a take's files away."""
        for end in ("wav", "original"):
            self._path(tenant, id, end).unlink(missing_ok=True)

    @contextmanager
    def aside(self, content: bytes) -> Iterator[Path]:
        """A file of what is still to be looked at, as long as the block runs."""
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root, prefix=".taking-") as folder:
            path = Path(folder, "sound")
            path.write_bytes(content)
            yield path

    def sweep(self, known: Collection[tuple[str, str]], now: float) -> int:
        """Take away files of no take that are older than an hour; gives how many."""
        removed = 0
        for path in self.root.glob("*/*"):
            stray = (path.parent.name, path.stem) not in known and path.stat().st_mtime < now - _GRACE
            if stray and path.is_file():
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _path(self, tenant: str, id: str, end: str) -> Path:  # noqa: A002
        return self.root / tenant / f"{id}.{end}"

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
